/**
 * Loaded before the engine and before each of its functions: sets their clock as someone could set the computer's. The file in
 * SOAK_CLOCK has the difference in milliseconds.
 */
'use strict';

const children = require('node:child_process');
const fs = require('node:fs');
const http = require('node:http');

const file = process.env.SOAK_CLOCK;
const RealDate = Date;
let offset = 0;
let readAt = Number.NEGATIVE_INFINITY;

/** A clock is set for all processes at once, so that the file is read at least every few milliseconds. */
function now() {
  const steady = performance.now();
  if (steady - readAt > 2) {
    readAt = steady;
    offset = Number(fs.readFileSync(file, 'utf8'));
  }
  return RealDate.now() + offset;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
now();
Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin + offset });

// Node has its own clock for the header `Date`, by which the SDK corrects the time of its signatures.
const { writeHead } = http.ServerResponse.prototype;
http.ServerResponse.prototype.writeHead = function (...args) {
  this.setHeader('date', new RealDate(now()).toUTCString());
  return writeHead.apply(this, args);
};

const { spawn } = children;
children.spawn = (command, args, options) =>
  command === process.execPath
    ? spawn(command, ['--require', __filename, ...args], {
        ...options,
        env: { ...options.env, SOAK_CLOCK: file },
      })
    : spawn(command, args, options);
