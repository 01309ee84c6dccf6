/** The command that processes an image again, as mails and commands print it to be copied into a shell. */

/** Whether a POSIX shell, fish, PowerShell and cmd each take a key for nothing but itself within a word. */
export const isInert = (key: string): boolean => /^[A-Za-z0-9._/-]+$/.test(key);

/**
 * One line that any shell takes for this command and nothing else, whatever the key: a key with any other character than those
 * that mean nothing to a shell goes as Base64. Quotes would not do, since each shell has its own rules for what is in them.
 */
export function replayCommand(key: string): string {
  return `npm run replay -- ${isInert(key) ? `--key=${key}` : `--key-base64=${keyToBase64(key)}`}`;
}

/** Base64 of the key's UTF-8, in letters, digits, `-` and `_`. Half of a character becomes U+FFFD, which is what S3 gets. */
export function keyToBase64(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/**
 * The key that {@link keyToBase64} encoded, or `States.Base64Encode` of Step Functions, which uses `+`, `/` and `=`.
 *
 * @throws TypeError when it is not Base64 of UTF-8
 */
export function keyFromBase64(text: string): string {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) throw new TypeError('Not Base64');
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'base64'));
}
