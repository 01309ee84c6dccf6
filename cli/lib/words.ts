import { printable } from '../../contract/text';

/** Characters. AWS's own messages are shorter. */
const LONGEST = 1_000;

/** What somebody else has said, such as AWS, which often repeats a key: on one line, printable, and not endless. */
export function quoted(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ');
  const cut = line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
  return printable(cut);
}

/** Counts by name, most frequent first: `10 AccessDenied, 2 CorruptImage`. */
export function tally(names: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${count.toLocaleString('en-US')} ${name}`)
    .join(', ');
}
