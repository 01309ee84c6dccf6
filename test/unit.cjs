const { readFileSync } = require('node:fs');
const quick = require('./quick.cjs');

/** Signs of tests that run functions on the engine's services. */
const NEEDS_ENGINE = /order\/cloud'|\.\/table'|from '\.\/(endpoint|races|any-order)'/;

/** For `jest --filter`: leaves out what takes seconds, so that the rest is a matter of seconds. */
module.exports = async (paths) => {
  const { filtered } = await quick(paths);
  return { filtered: filtered.filter((path) => !NEEDS_ENGINE.test(readFileSync(path, 'utf8'))) };
};
