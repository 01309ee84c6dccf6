/**
 * Which cached answers an invalidation path means.
 *
 * Source: docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
 */

/** Characters of a path. */
const LONGEST = 4_000;

/** What RFC 1738 calls unsafe, and everything that isn't printable ASCII: a path has to encode them, and no others. */
const UNSAFE = /[^\x21-\x7e]|["#<>[\\\]^`{|}~]/;

/** Whether CloudFront takes a path: encoded, beginning with a slash, with a wildcard at its end if at all. */
export function isInvalidationPath(path: string): boolean {
  return (
    path.startsWith('/') &&
    path.length <= LONGEST &&
    !path.slice(0, -1).includes('*') &&
    !UNSAFE.test(path) &&
    !/%(?![0-9A-Fa-f]{2})/.test(path)
  );
}

/**
 * @param paths of which each is valid
 * @returns whether one of them means what is cached for a target: its path, and its query with `?`, both as they were sent
 */
export function matcherOf(paths: readonly string[]): (target: string) => boolean {
  const patterns = paths.map((path) => {
    const isPrefix = path.endsWith('*');
    return { isPrefix, text: canonical(isPrefix ? path.slice(0, -1) : path) };
  });
  return (target) => {
    const sent = canonical(target);
    return patterns.some(({ isPrefix, text }) => (isPrefix ? sent.startsWith(text) : sent === text));
  };
}

/** With unsafe characters encoded, and no others touched: an encoded letter isn't the letter. */
function canonical(text: string): string {
  return text
    .replace(/%[0-9A-Fa-f]{2}/g, (code) => code.toUpperCase())
    .replace(new RegExp(UNSAFE, 'gu'), (character) => encodeURIComponent(character).replace('~', '%7E'));
}
