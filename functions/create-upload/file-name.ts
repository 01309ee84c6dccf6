/** S3 keeps 2 KB of metadata in all, as ASCII; the form takes part of that for nothing else. */
const MAX_LENGTH = 1_536;

/**
 * A file name as the value of a header: percent-encoded UTF-8, so that it is ASCII and holds nothing that means something
 * to S3, to a policy or to a page. A name that is too long for metadata loses its end, whole characters at a time.
 */
export function encodedFileName(name: string): string {
  let encoded = '';
  for (const character of name) {
    // Half of a surrogate pair is no character, and has no UTF-8.
    const next = /\p{Cs}/u.test(character) ? '%EF%BF%BD' : encodeURIComponent(character);
    if (encoded.length + next.length > MAX_LENGTH) break;
    encoded += next;
  }
  return encoded;
}
