/**
 * Replaces modules of Node that few runs need: for files, for packing and unpacking, for threads. Each is loaded by the first
 * call, not while a function starts. To use more of them, add it here: until then, the build of what imports it fails.
 */

/** Written so that the bundler doesn't recognize it as `require`, and put this file in place of the module again. */
const load = (name) => require(name);
const zlib = () => load('node:zlib');

export const readFile = (...values) => load('node:fs/promises').readFile(...values);

export function Worker(...values) {
  return new (load('node:worker_threads').Worker)(...values);
}

export const deflateSync = (...values) => zlib().deflateSync(...values);
export const gunzipSync = (...values) => zlib().gunzipSync(...values);
export const inflateRawSync = (...values) => zlib().inflateRawSync(...values);
export const constants = new Proxy({}, { get: (_, name) => zlib().constants[name] });

/** Node has it since 20.15 and 22.2. Where it is undefined, the SDK computes the checksum in JavaScript. */
const [major, minor] = process.versions.node.split('.').map(Number);
const hasCrc32 = major > 22 || (major === 22 && minor >= 2) || (major === 20 && minor >= 15);
export const crc32 = hasCrc32 ? (...values) => zlib().crc32(...values) : undefined;
