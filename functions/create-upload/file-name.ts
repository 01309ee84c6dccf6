/** S3 keeps 2 KB of metadata in all, as ASCII; the form stores nothing else there. */
const MAX_LENGTH = 1_536;

/**
 * Encodes a file name as the value of a header: percent-encoded UTF-8, so that it is ASCII and nothing in it has a meaning
 * to S3, to a policy or to a page. If a name is too long for metadata, whole characters are cut off its end.
 */
export function encodedFileName(name: string): string {
  let encoded = '';
  for (const character of name) {
    // Half of a surrogate pair is not a character, and has no UTF-8.
    const next = /\p{Cs}/u.test(character) ? '%EF%BF%BD' : encodeURIComponent(character);
    if (encoded.length + next.length > MAX_LENGTH) break;
    encoded += next;
  }
  return encoded;
}
