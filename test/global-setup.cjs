const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

/** Makes the folder in which the test files of one run share the results of slow work: see once-per-run.ts. */
module.exports = () => {
  process.env.TEST_SHARED = mkdtempSync(path.join(tmpdir(), 'test-shared-'));
};
