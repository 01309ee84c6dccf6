const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

/**
 * Which bugs each test file reaches, and how long it takes, as the run without a bug has found out. Stryker itself knows only
 * which tests do.
 */

const fileIn = (rootDir) => path.join(rootDir, '.local', 'reached.json');

/** @returns `{ ids, milliseconds }` by the path of the test file */
function read(rootDir) {
  const file = fileIn(rootDir);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

function add(rootDir, testPath, reached) {
  writeFileSync(fileIn(rootDir), JSON.stringify({ ...read(rootDir), [testPath]: reached }));
}

/** @returns how often each bug was reached so far, in Stryker's own variable */
function counts() {
  const { static: whileLoading = {}, perTest = {} } = globalThis.__stryker__?.mutantCoverage ?? {};
  const sums = new Map();
  for (const part of [whileLoading, ...Object.values(perTest)]) {
    for (const [id, count] of Object.entries(part)) sums.set(id, (sums.get(id) ?? 0) + count);
  }
  return sums;
}

let files;

/** @returns the path, from the root, of the file that has a bug: Stryker writes the bugs' ids into it */
function fileOf(rootDir, bug) {
  files ??= new Map(idsIn(rootDir));
  return files.get(bug);
}

function idsIn(rootDir) {
  const { mutate } = JSON.parse(readFileSync(path.join(rootDir, 'stryker.json'), 'utf8'));
  return mutate.flatMap((given) => {
    const file = given.replace(/:\d+-\d+$/, '');
    const code = readFileSync(path.join(rootDir, file), 'utf8');
    return [...code.matchAll(/stryMutAct_\w+\("(\d+)"\)/g)].map(([, id]) => [id, file]);
  });
}

module.exports = { add, counts, fileOf, read };
