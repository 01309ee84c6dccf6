/**
 * Leaves out the files named *.slow.test.ts, for scripts of package.json: a name in `jest --filter` also lets them take paths,
 * which `--testPathIgnorePatterns` would swallow. `npx jest PATH` runs any file.
 */
module.exports = async (paths) => ({ filtered: paths.filter((path) => !path.endsWith('.slow.test.ts')) });
