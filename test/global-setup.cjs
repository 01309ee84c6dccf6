const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

/** The variables that name the temporary folder, on POSIX systems and on Windows. */
const NAMES = ['TMPDIR', 'TMP', 'TEMP'];

/**
 * Makes a folder for everything that the test files of one run put on disk: the results of slow work that they share (see
 * once-per-run.ts), and all temporary folders, also those of tests that fail or are killed. global-teardown.cjs removes it.
 */
module.exports = () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'test-run-'));
  globalThis.environmentBefore = NAMES.map((name) => [name, process.env[name]]);
  for (const name of NAMES) process.env[name] = folder;
  process.env.TEST_SHARED = folder;
};
