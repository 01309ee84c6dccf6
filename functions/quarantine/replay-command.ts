import { printable } from '../../contract/message';

/**
 * The command that runs an image again, to be copied from an email into a POSIX shell: one line, and nothing in it
 * that the shell would take for anything but the key.
 *
 * A key with characters that do not show, such as a line break or one that turns the direction of text, is percent-encoded.
 */
export function replayCommand(key: string): string {
  const option = printable(key) === key ? `--key=${shellWord(key)}` : `--encoded-key=${encoded(key)}`;
  return `npm run replay -- ${option}`;
}

/** Within single quotes a shell takes everything as it is, but a single quote. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Letters, digits and `-_.~/%` alone, which need no quotes. */
function encoded(key: string): string {
  return encodeURIComponent(key.replace(/\p{Cs}/gu, '\ufffd'))
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
