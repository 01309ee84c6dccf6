const { readFileSync } = require('node:fs');
const Sequencer = require('@jest/test-sequencer').default;

/** Signs of tests that start engines or processes, or run whole executions, and so take many seconds. */
const STARTS =
  /Workflow\.start|runEverySituation|startEngine|Cloud\.open|child_process|from '\.\/run'|\b(startWorkflow|use(Engine|Console)|test[A-Z]\w+)\(/;

/**
 * Jest starts with the tests that took longest last time. In a fresh clone it doesn't know that and starts with the largest
 * files, so a slow test could come last and run alone.
 */
module.exports = class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.every(({ duration }) => duration !== undefined)) return sorted;
    const slow = new Set(sorted.filter(({ path }) => STARTS.test(readFileSync(path, 'utf8'))));
    return [...slow, ...sorted.filter((test) => !slow.has(test))];
  }
};
