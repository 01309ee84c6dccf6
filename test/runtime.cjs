const { compileFunction } = require('node:vm');
const Runtime = require('jest-runtime').default;
const { isPackage, loadPackage } = require('./packages.cjs');

/** What this worker has compiled, by file. */
const compiled = new Map();

function compile(source, filename, parameters) {
  const known = compiled.get(filename);
  if (known?.source === source) return known.run;
  const run = compileFunction(source, parameters, { filename });
  compiled.set(filename, { source, run });
  return run;
}

/**
 * How test files load modules. Jest loads everything anew for each file, in a sandbox (a `vm` context) with globals of its
 * own; loading the engine that way takes longer than most of its tests, and access to globals is many times slower. Here the
 * modules of this project are still anew for each file, but compiled once for each worker; packages are loaded once; and
 * everything shares the globals of Node, which environment.cjs puts back after each file.
 */
module.exports = class extends Runtime {
  constructor(...args) {
    super(...args);
    const { executor } = this.cjsLoader;
    const { environment, injectedModuleParameters } = executor;
    // Null tells Jest that a test file has ended before it loads this.
    executor.compile = (source, filename) =>
      environment.global ? compile(source, filename, injectedModuleParameters) : null;
  }

  requireModule(from, name, options, actual) {
    if (name && !options && !from.includes('node_modules') && isPackage(name)) return loadPackage(name);
    return super.requireModule(from, name, options, actual);
  }
};
