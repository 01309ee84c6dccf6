/** Parts of image files, built by hand where no encoder would write them. */
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import { crc32 } from '@aws-crypto/crc32';
import sharp from '../../../fixtures/sharp';

export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
export const u16be = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
export const u16le = (value: number): Buffer => u16be(value).reverse();
export const u24le = (value: number): Buffer => Buffer.from([value & 0xff, (value >> 8) & 0xff, value >> 16]);
export const u32be = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
export const u32le = (value: number): Buffer => u32be(value).reverse();

/** The same bytes, `count` times. */
export const times = (count: number, bytes: Buffer): Buffer => Buffer.alloc(count * bytes.length, bytes);

/** `bytes` with `replacement` written over them from `at` on. */
export function patched(bytes: Buffer, at: number, replacement: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  replacement.copy(copy, at);
  return copy;
}

/** A single-coloured picture, to be encoded by sharp. */
export const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#204080' } });

// EXIF and TIFF

export interface Entry {
  tag: number;
  /** 1 BYTE, 3 SHORT, 4 LONG. */
  type: number;
  value: number;
}

/** A TIFF structure with one directory: EXIF is that, and a TIFF file starts with it. */
export function tiffStructure(
  entries: Entry[],
  { littleEndian = true, next = 0 }: { littleEndian?: boolean; next?: number } = {},
): Buffer {
  const u16 = littleEndian ? u16le : u16be;
  const u32 = littleEndian ? u32le : u32be;
  const field = ({ type, value }: Entry) =>
    type === 4
      ? u32(value)
      : Buffer.concat([type === 3 ? u16(value) : Buffer.from([value, 0]), Buffer.alloc(2)]);
  const rows = entries.map((entry) => Buffer.concat([u16(entry.tag), u16(entry.type), u32(1), field(entry)]));
  const header = [latin1(littleEndian ? 'II' : 'MM'), u16(42), u32(8), u16(entries.length)];
  return Buffer.concat([...header, ...rows, u32(next)]);
}

export const exif = (orientation: number, options?: { littleEndian?: boolean }): Buffer =>
  tiffStructure([{ tag: 0x0112, type: 3, value: orientation }], options);

/** EXIF in which every entry (EXIF, GPS and interoperability pointers in turn) points back to its own directory. */
export const exifLoop = (entries: number): Buffer =>
  tiffStructure(
    Array.from({ length: entries }, (_, i) => ({ tag: [0x8769, 0x8825, 0xa005][i % 3]!, type: 4, value: 8 })),
  );

/** An 8-bit grey TIFF of 4×3 pixels, with additional entries in its directory. */
export function tiff(more: Entry[] = [], options?: { next?: number }): Buffer {
  const entries = [
    { tag: 256, type: 3, value: 4 }, // width
    { tag: 257, type: 3, value: 3 }, // height
    { tag: 258, type: 3, value: 8 }, // bits per sample
    { tag: 259, type: 3, value: 1 }, // no compression
    { tag: 262, type: 3, value: 1 }, // black is zero
    { tag: 273, type: 4, value: 8 + 2 + (9 + more.length) * 12 + 4 }, // offset of the strip
    { tag: 277, type: 3, value: 1 }, // samples per pixel
    { tag: 278, type: 3, value: 3 }, // rows per strip
    { tag: 279, type: 4, value: 12 }, // bytes of the strip
    ...more,
  ].sort((a, b) => a.tag - b.tag);
  return Buffer.concat([tiffStructure(entries, options), Buffer.alloc(12, 0x80)]);
}

// JPEG

export const segment = (marker: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker]), u16be(body.length + 2), body]);

export const app1Exif = (block: Buffer): Buffer => segment(0xe1, Buffer.concat([latin1('Exif\0\0'), block]));

/** A JPEG with additional segments right after SOI. */
export const withSegments = (jpeg: Buffer, ...segments: Buffer[]): Buffer =>
  Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);

/** A single-coloured progressive JPEG whose last scan is repeated until it has `scans`. */
export async function jpegWithScans(side: number, scans: number): Promise<Buffer> {
  const jpeg = await flat(side, side).jpeg({ progressive: true }).toBuffer();
  const present = jpeg.toString('latin1').split('\xff\xda').length - 1;
  const end = jpeg.length - 2;
  const scan = Buffer.from(jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), end));
  // Successive approximation "0 after 0" refines no earlier scan, so such a scan may be repeated any number of times.
  scan[1 + scan[3]!] = 0;
  return Buffer.concat([jpeg.subarray(0, end), times(scans - present, scan), jpeg.subarray(end)]);
}

