const { TestEnvironment } = require('jest-environment-node');
const validate = require('asl-validator');

/** What asl-validator found in a definition, by its JSON. */
const found = new Map();

/**
 * Node as Jest has it for each test file, with an asl-validator that remembers across them: it compiles its whole JSON
 * Schema for each definition, which takes longer than most executions, and most definitions are the same.
 */
module.exports = class extends TestEnvironment {
  constructor(...args) {
    super(...args);
    this.global.validateStateMachine = (definition, options) => {
      const key = JSON.stringify([definition, options]);
      if (!found.has(key)) found.set(key, validate(JSON.parse(JSON.stringify(definition)), options));
      return found.get(key);
    };
  }
};
