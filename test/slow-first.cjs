const { readFileSync } = require('node:fs');
const Sequencer = require('@jest/test-sequencer').default;

/** Signs of tests that start engines or processes, or run whole executions, and so take many seconds. */
const STARTS =
  /Workflow\.start|runEverySituation|startEngine|Cloud\.open|child_process|from '\.\/(run|start)'|\b(startWorkflow|use(Engine|Console)|test[A-Z]\w+)\(/;

/**
 * Jest starts with the tests that took longest last time. In a fresh clone it doesn't know that and starts with the largest
 * files, so a slow test could come last and run alone. The first test that starts something waits until the stack is
 * synthesized, so meanwhile others run that don't.
 */
module.exports = class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const starts = new Set(sorted.filter(({ path }) => STARTS.test(readFileSync(path, 'utf8'))));
    const others = sorted.filter((test) => !starts.has(test));
    const known = sorted.every(({ duration }) => duration !== undefined);
    const [first, ...rest] = known ? sorted : [...starts, ...others];
    const meanwhile = others.slice(0, 2).filter((test) => test !== first);
    return first ? [first, ...meanwhile, ...rest.filter((test) => !meanwhile.includes(test))] : [];
  }
};
