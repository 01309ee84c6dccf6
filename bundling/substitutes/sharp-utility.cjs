/**
 * Replaces what sharp can say about its process, and keeps what the functions set there. sharp's own module asks libvips for its
 * formats, reads the versions of its libraries, and looks for the C library of the system, at every start.
 */
const { EventEmitter } = require('node:events');
const addon = require('./sharp.cjs');

/** For those of sharp's functions that are not here. */
const isMissing = (what) => {
  throw new Error(`sharp.${what} is not part of the bundles: see bundling/substitutes/sharp-utility.cjs.`);
};

const switchLoaders = (isBlocked) => (options) => {
  if (!Array.isArray(options?.operation)) isMissing('block of other options than a list of operations');
  addon.block(options.operation, isBlocked);
};

module.exports = (Sharp) => {
  Object.assign(Sharp, {
    cache: (isOn) => (isOn === false ? addon.cache(0, 0, 0) : isMissing('cache of anything but false')),
    concurrency: (threads) => addon.concurrency(Number.isInteger(threads) ? threads : null),
    block: switchLoaders(true),
    unblock: switchLoaders(false),
    // sharp's other modules use these.
    interpolators: { bilinear: 'bilinear' },
    queue: new EventEmitter(),
  });
  for (const name of ['counters', 'format', 'simd', 'versions']) {
    Object.defineProperty(Sharp, name, { get: () => isMissing(name) });
  }
};
