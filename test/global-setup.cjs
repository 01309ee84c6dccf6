const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { serveSyntheses } = require('./synthesis-server.cjs');

/** The variables that name the temporary folder, on POSIX systems and on Windows. */
const NAMES = ['TMPDIR', 'TMP', 'TEMP'];

/**
 * Makes a folder for everything that the test files of one run put on disk: the results of slow work that they share (see
 * once-per-run.ts), and all temporary folders, also those of tests that fail or are killed. It also starts what
 * synthesizes stacks for them. global-teardown.cjs undoes both.
 */
module.exports = async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'test-run-'));
  globalThis.environmentBefore = NAMES.map((name) => [name, process.env[name]]);
  for (const name of NAMES) process.env[name] = folder;
  process.env.TEST_SHARED = folder;
  const { url, close } = await serveSyntheses();
  process.env.TEST_SYNTHESES = url;
  globalThis.closeSyntheses = close;
};
