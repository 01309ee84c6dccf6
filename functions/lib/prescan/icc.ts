import { EndOfBytes, Reader } from './reader';

/** ICC.1:2022, 7.2 and 7.3: the header, the count of tags, and a tag's signature, offset and size. */
const HEADER = 128;
const TAG = 12;

/** lcms2 refuses a profile of more. */
const MOST_TAGS = 100;

/**
 * Whether a colour profile costs the same for any image: curves, matrices and tables do. A chain of processing elements
 * (`multiProcessElementsType`, of profiles version 4.3 and later) has no limit of its own, and any number of its elements
 * may be the same few bytes: sharp 0.35.5 takes more than 100 s for a PNG of 682 bytes with 10,000 of them. Such
 * a chain comes beside tables, for floating point, and hardly a photo has one.
 */
export function isBoundedProfile(profile: Uint8Array): boolean {
  const reader = new Reader(profile);
  try {
    reader.position = HEADER;
    const count = reader.u32();
    if (count > MOST_TAGS) return false;
    for (let i = 0; i < count; i++) {
      reader.position = HEADER + 4 + i * TAG + 4;
      reader.position = reader.u32();
      if (reader.skipText('mpet')) return false;
    }
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error; // shorter than it says: nothing more for a decoder to read
  }
  return true;
}