/** A JPEG whose frame header gives another size than its data has. */
export function jpegOfSize(jpeg: Buffer, width: number, height: number): Buffer {
  const header = jpeg.findIndex((byte, i) => byte === 0xff && (jpeg[i + 1] === 0xc0 || jpeg[i + 1] === 0xc2));
  return patched(jpeg, header + 5, Buffer.concat([u16be(height), u16be(width)]));
}

// PNG

export const PNG_SIGNATURE = latin1('\x89PNG\r\n\x1a\n');

export function pngChunk(type: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const content = Buffer.concat([latin1(type), body]);
  return Buffer.concat([u32be(body.length), content, u32be(crc32(content))]);
}

export interface PngShape {
  width: number;
  height: number;
  depth?: number;
  /** 0 grey, 2 RGB, 6 RGBA. */
  colour?: 0 | 2 | 6;
  interlaced?: boolean;
}

/** A PNG whose samples are all zero, with additional chunks before its data. The data is generated in full. */
export function blackPng(shape: PngShape, ...chunks: Buffer[]): Buffer {
  const { width, height, depth = 8, colour = 0, interlaced = false } = shape;
  const header = Buffer.concat([
    u32be(width),
    u32be(height),
    Buffer.from([depth, colour, 0, 0, interlaced ? 1 : 0]),
  ]);
  const bits = depth * { 0: 1, 2: 3, 6: 4 }[colour];
  const rows = (w: number, h: number) => (w > 0 ? h * (1 + Math.ceil((w * bits) / 8)) : 0);
  // Adam7: first column and first row of each pass, and the steps between pixels.
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  const size = interlaced
    ? passes.reduce(
        (sum, [x, y, dx, dy]) => sum + rows(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)),
        0,
      )
    : rows(width, height);
  const data = pngChunk('IDAT', deflatedZeros(size));
  return Buffer.concat([PNG_SIGNATURE, pngChunk('IHDR', header), ...chunks, data, pngChunk('IEND')]);
}

/** A zlib stream of `length` zeros, assembled from one compressed mebibyte, so that gigabytes take milliseconds. */
export function deflatedZeros(length: number): Buffer {
  const block = 1 << 20;
  const part = deflateRawSync(Buffer.alloc(block), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const last = deflateRawSync(Buffer.alloc(length % block), { level: 9 });
  const adler = (length % 65521) * 0x10000 + 1; // of zeros only
  return Buffer.concat([
    Buffer.from([0x78, 0xda]),
    times(Math.floor(length / block), part),
    last,
    u32be(adler),
  ]);
}

/** Inserts chunks right after a PNG's IHDR. */
export const withChunks = (png: Buffer, ...chunks: Buffer[]): Buffer =>
  Buffer.concat([png.subarray(0, 33), ...chunks, png.subarray(33)]);

/** An animated PNG of grey frames, each a little lighter. */
export function apng(width: number, height: number, frames: number): Buffer {
  const header = Buffer.concat([u32be(width), u32be(height), Buffer.from([8, 0, 0, 0, 0])]);
  const chunks = [
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    pngChunk('acTL', Buffer.concat([u32be(frames), u32be(0)])),
  ];
  let sequence = 0;
  for (let i = 0; i < frames; i++) {
    const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width, (i * 40) % 256)]);
    const data = deflateSync(times(height, row));
    const control = [
      u32be(sequence++),
      u32be(width),
      u32be(height),
      Buffer.alloc(8),
      u16be(1),
      u16be(10),
      Buffer.alloc(2),
    ];
    chunks.push(pngChunk('fcTL', Buffer.concat(control)));
    chunks.push(
      i === 0 ? pngChunk('IDAT', data) : pngChunk('fdAT', Buffer.concat([u32be(sequence++), data])),
    );
  }
  return Buffer.concat([...chunks, pngChunk('IEND')]);
}

// WebP

export function riffChunk(type: string, body: Buffer): Buffer {
  return Buffer.concat([latin1(type), u32le(body.length), body, Buffer.alloc(body.length % 2)]);
}

export const webp = (...chunks: Buffer[]): Buffer =>
  riffChunk('RIFF', Buffer.concat([latin1('WEBP'), ...chunks]));

export const VP8X = { animation: 0x02, xmp: 0x04, exif: 0x08, alpha: 0x10, icc: 0x20 };

export const vp8x = (flags: number, width: number, height: number): Buffer =>
  riffChunk('VP8X', Buffer.concat([u32le(flags), u24le(width - 1), u24le(height - 1)]));

