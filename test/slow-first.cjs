const { readFileSync } = require('node:fs');
const Sequencer = require('@jest/test-sequencer').default;

/** Code of a test that starts engines or processes, or runs whole executions: it takes many seconds. */
const STARTS = /Workflow\.start|runEverySituation|startEngine|Cloud\.open|child_process|from '\.\/run'/;

/**
 * Jest begins with the tests that took longest last time. Without times, as in a fresh clone, it begins with the largest
 * files: a slow one that comes last would then run alone.
 */
module.exports = class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.every(({ duration }) => duration !== undefined)) return sorted;
    const slow = new Set(sorted.filter(({ path }) => STARTS.test(readFileSync(path, 'utf8'))));
    return [...slow, ...sorted.filter((test) => !slow.has(test))];
  }
};
