/** The folder of an image's thumbnails: `<prefix><source key>/`, or a shortened one if their keys would be too long. */
import { escapeKey } from './escape-key';

/** SHA-256 of a text's UTF-8, in hexadecimal. */
export type Sha256 = (text: string) => string;

/** Bytes of the longest key that S3 takes. */
export const MAX_KEY_BYTES = 1024;

/** Bytes of the longest file name in a folder: a variant of 32 characters, a dot and a suffix. */
const MAX_FILE_BYTES = 32 + 1 + 4;

/** Bytes that a shortened source key keeps of its beginning, so that it still sorts and lists with its neighbours. */
const KEPT_BYTES = 512;

/** The beginning of a source key, escaped, `~~` and its SHA-256. */
export function shortenedKey(sourceKey: string, sha256: Sha256): string {
  const beginning = escapeKey(sourceKey)
    .slice(0, KEPT_BYTES)
    .replace(/~[\dA-F]?$/, '');
  return `${beginning}~~${sha256(sourceKey)}`;
}

/**
 * Every folder in which thumbnails of an image may be: with the prefix, and a slash at the end. Folders of other images may be in
 * it: `a.jpg/x.jpg` is a source key of its own.
 *
 * @returns two if the source key is so long that the keys of some variants are shortened
 */
export function thumbnailFolders(prefix: string, sourceKey: string, sha256: Sha256): string[] {
  const folder = `${prefix}${escapeKey(sourceKey)}/`;
  return folder.length + MAX_FILE_BYTES <= MAX_KEY_BYTES
    ? [folder]
    : [folder, `${prefix}${shortenedKey(sourceKey, sha256)}/`];
}