/** The chunk of a single-coloured lossless WebP. Its pixels take no bits at all, so it can have any size. */
export async function vp8l(width: number, height: number): Promise<Buffer> {
  const file = await flat(16, 16).webp({ lossless: true }).toBuffer();
  const chunk = file.subarray(file.indexOf('VP8L'));
  const bits = chunk.readUInt32LE(9);
  return patched(chunk, 9, u32le(((bits & 0xf0000000) | ((height - 1) << 14) | (width - 1)) >>> 0));
}

/** An animated WebP of frames of 1×1 pixel. */
export async function webpWithFrames(frames: number, width = 1, height = 1): Promise<Buffer> {
  const position = Buffer.concat([u24le(0), u24le(0), u24le(0), u24le(0), u24le(10), Buffer.from([0])]);
  const frame = riffChunk('ANMF', Buffer.concat([position, await vp8l(1, 1)]));
  return webp(vp8x(VP8X.animation, width, height), riffChunk('ANIM', Buffer.alloc(6)), times(frames, frame));
}

// GIF

/** A GIF of two colours. */
export function gif(screen: [width: number, height: number], ...blocks: Buffer[]): Buffer {
  const descriptor = Buffer.concat([u16le(screen[0]), u16le(screen[1]), Buffer.from([0x80, 0, 0])]);
  const colours = Buffer.from([0, 0, 0, 255, 255, 255]);
  return Buffer.concat([latin1('GIF89a'), descriptor, colours, ...blocks, Buffer.from([0x3b])]);
}

/** A frame of the first colour only. */
export function gifFrame(width: number, height: number, left = 0, top = 0): Buffer {
  const place = [left, top, width, height].map(u16le);
  return Buffer.concat([
    Buffer.from([0x2c]),
    ...place,
    Buffer.from([0, 2]),
    ...gifData(width * height),
    Buffer.from([0]),
  ]);
}

/** A frame whose compressed data ends after one pixel. */
export function shortGifFrame(width: number, height: number, left = 0, top = 0): Buffer {
  const place = [left, top, width, height].map(u16le);
  return Buffer.concat([Buffer.from([0x2c]), ...place, Buffer.from([0, 2, 2, 0x4c, 0x01, 0])]);
}

/**
 * Sub-blocks with pixels that are all zero, at two bits each: after a clear, every code stands for one pixel more than the
 * code before.
 */
function* gifData(pixels: number): Generator<Buffer> {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  const write = (code: number, width: number) => {
    bits |= code << held;
    for (held += width; held >= 8; held -= 8, bits >>>= 8) bytes.push(bits & 0xff);
  };
  const [clear, end] = [4, 5];
  let width = 3;
  let left = pixels;
  while (left > 0) {
    write(clear, width);
    width = 3;
    for (let next = end, length = 1; left > 0 && next < 4095; next++, length++) {
      const code = length === 1 ? 0 : next;
      const fits = Math.min(length, left);
      write(fits === length ? code : fits === 1 ? 0 : end + fits - 1, width);
      left -= fits;
      if (next + 1 === 1 << width && width < 12) width++;
    }
  }
  write(end, width);
  if (held > 0) bytes.push(bits & 0xff);
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.slice(at, at + 255);
    yield Buffer.from([block.length, ...block]);
  }
}

export const gifComment = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x21, 0xfe, text.length]), latin1(text), Buffer.from([0])]);

// AVIF and HEIC

export const box = (type: string, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([u32be(body.length + 8), latin1(type), body]);
};
export const fullBox = (type: string, version: number, ...content: Buffer[]): Buffer =>
  box(type, u32be(version * 2 ** 24), ...content);

/** One box of a file, by its type. */
export const boxOf = (file: Buffer, type: string): Buffer => {
  const start = file.indexOf(type) - 4;
  return file.subarray(start, start + file.readUInt32BE(start));
};

/** An AVIF that declares another size than its data has. */
export function avifOfSize(avif: Buffer, width: number, height: number): Buffer {
  return patched(avif, avif.indexOf('ispe') + 8, Buffer.concat([u32be(width), u32be(height)]));
}

/** An AVIF with this block as its EXIF, written over a block that the encoder made room for. */
export async function avifWithExif(block: Buffer): Promise<Buffer> {
  const avif = await flat(64, 48)
    .withExif({ IFD0: { Copyright: 'x'.repeat(block.length) } })
    .avif({ effort: 0 })
    .toBuffer();
  return patched(avif, avif.lastIndexOf(latin1('Exif\0\0')) + 6, block);
}
