import { crc32 } from '@aws-crypto/crc32';
import type { OutputFormat } from '../../../contract/formats';

/**
 * Writes a text into an encoded image, where viewers pass over it.
 *
 * S3 decides a conditional write or delete by the ETag, a hash of the bytes alone. Without a stamp the thumbnails of two
 * versions with the same pixels would have one ETag, and a change meant for the older would hit the newer.
 *
 * @param text at most 200 ASCII characters
 */
export function stamp(image: Buffer, format: OutputFormat, text: string): Buffer {
  const note = Buffer.from(text, 'latin1');
  switch (format) {
    case 'jpeg': {
      // A comment, behind the JFIF header, which has to come first.
      const at = image.readUInt16BE(2) === 0xffe0 ? 4 + image.readUInt16BE(4) : 2;
      return insert(image, at, [0xff, 0xfe, ...uint16(note.length + 2)], note);
    }
    case 'png': {
      const chunk = Buffer.concat([Buffer.from('tEXtSource\0'), note]);
      const length = uint32(chunk.length - 4);
      return insert(image, image.length - PNG_END, length, chunk, uint32(crc32(chunk)));
    }
    case 'gif':
      return insert(image, image.length - 1, [0x21, 0xfe, note.length], note, [0]);
    case 'webp': {
      const padding = note.length % 2;
      const length = Buffer.alloc(4);
      length.writeUInt32LE(note.length);
      const whole = insert(image, image.length, Buffer.from('NOTE'), length, note, Buffer.alloc(padding));
      whole.writeUInt32LE(whole.length - 8, 4);
      return whole;
    }
    case 'avif':
      return insert(image, image.length, uint32(note.length + 8), Buffer.from('free'), note);
  }
}

/** A PNG without the first chunk of a type. */
export function withoutChunk(png: Buffer, type: string): Buffer {
  for (let at = PNG_SIGNATURE; at + PNG_END <= png.length; ) {
    const end = at + PNG_END + png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === type) {
      return Buffer.concat([png.subarray(0, at), png.subarray(end)]);
    }
    at = end;
  }
  return png;
}

const PNG_SIGNATURE = 8;

/** Bytes of the IEND chunk, and those that any chunk has around its content. */
const PNG_END = 12;

function insert(image: Buffer, at: number, ...parts: (Buffer | number[])[]): Buffer {
  const bytes = parts.map((part) => Buffer.from(part as number[]));
  return Buffer.concat([image.subarray(0, at), ...bytes, image.subarray(at)]);
}

function uint16(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function uint32(value: number): number[] {
  return [...uint16(value >>> 16), ...uint16(value & 0xffff)];
}
