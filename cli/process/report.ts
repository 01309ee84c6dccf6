import path from 'node:path';
import { inspect } from 'node:util';
import { plural, printable } from '../../contract/text';
import { pathLine, type Summary } from '../../local-aws/graph';
import type { HistoryEvent } from '../../local-aws/history';
import { tally } from '../lib/words';
import type { Search } from './files';
import type { Outcome } from './outcome';

const MARKS = { SUCCEEDED: '✓', FAILED: '✗', SUPERSEDED: '–' } as const;
const COLORS = { SUCCEEDED: 'green', FAILED: 'red', SUPERSEDED: 'yellow' } as const;

/** What became of one file, in one line. */
export function lineOf({ status, key, error, thumbnails, durationMs }: Outcome): string {
  const what = {
    SUCCEEDED: `${plural(thumbnails.length, 'thumbnail')}, ${(durationMs / 1_000).toFixed(2)} s`,
    SUPERSEDED: 'a newer version of it has overtaken it',
    FAILED: error ? `${error.name}: ${error.message}` : '',
  }[status];
  return `${paint(COLORS[status], MARKS[status])} ${printable(key)}  ${printable(what)}`;
}

/** The same, with its path through the states and each thumbnail: for a person who processes a single file. */
export function describeOutcome(outcome: Outcome, summary: Summary | null): string {
  return [
    lineOf(outcome),
    ...(summary ? [pathLine(summary)] : []),
    ...outcome.thumbnails.map(
      (thumbnail) =>
        `${printable(relative(thumbnail.path))}  ${thumbnail.width} x ${thumbnail.height} ${thumbnail.format}, ` +
        `${thumbnail.bytes.toLocaleString('en-US')} bytes`,
    ),
  ].join('\n    ');
}

/** What became of all files. @param show the command that draws the run of one */
export function summaryLine(outcomes: readonly Outcome[], out: string, show: string): string {
  const of = (status: Outcome['status']) => outcomes.filter((outcome) => outcome.status === status);
  const errors = of('FAILED').map(({ error }) => error?.name ?? '');
  const superseded = of('SUPERSEDED').length;
  const counts = [
    `${of('SUCCEEDED').length.toLocaleString('en-US')} succeeded`,
    ...(superseded > 0 ? [`${superseded.toLocaleString('en-US')} superseded`] : []),
    `${errors.length.toLocaleString('en-US')} failed${errors.length > 0 ? ` (${tally(errors)})` : ''}`,
  ];
  const saved = outcomes.some(({ thumbnails }) => thumbnails.length > 0);
  return [
    `${plural(outcomes.length, 'image')} processed: ${counts.join(', ')}.${saved ? ` Thumbnails are in ${printable(relative(out))}.` : ''}`,
    ...(of('FAILED').some(({ execution }) => execution) ? [`To see why one failed: ${show}`] : []),
  ].join('\n');
}

/** How many items of a list are named. */
const NAMED = 3;

/** What was left out, a line for each reason. @param unlike absolute paths that aren't named like images */
export function skippedLines(skipped: Search['skipped'], unlike: readonly string[]): string[] {
  const reasons: [paths: readonly string[], noun: string, why: string][] = [
    [unlike, 'file', ', not named like an image'],
    [skipped.hidden, 'hidden item', ''],
    [skipped.link, 'symbolic link', ''],
    [skipped.special, 'item', ', neither a file nor a folder'],
    [skipped.own, 'folder', ', which this command writes to'],
  ];
  return reasons.flatMap(([paths, noun, why]) => {
    if (paths.length === 0) return [];
    const named = paths
      .slice(0, NAMED)
      .map((file) => printable(relative(file)))
      .join(', ');
    const more = paths.length > NAMED ? ` and ${plural(paths.length - NAMED, 'other')}` : '';
    return [`Skipped ${plural(paths.length, noun)}${why}: ${named}${more}.`];
  });
}

/** The path relative to the working directory, if it lies below it. */
export function relative(file: string): string {
  const short = path.relative(process.cwd(), file);
  return short.startsWith('..') ? file : short;
}

/** The key of the object that an execution was started for, if its history has it. */
export function keyIn([started]: readonly HistoryEvent[]): string | undefined {
  try {
    const { key } = JSON.parse(String(started?.details['input'])).detail.object;
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The same, printable on one line. */
export const keyOf = (history: readonly HistoryEvent[]): string => printable(keyIn(history) ?? '(no object)');

/** Whether output is coloured: on a terminal it is, unless NO_COLOR is set. */
export const COLOR = process.stdout.isTTY === true && !process.env['NO_COLOR'];

export function paint(color: 'green' | 'red' | 'yellow' | 'blue', text: string): string {
  const [open, close] = inspect.colors[color] as [number, number];
  return COLOR ? `\u001b[${open}m${text}\u001b[${close}m` : text;
}
