/** How text is shown to people and handed to a shell, the same in mails, in commands and in outputs of the stack. */

/**
 * Text on one line that can neither control a terminal nor disguise itself: control characters, line breaks, characters
 * that change the direction of text or are invisible, and those that XML (and so SNS) refuses appear as `\u001b`, which
 * is the same character in JSON. The invisible joiners and the selectors of a character's form stay, since emoji and Persian need them.
 */
export function printable(text: string): string {
  unsafe ??= new RegExp(`(?!${SAFE})[${UNSAFE}]`, 'gu');
  return text.replace(unsafe, (character) => character.replace(/./gs, escaped));
}

const SAFE = '\\u200c|\\u200d|[\\ufe00-\\ufe0f]';
const UNSAFE =
  '\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Bidi_Control}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb\\ufffe\\uffff';

/** Made by the first call: V8 looks up all characters of such classes for a literal while it loads the file, in every function. */
let unsafe: RegExp | undefined;

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** `1 image`, `5,000 images`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** "JPEG, PNG, or WebP" */
export function either(choices: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(choices);
}

/** `text` as one word of a POSIX shell, in single quotes only if it needs them. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
