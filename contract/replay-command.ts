import { printable, shellWord } from './text';

/**
 * The command that processes an image again, to be copied from a mail into a POSIX shell: one line, and the shell takes
 * nothing in it for anything but the key.
 *
 * A key with characters that cannot be seen, such as a line break or one that reverses the text, is percent-encoded.
 */
export function replayCommand(key: string): string {
  const option = printable(key) === key ? `--key=${shellWord(key)}` : `--encoded-key=${encodeKey(key)}`;
  return `npm run replay -- ${option}`;
}

/** Percent-encodes a key down to letters, digits and `-_.~/%`, which need no quotes in any shell. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key.replace(/\p{Cs}/gu, '\ufffd'))
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * The key that {@link encodeKey} encoded.
 *
 * @throws URIError when the text is not percent-encoded UTF-8
 */
export function decodeKey(encoded: string): string {
  return decodeURIComponent(encoded);
}
