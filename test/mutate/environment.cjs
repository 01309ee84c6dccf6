const Environment = require('../environment.cjs');
const coverage = require('./coverage.cjs');

/** The last bug that a test has noticed. Stryker runs the tests of all bugs in one process. */
let noticed;

/** Ends the run of a bug's tests after the first that fails: nothing more has to be known about the bug. */
module.exports = class extends Environment {
  constructor(config, context) {
    super(config, context);
    this.rootDir = config.projectConfig.rootDir;
    this.testPath = context.testPath;
    // Stryker's variable, which is read here because tests may replace the variables of the process.
    this.bug = process.env.__STRYKER_ACTIVE_MUTANT__;
  }

  async setup() {
    await super.setup();
    this.before = coverage.counts();
    this.began = Date.now();
  }

  async handleTestEvent(event, state) {
    if (this.bug === undefined) return;
    const isOver = noticed === this.bug;
    if (event.name === 'run_start' && isOver) state.rootDescribeBlock.mode = 'skip';
    if (event.name === 'test_start' && isOver) event.test.mode = 'skip';
    if (event.name === 'test_done' && event.test.errors.length > 0) noticed = this.bug;
  }

  async teardown() {
    if (this.bug === undefined) {
      const counts = [...coverage.counts()];
      const ids = counts.flatMap(([id, count]) => (count > (this.before.get(id) ?? 0) ? id : []));
      coverage.add(this.rootDir, this.testPath, { ids, milliseconds: Date.now() - this.began });
    }
    await super.teardown();
  }
};
