const Sequencer = require('@jest/test-sequencer').default;

/** Folders whose tests run whole workflows, for half a minute and more each. */
const SLOW =
  /[\\/]test[\\/](order|end-to-end|examples|operations|stacks[\\/]terraform|local[\\/](iam|api-gateway))[\\/]/;

/** Jest begins with the largest files where it has no times yet, as in a fresh clone; the last one may then run alone. */
module.exports = class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [
      ...sorted.filter(({ path }) => SLOW.test(path)),
      ...sorted.filter(({ path }) => !SLOW.test(path)),
    ];
  }
};
