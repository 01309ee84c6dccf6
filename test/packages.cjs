/** The packages of test files, which each worker loads once, by Node itself. */

const { isBuiltin } = require('node:module');
const path = require('node:path');

/** Packages that are ES modules only. Node 20 can't `require` them, so Jest translates and loads them. */
const ES_MODULES = ['jose', 'thumbhash', '@seriousme/openapi-schema-validator'];

/** Whether a name in `require(name)` is that of a package that can be shared. */
function isPackage(name) {
  if (name.startsWith('.') || path.isAbsolute(name) || isBuiltin(name)) return false;
  return !ES_MODULES.some((each) => name === each || name.startsWith(`${each}/`));
}

let validate;

function loadPackage(name) {
  if (name !== 'asl-validator') return require(name);
  validate ??= loadValidator();
  return validate;
}

/**
 * asl-validator makes an Ajv for each definition, which compiles the same JSON Schema, and that takes longer than most
 * executions. Here all definitions share one. What it compiles depends only on the validator's options, so these have to be
 * the defaults.
 */
function loadValidator() {
  const ajv = require('ajv');
  const loaded = require.cache[require.resolve('ajv')];
  let shared;
  function SharedAjv(options) {
    if (!shared) {
      shared = new ajv.default(options);
      return shared;
    }
    // Its keywords and formats are there already.
    return Object.create(shared, { addKeyword: { value() {} }, addFormat: { value() {} } });
  }
  loaded.exports = { __esModule: true, default: SharedAjv };
  const validator = require('asl-validator');
  loaded.exports = ajv;
  return (definition, options) => {
    if (options)
      throw new Error(
        'Expected the default options of asl-validator: its schema is compiled once, for these',
      );
    return validator(definition);
  };
}

module.exports = { ES_MODULES, isPackage, loadPackage };
