import { deflateSync } from 'node:zlib';
import { crc32 } from '@aws-crypto/crc32';
import type { Pixels } from './pixels';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/**
 * A PNG with a palette, which holds a picture of at most 256 colours exactly. sharp's own palette goes through a
 * quantizer that may move colours.
 *
 * @param palette index by RGBA number, of every colour there is
 */
export function palettePng(pixels: Pixels, palette: ReadonlyMap<number, number>): Buffer {
  const { width, height } = pixels;
  // Transparent colours come first, so that the list of their alphas is short.
  const order = [...palette.keys()].sort((one, other) => (one & 0xff) - (other & 0xff));
  const index = new Map(order.map((colour, i) => [colour, i]));
  const depth = [1, 2, 4, 8].find((bits) => 2 ** bits >= order.length) as number;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, 3], 8);
  const colours = order.flatMap((colour) => [colour >>> 24, (colour >>> 16) & 0xff, (colour >>> 8) & 0xff]);
  const alphas = order.map((colour) => colour & 0xff).filter((alpha) => alpha !== 0xff);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(colours)),
    ...(alphas.length > 0 ? [chunk('tRNS', Buffer.from(alphas))] : []),
    chunk('IDAT', deflateSync(rows(pixels, index, depth), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Rows of indices, each after a byte that says "no filter": differences of indices mean nothing. */
function rows({ data, width, height, channels }: Pixels, index: ReadonlyMap<number, number>, depth: number) {
  const stride = 1 + Math.ceil((width * depth) / 8);
  const out = Buffer.alloc(height * stride);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += channels) {
      const bit = x * depth;
      const at = y * stride + 1 + (bit >> 3);
      out[at] =
        (out[at] as number) | ((index.get(colourAt(data, i, channels)) as number) << (8 - depth - (bit & 7)));
    }
  }
  return out;
}

/** The pixel as a number of red, green, blue and alpha; what is invisible has no colour. */
export function colourAt(data: Buffer, at: number, channels: number): number {
  const alpha = channels % 2 === 0 ? (data[at + channels - 1] as number) : 255;
  if (alpha === 0) return 0;
  const isGrey = channels < 3;
  const red = data[at] as number;
  const green = isGrey ? red : (data[at + 1] as number);
  const blue = isGrey ? red : (data[at + 2] as number);
  return ((red << 24) | (green << 16) | (blue << 8) | alpha) >>> 0;
}

function chunk(type: string, body: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const fields = Buffer.alloc(8);
  fields.writeUInt32BE(body.length, 0);
  fields.writeUInt32BE(crc32(content), 4);
  return Buffer.concat([fields.subarray(0, 4), content, fields.subarray(4)]);
}
