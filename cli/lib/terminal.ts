/** What commands print, where the names of files and objects come from whoever uploads. */
import { format } from 'node:util';
import { printable } from '../../contract/text';

const STREAMS = ['log', 'info', 'warn', 'error'] as const;

/** Line breaks and the colours of our own output (SGR). Whatever else controls a terminal is escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const OURS = /(\n|\t|\u001b\[[\d;]*m)/;

/** Text that can move no cursor, set no title, fill no clipboard and turn no text around. */
export function harmless(text: string): string {
  return text
    .split(OURS)
    .map((part, n) => (n % 2 === 1 ? part : printable(part)))
    .join('');
}

/**
 * Makes everything harmless that goes through `console`, whatever a command or the engine within it prints. In JSON, an escaped
 * character is the same character.
 *
 * @returns undoes it
 */
export function guardTerminal(): () => void {
  const before = STREAMS.map((stream) => console[stream]);
  STREAMS.forEach((stream, n) => {
    const print = before[n] as typeof console.log;
    console[stream] = (...values: unknown[]) => print.call(console, harmless(format(...values)));
  });
  return () => {
    STREAMS.forEach((stream, n) => {
      console[stream] = before[n] as typeof console.log;
    });
  };
}
