const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

/** Makes the folder that the test files of one run share their synthesized stacks in. */
module.exports = () => {
  process.env.TEST_SYNTHESES = mkdtempSync(path.join(tmpdir(), 'syntheses-'));
};
