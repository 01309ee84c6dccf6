/** Where a thumbnail is stored: `<prefix><source key>/<variant>.<extension>`, so that its key can be predicted and listed by image. */
import { createHash } from 'node:crypto';
import { escapeKey, unescapeKey } from '../../../contract/escape-key';
import { type OutputFormat, SUFFIXES } from '../../../contract/formats';
import { MAX_KEY_BYTES, shortenedKey } from '../../../contract/thumbnail-folder';

/**
 * The key of a thumbnail, which needs no encoding in a URL. No two of different source keys, variants or formats are the same. If
 * it would exceed S3's 1,024 bytes, the source key is shortened to its beginning, `~~` and its SHA-256, and {@link sourceKeyOf}
 * can't read it any more.
 *
 * @param prefix start of every key, from the settings: at most 200 characters that a URL takes as they are
 * @param sourceKey any key
 * @param variant name of at most 32 characters, without a slash
 * @returns at most 1,024 letters, digits, and `-._~/`
 */
export function thumbnailKey(
  prefix: string,
  sourceKey: string,
  variant: string,
  format: OutputFormat,
): string {
  const file = `${variant}.${SUFFIXES[format]}`;
  const key = `${prefix}${escapeKey(sourceKey)}/${file}`;
  return key.length <= MAX_KEY_BYTES ? key : `${prefix}${shortenedKey(sourceKey, sha256)}/${file}`;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * The source key that a thumbnail's key is made of.
 *
 * @returns null if the source key was shortened, or if {@link thumbnailKey} makes no such key
 */
export function sourceKeyOf(prefix: string, key: string): string | null {
  const end = key.lastIndexOf('/');
  return key.startsWith(prefix) && end >= prefix.length ? unescapeKey(key.slice(prefix.length, end)) : null;
}
