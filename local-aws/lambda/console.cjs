/**
 * Lambda's JSON log format: one object per line with timestamp, level, request id and message
 * (docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html).
 */

'use strict';

const { format } = require('node:util');

const LEVELS = {
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
};

/** Errors as objects: JSON drops their message and stack, which are not enumerable. */
function describeErrors(_key, value) {
  if (!(value instanceof Error)) return value;
  return {
    errorType: value.constructor?.name ?? 'UnknownError',
    errorMessage: value.message,
    stackTrace: String(value.stack).split('\n'),
    ...value,
  };
}

function line(level, requestId, values) {
  const entry = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...entry, message: values[0] }, describeErrors);
    } catch {
      // A cycle or a BigInt is logged as text, below.
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...entry, message: format(...values), ...(error && describeErrors('', error)) });
}

/** @param requestId returns the id of the current invocation, or undefined outside one */
function patchConsole(requestId) {
  for (const [method, level] of Object.entries(LEVELS)) {
    console[method] = (...values) => process.stdout.write(`${line(level, requestId(), values)}\n`);
  }
}

module.exports = { patchConsole };
