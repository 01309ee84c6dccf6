import { EndOfBytes, Reader } from './reader';

/** ICC.1:2022, 7.2 and 7.3: the header, the count of tags, and a tag's signature, offset and size. */
const HEADER = 128;
const TAG = 12;

/** lcms2 refuses a profile of more. */
const MOST_TAGS = 100;

/** The signature of a tag that no decoder reads. */
export const NO_TAG = 'none';

/**
 * Finds what keeps a colour profile from costing the same for any image, as curves, matrices and tables do. A chain of processing
 * elements (`multiProcessElementsType`, in profiles of version 4.3 and later) has no limit, and all of its elements may be the
 * same few bytes: sharp 0.35.5 takes more than 100 s for a PNG of 682 bytes with 10,000 of them. A profile with such a chain also
 * has tables or a matrix for decoders without floating point. So once the tags of chains are renamed to {@link NO_TAG}, the
 * decoder uses those.
 *
 * It copies nothing: a file may name the same bytes as a profile many thousand times.
 *
 * @returns the positions of the signatures of these tags; undefined if the profile has more tags than lcms2 accepts
 */
export function unboundedTags(profile: Uint8Array): number[] | undefined {
  const reader = new Reader(profile);
  const found: number[] = [];
  try {
    reader.position = HEADER;
    const count = reader.u32();
    if (count > MOST_TAGS) return undefined;
    for (let i = 0; i < count; i++) {
      const tag = HEADER + 4 + i * TAG;
      reader.position = tag + 4;
      reader.position = reader.u32();
      if (reader.skipText('mpet')) found.push(tag);
    }
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error; // it is shorter than it says, so a decoder reads no more of it either
  }
  return found;
}

/**
 * A profile without {@link unboundedTags}.
 *
 * @returns the same array if there is no such tag; undefined if the profile has more tags than lcms2 accepts
 */
export function boundedProfile(profile: Uint8Array): Uint8Array | undefined {
  const tags = unboundedTags(profile);
  if (tags === undefined || tags.length === 0) return tags && profile;
  const copy = Uint8Array.from(profile);
  for (const at of tags) copy.set(Buffer.from(NO_TAG), at);
  return copy;
}
