const path = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;
const coverage = require('./coverage.cjs');

/**
 * Runs only the test files that reach the bug. Those in the folder of the bug come first, since they are the most likely to
 * notice it, and then the quickest.
 */
module.exports = class extends Sequencer {
  constructor(options) {
    super(options);
    const { rootDir } = options.globalConfig;
    this.rootDir = rootDir;
    this.reached = coverage.read(rootDir);
  }

  sort(tests) {
    const bug = process.env.__STRYKER_ACTIVE_MUTANT__;
    if (bug === undefined) return tests;
    const near = path.join(this.rootDir, 'test', path.dirname(coverage.fileOf(this.rootDir, bug)));
    const isNear = (test) => path.dirname(test.path) === near;
    return tests
      .filter((test) => this.reached[test.path]?.ids.includes(bug))
      .sort(
        (one, other) =>
          isNear(other) - isNear(one) ||
          this.reached[one.path].milliseconds - this.reached[other.path].milliseconds,
      );
  }
};
