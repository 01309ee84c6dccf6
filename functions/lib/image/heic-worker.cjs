/**
 * The thread in which a HEIC is decoded, so that it can be ended (heic.ts). It calls the C functions of libheif
 * (github.com/strukturag/libheif, libheif/api) with numbers, as WebAssembly knows nothing else: pointers to its own memory.
 */
const { parentPort, workerData } = require('node:worker_threads');

const { library, code, bytes, expected, mostMemory } = workerData;

/** Of libheif's `heif_chroma`, by bytes of a sample and by whether there is alpha. */
const CHROMA = { 1: [10, 11], 2: [14, 15] };
/** Of `heif_colorspace` and of `heif_channel`. */
const RGB = 1;
const INTERLEAVED = 10;
/** The place of `strict_decoding` in `heif_decoding_options`: without it, a tile that can't be decoded is left out. */
const STRICT_DECODING = 21;
const PAGE = 64 * 1024;

/**
 * The functions of JavaScript that the decoder calls while it decodes: to copy within its memory, to grow it, to throw, and
 * to give up twice over. What else it needs to start would let whoever takes it over from inside call methods of any object.
 * The names are those of libheif-js 1.23.2.
 */
const CALLED = new Set(['I', 'D', 'd', 'b', 'C']);
/** `EBADF`: what comes back from any other, so that a warning that nobody reads is not written. */
const REFUSED = 8;

let isOverMemory = false;
let isStarted = false;
const lib = require(library)({ instantiateWasm, print() {}, printErr() {} });
isStarted = true;

/** Gives the instance a memory that doesn't grow beyond the limit: `malloc` then fails, and libheif reports that. */
function instantiateWasm(imports, receive) {
  const instance = new WebAssembly.Instance(code, guarded(imports));
  const memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
  const grow = memory.grow.bind(memory);
  memory.grow = (pages) => {
    isOverMemory = memory.buffer.byteLength + pages * PAGE > mostMemory;
    if (isOverMemory) throw new RangeError('out of memory');
    return grow(pages);
  };
  return receive(instance);
}

function guarded(imports) {
  const guard = ([name, call]) => [
    name,
    CALLED.has(name) ? call : (...values) => (isStarted ? REFUSED : call(...values)),
  ];
  return Object.fromEntries(
    Object.entries(imports).map(([part, calls]) => [
      part,
      Object.fromEntries(Object.entries(calls).map(guard)),
    ]),
  );
}

try {
  const { pixels, ...reply } = decode();
  parentPort.postMessage({ pixels, ...reply }, [pixels.buffer]);
} catch (error) {
  parentPort.postMessage({ error: isOverMemory ? 'memory' : String(error.message ?? error) });
}

function decode() {
  const pointer = lib._malloc(4);
  const context = lib._heif_context_alloc();
  const file = lib._malloc(bytes.length);
  if (file === 0) throw new Error('not enough memory for the file');
  lib.HEAPU8.set(bytes, file);
  call('_heif_context_read_from_memory_without_copy', context, file, bytes.length, 0);
  if (expected.item === undefined) call('_heif_context_get_primary_image_handle', context, pointer);
  else call('_heif_context_get_image_handle', context, expected.item, pointer);
  const handle = valueAt(pointer);
  const hasAlpha = lib._heif_image_handle_has_alpha_channel(handle) === 1;
  const size = lib._heif_image_handle_get_luma_bits_per_pixel(handle) > 8 ? 2 : 1;
  const options = lib._heif_decoding_options_alloc();
  lib.HEAPU8[options + STRICT_DECODING] = 1;
  call('_heif_decode_image', handle, pointer, RGB, CHROMA[size][hasAlpha ? 1 : 0], options);
  return samplesOf(valueAt(pointer), {
    size,
    channels: hasAlpha ? 4 : 3,
    isPremultiplied: hasAlpha && lib._heif_image_handle_is_premultiplied_alpha(handle) === 1,
  });
}

/** Copies the samples out of WebAssembly's memory, row by row, and stretches those of 10 or 12 bits to 16. */
function samplesOf(image, { size, channels, isPremultiplied }) {
  const width = lib._heif_image_get_width(image, INTERLEAVED);
  const height = lib._heif_image_get_height(image, INTERLEAVED);
  // Nothing is allocated by what the decoder says, which may no longer be its own.
  if (width !== expected.width || height !== expected.height) {
    throw new Error(
      `the picture has ${width}×${height} pixels, and its header said ${expected.width}×${expected.height}`,
    );
  }
  const bits = lib._heif_image_get_bits_per_pixel_range(image, INTERLEAVED);
  const pointer = lib._malloc(4);
  const plane = lib._heif_image_get_plane_readonly(image, INTERLEAVED, pointer);
  const stride = valueAt(pointer);
  const row = width * channels * size;
  const pixels = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) {
    pixels.set(lib.HEAPU8.subarray(plane + y * stride, plane + y * stride + row), y * row);
  }
  const samples = size === 1 ? pixels : new Uint16Array(pixels.buffer);
  if (size === 2) {
    for (let i = 0; i < samples.length; i++) {
      samples[i] = (samples[i] << (16 - bits)) | (samples[i] >> (2 * bits - 16));
    }
  }
  if (isPremultiplied) divideByAlpha(samples);
  return { pixels, width, height, channels, isDeep: size === 2 };
}

function divideByAlpha(samples) {
  const most = samples instanceof Uint16Array ? 0xffff : 0xff;
  for (let i = 0; i < samples.length; i += 4) {
    const alpha = samples[i + 3];
    if (alpha === 0 || alpha === most) continue;
    for (let c = i; c < i + 3; c++) samples[c] = Math.min(most, Math.round((samples[c] * most) / alpha));
  }
}

/** Calls a function that returns a `heif_error`: its code, a second one, and a text. */
function call(name, ...rest) {
  const error = lib._malloc(12);
  lib[name](error, ...rest);
  if (valueAt(error) !== 0) throw new Error(textAt(valueAt(error + 8)));
  lib._free(error);
}

function valueAt(pointer) {
  return lib.HEAPU32[pointer >>> 2];
}

function textAt(pointer) {
  return Buffer.from(lib.HEAPU8.subarray(pointer, lib.HEAPU8.indexOf(0, pointer))).toString();
}
