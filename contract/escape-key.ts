/**
 * How the key of an original is written within the keys of its thumbnails, which are also the paths of their URLs: so that a URL
 * has nothing to encode. A CDN that signs what it asks of an origin, a cache and a browser don't agree on how such characters
 * are written.
 *
 * Letters, digits, `-`, `.`, `_` and `/` stay as they are, and every other byte of the key's UTF-8 is written as `~` and two
 * hexadecimal digits: percent-encoding with another sign, so `a b.jpg` is `a~20b.jpg`. Path segments that a URL would lose are
 * written so too: an empty one as `~`, `.` as `~2E`, `..` as `~2E~2E`.
 */

/**
 * Escapes a key. No two keys are escaped to the same text; a surrogate without its partner counts as U+FFFD, which is what S3
 * gets.
 *
 * @returns letters, digits, and `-._~/`, without an empty segment, and never `~~`
 */
export function escapeKey(key: string): string {
  const escaped = percentEncoded(key).replaceAll('~', '~7E').replaceAll('%', '~');
  return escaped.split('/').map(escapeSegment).join('/');
}

/** Percent-encodes a key down to letters, digits and `-_.~/%`. */
export function percentEncoded(key: string): string {
  return encodeURIComponent(key.replace(/\p{Cs}/gu, '\ufffd'))
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * The key that {@link escapeKey} escaped.
 *
 * @returns null if it gives no such text
 */
export function unescapeKey(escaped: string): string | null {
  const segments = escaped.split('/').map((segment) => (segment === '~' ? '' : segment.replaceAll('~', '%')));
  try {
    const key = decodeURIComponent(segments.join('/'));
    return escapeKey(key) === escaped ? key : null;
  } catch {
    return null; // It has escapes that are not UTF-8.
  }
}

/**
 * What the escaped forms of all keys begin with that begin with a text. It isn't always the escaped text: the segment in which the
 * text ends may go on, and only `.` and `..` as a whole are written in another way.
 */
export function escapedBeginnings(text: string): string[] {
  const end = text.lastIndexOf('/');
  const folder = end < 0 ? '' : `${escapeKey(text.slice(0, end))}/`;
  const last = text.slice(end + 1);
  const whole = last === '' ? '' : escapeKey(last);
  return [...new Set([whole, last === '.' || last === '..' ? last : whole])].map((each) => folder + each);
}

function escapeSegment(segment: string): string {
  if (segment === '') return '~';
  return segment === '.' || segment === '..' ? segment.replaceAll('.', '~2E') : segment;
}
