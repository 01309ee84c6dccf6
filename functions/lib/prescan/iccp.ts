import { constants, deflateSync, inflateRawSync } from 'node:zlib';
import { crc32 } from '@aws-crypto/crc32';

/** Bytes; libpng 1.6.58 allots no more than 8 MB to a chunk. */
const MAX_PROFILE = 8_000_000;

/** Bytes of the header of a zlib stream. */
const ZLIB_HEADER = 2;

/**
 * The profile in an `iCCP` chunk: its name, a zero, the method of compression (0), and the profile as a zlib stream. The
 * checksum at the stream's end is ignored, since libpng applies a profile whose checksum is wrong or missing.
 *
 * @returns undefined if there is no such stream, or if it is too long
 */
export function readProfile(content: Uint8Array): Uint8Array | undefined {
  const compressed = content.subarray(content.indexOf(0) + 2 + ZLIB_HEADER);
  try {
    return inflateRawSync(compressed, {
      maxOutputLength: MAX_PROFILE,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch {
    return undefined;
  }
}

/** An `iCCP` chunk with another profile. */
export function profileChunk(content: Uint8Array, profile: Uint8Array): Uint8Array {
  const compressed = deflateSync(profile, { level: 9 });
  const body = Buffer.concat([content.subarray(0, content.indexOf(0) + 2), compressed]);
  const chunk = Buffer.concat([Buffer.from([0, 0, 0, 0]), Buffer.from('iCCP'), body, Buffer.alloc(4)]);
  chunk.writeUInt32BE(body.length, 0);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return chunk;
}
