import path from 'node:path';
import { inspect } from 'node:util';
import { printable } from '../../contract/text';
import { pathLine, type Summary } from '../../local-aws/graph';
import type { HistoryEvent } from '../../local-aws/history';
import type { Outcome } from './outcome';

const MARKS = { SUCCEEDED: '✓', FAILED: '✗', SUPERSEDED: '–' } as const;
const COLORS = { SUCCEEDED: 'green', FAILED: 'red', SUPERSEDED: 'yellow' } as const;

/** What became of one file, for a person: the file, its path through the states, and the result. */
export function describeOutcome(outcome: Outcome, summary: Summary | null): string {
  const { status, error, thumbnails } = outcome;
  return [
    `${paint(COLORS[status], MARKS[status])} ${printable(outcome.key)}`,
    ...(summary ? [pathLine(summary)] : []),
    ...(error ? [printable(`${error.name}: ${error.message}`)] : []),
    ...thumbnails.map(
      (thumbnail) =>
        `${printable(relative(thumbnail.path))}  ${thumbnail.width} x ${thumbnail.height} ${thumbnail.format}, ` +
        `${thumbnail.bytes.toLocaleString('en-US')} bytes`,
    ),
  ].join('\n    ');
}

/** The path relative to the working directory, if it lies below it. */
export function relative(file: string): string {
  const short = path.relative(process.cwd(), file);
  return short.startsWith('..') ? file : short;
}

/** The key of the object that an execution was started for, printable on one line. */
export function keyOf([started]: HistoryEvent[]): string {
  try {
    const { key } = JSON.parse(String(started?.details['input'])).detail.object;
    return printable(String(key));
  } catch {
    return '(no object)';
  }
}

/** Whether output is coloured: on a terminal it is, unless NO_COLOR is set. */
export const COLOR = process.stdout.isTTY === true && !process.env['NO_COLOR'];

export function paint(color: 'green' | 'red' | 'yellow' | 'blue', text: string): string {
  const [open, close] = inspect.colors[color] as [number, number];
  return COLOR ? `\u001b[${open}m${text}\u001b[${close}m` : text;
}
