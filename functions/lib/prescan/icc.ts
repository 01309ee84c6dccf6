import { EndOfBytes, Reader } from './reader';

/** ICC.1:2022, 7.2 and 7.3: the header, the count of tags, and a tag's signature, offset and size. */
const HEADER = 128;
const TAG = 12;

/** lcms2 refuses a profile of more. */
const MOST_TAGS = 100;

/** Signature of a tag that no reader looks for. */
const NO_TAG = Buffer.from('none');

/**
 * A colour profile that costs the same for any image: curves, matrices and tables do. A chain of processing elements
 * (`multiProcessElementsType`, of profiles version 4.3 and later) has no limit of its own, and any number of its elements
 * may be the same few bytes: sharp 0.35.5 takes more than 100 s for a PNG of 682 bytes with 10,000 of them. Such
 * a chain comes beside tables or a matrix, for floating point, so that its tag is renamed in a copy and those are used.
 *
 * @returns the same array where there is no such tag; undefined where the profile has more tags than lcms2 takes
 */
export function boundedProfile(profile: Uint8Array): Uint8Array | undefined {
  const reader = new Reader(profile);
  let copy: Uint8Array | undefined;
  try {
    reader.position = HEADER;
    const count = reader.u32();
    if (count > MOST_TAGS) return undefined;
    for (let i = 0; i < count; i++) {
      const tag = HEADER + 4 + i * TAG;
      reader.position = tag + 4;
      reader.position = reader.u32();
      if (!reader.skipText('mpet')) continue;
      copy ??= Uint8Array.from(profile);
      copy.set(NO_TAG, tag);
    }
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error; // shorter than it says: nothing more for a decoder to read
  }
  return copy ?? profile;
}
