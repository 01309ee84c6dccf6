/** How the page writes times, sizes, names and outcomes. */
import { printable } from '../../../contract/text.js';
import { formatDuration } from '../../../local-aws/graph/summary.js';

/** @typedef {import('../api').RunOutcome} RunOutcome */

/** In the order in which they are counted. Each has a mark, so that nothing depends on colour. */
export const OUTCOMES = /** @type {const} */ ({
  RUNNING: { label: 'Running', mark: '…' },
  WAITING: { label: 'Waiting', mark: '◷' },
  DONE: { label: 'Done', mark: '✓' },
  FAILED: { label: 'Failed', mark: '✗' },
  SUPERSEDED: { label: 'Superseded', mark: '⇢' },
  IGNORED: { label: 'Ignored', mark: '○' },
  REMOVED: { label: 'Removed', mark: '−' },
  ABORTED: { label: 'Aborted', mark: '⊘' },
});

export const OUTCOME_NAMES = /** @type {RunOutcome[]} */ (Object.keys(OUTCOMES));

/**
 * The folder and the name of a key, without characters that could disguise it.
 *
 * @param {string} key
 */
export function nameOf(key) {
  const at = key.lastIndexOf('/', key.length - 2) + 1;
  return { folder: printable(key.slice(0, at)), name: printable(key.slice(at)) };
}

/**
 * @param {import('../api').Run} run
 * @returns the file's name, or the run's if its input was no event of an object
 */
export function titleOf(run) {
  if (run.object) return nameOf(run.object.key).name;
  return /^[0-9a-f]{8}-/.test(run.id) ? `Run ${run.id.slice(0, 8)}` : printable(run.id);
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/**
 * The time of day, and the date unless it is today.
 *
 * @param {number} time milliseconds since 1970
 */
export function timeOf(time, now = Date.now()) {
  const date = new Date(time);
  const today = new Date(now).toDateString() === date.toDateString();
  return today ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

/** @param {number} time milliseconds since 1970 */
export const fullTimeOf = (time) => full.format(new Date(time));

/** @param {import('../api').Run} run */
export function durationOf(run, now = Date.now()) {
  return formatDuration(Math.max(0, (run.endedAt ?? now) - run.startedAt));
}

const number = new Intl.NumberFormat('en-US');

/** @param {number} count */
export const count = (count) => number.format(count);

/** @param {number} milliseconds exact, for example `1,204 ms` */
export const exact = (milliseconds) => `${number.format(Math.round(milliseconds))} ms`;

/** @param {number} bytes for example `5.7 kB` */
export function size(bytes) {
  if (bytes < 1_000) return `${bytes} bytes`;
  const [unit, by] = bytes < 1e6 ? ['kB', 1e3] : ['MB', 1e6];
  return `${(bytes / Number(by)).toFixed(1)} ${unit}`;
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));
