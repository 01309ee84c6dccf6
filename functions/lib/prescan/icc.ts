import { EndOfBytes, Reader } from './reader';

/** ICC.1:2022, 7.2 and 7.3: the header, the count of tags, and a tag's signature, offset and size. */
const HEADER = 128;
const TAG = 12;

/** lcms2 refuses a profile of more. */
const MOST_TAGS = 100;

/** The signature of a tag that no decoder reads. */
const NO_TAG = Buffer.from('none');

/**
 * Makes a colour profile cost the same for any image, as curves, matrices and tables do. A chain of processing elements
 * (`multiProcessElementsType`, in profiles of version 4.3 and later) has no limit, and all of its elements may be the same
 * few bytes: sharp 0.35.5 takes more than 100 s for a PNG of 682 bytes with 10,000 of them. A profile with such a chain also
 * has tables or a matrix for decoders without floating point. So the chain's tag is renamed in a copy, and the decoder uses
 * those.
 *
 * @returns the same array if there is no such tag; undefined if the profile has more tags than lcms2 accepts
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
    if (!(error instanceof EndOfBytes)) throw error; // it is shorter than it says, so a decoder reads no more of it either
  }
  return copy ?? profile;
}
