/** Stands for the package of that name, which environment.cjs loads once for all test files. */
module.exports = globalThis.validateStateMachine;
