import { deflateSync } from 'node:zlib';
import { crc32 } from '@aws-crypto/crc32';
import sharp from 'sharp';
import { CorruptImage, SuspiciousImage, UnsupportedFormat } from '../../../contract/errors';
import type { Size } from '../../../contract/image';
import type { ImageScan } from '../prescan';
import { decodeHeic, type Samples } from './heic';

/** What the scan of a HEIC says of it. */
export type StoredHeic = Size & Partial<Pick<ImageScan, 'coded' | 'profile' | 'preview' | 'bytesPerPixel'>>;

/** Bytes of the decoder's memory besides its pictures and the file: its code, and what it has read of the file's structure. */
const BESIDES = 64 * 2 ** 20;

/** Milliseconds that scaling, encoding and writing take after the decoder. */
const AFTERWARDS = 2_000;

/**
 * Decodes a HEIC and scales it, as a PNG that is not compressed. It has the profile of the file, so sharp converts its
 * colours exactly as it does those of any other PNG.
 *
 * @param size at most the picture's own
 * @throws what {@link decodeHeic} throws
 */
export async function heicAsPng(
  bytes: Uint8Array,
  stored: StoredHeic,
  size: Size,
  timeLeft?: () => number,
): Promise<Buffer> {
  const picture = (await previewOf(bytes, stored, size, timeLeft)) ?? (await whole(bytes, stored, timeLeft));
  const { data, width, height, channels } = picture;
  const scaled = sharp(data, { raw: { width, height, channels } }).resize(size.width, size.height, {
    fit: 'fill',
  });
  const deep = data instanceof Uint16Array ? scaled.toColourspace('rgb16') : scaled;
  const png = await deep.png({ compressionLevel: 0 }).toBuffer();
  return stored.profile ? withProfile(png, stored.profile) : png;
}

function whole(bytes: Uint8Array, stored: StoredHeic, timeLeft?: () => number): Promise<Samples> {
  return decodePicture(bytes, { ...stored, coded: stored.coded ?? stored }, timeLeft);
}

/** The preview of the file, if it is large enough and has the shape of the picture. One that is damaged is none. */
async function previewOf(
  bytes: Uint8Array,
  { preview, ...stored }: StoredHeic,
  size: Size,
  timeLeft?: () => number,
): Promise<Samples | undefined> {
  if (!preview || preview.width < size.width || preview.height < size.height) return undefined;
  if (!isSameShape(preview, stored)) return undefined;
  try {
    return await decodePicture(bytes, { ...stored, ...preview, coded: preview }, timeLeft);
  } catch (error) {
    const isDamaged = [CorruptImage, SuspiciousImage, UnsupportedFormat].some(
      (kind) => error instanceof kind,
    );
    if (isDamaged) return undefined;
    throw error;
  }
}

/** Whether scaling the picture to the width of the preview gives its height, to within a pixel, or the other way round. */
function isSameShape(preview: Size, picture: Size): boolean {
  const difference = Math.abs(preview.width * picture.height - preview.height * picture.width);
  return difference <= Math.max(picture.width, picture.height);
}

async function decodePicture(
  bytes: Uint8Array,
  { width, height, coded, bytesPerPixel = 0, item }: StoredHeic & { coded: Size; item?: number },
  timeLeft?: () => number,
): Promise<Samples> {
  const memory = bytesPerPixel * coded.width * coded.height + BESIDES + bytes.length;
  const time = timeLeft && timeLeft() - AFTERWARDS;
  return decodeHeic(bytes, { width, height, item }, { memory, time });
}

/** Where the header of a PNG ends. */
const HEADER_END = 33;

/** Inserts an ICC profile into a PNG: PNG (third edition), 11.3.2.3. */
function withProfile(png: Buffer, profile: Uint8Array): Buffer {
  const content = Buffer.concat([Buffer.from('iCCPprofile\0\0', 'latin1'), deflateSync(profile)]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length - 4);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([png.subarray(0, HEADER_END), length, content, checksum, png.subarray(HEADER_END)]);
}
