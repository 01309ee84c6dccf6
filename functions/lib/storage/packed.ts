import { gunzipSync } from 'node:zlib';
import { CorruptImage } from '../../../contract/errors';
import { assertWithin, type Limits } from '../image/limits';

/** What every gzip file begins with: RFC 1952, section 2.3.1. */
const GZIP = [0x1f, 0x8b];

/** Whether the object was stored with `Content-Encoding: gzip`, as uploaders do that compress every file of a site. */
export function isPacked({ ContentEncoding }: { ContentEncoding?: string | undefined }): boolean {
  return /\bgzip\b/i.test(ContentEncoding ?? '');
}

/**
 * Unpacks what was stored with `Content-Encoding: gzip`, as a browser does before it shows the image. Bytes that are not
 * gzip stay as they are: some uploaders set the header for files that they have not packed.
 *
 * @throws ImageTooLarge as soon as more bytes come out than the limit allows: 50 KB can hold 50 MB
 * @throws CorruptImage if the packed bytes are damaged or cut off
 */
export function unpacked(bytes: Uint8Array, limits: Limits): Uint8Array {
  if (!GZIP.every((byte, i) => bytes[i] === byte)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: limits.bytes });
  } catch (error) {
    // Node does not say how many bytes there would have been.
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      assertWithin('bytes', limits.bytes + 1, limits);
    }
    throw new CorruptImage(
      'The file is stored with "Content-Encoding: gzip", and its packed bytes are damaged or cut off. Upload it again.',
      { cause: error },
    );
  }
}
