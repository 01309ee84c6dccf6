/** How a run is put into words. */
import { type Counts, finishedIn, type Skipped, WHY } from '../../contract/backfill';
import { plural, printable } from '../../contract/text';
import { type Line, total } from '../estimate/bill';
import type { PriceTable } from '../estimate/prices';
import { money } from '../estimate/report';
import type { Hint } from '../lib/hint';
import type { Found } from './count';
import type { Progress } from './runs';

export const lookAgain = (name: string, hint: Hint): string =>
  `To look again: ${hint('backfill', '--status', name)}`;

/** Dollars by service, and in all. */
export function byService(lines: Line[]): string[] {
  const services = [...new Set(lines.map(({ service }) => service))];
  const rows = services.map((service) => [
    service,
    money(total(lines.filter((line) => line.service === service))),
  ]);
  const width = Math.max(...rows.map(([name]) => name!.length));
  const digits = Math.max(...rows.map(([, usd]) => usd!.length));
  return rows.map(([name, usd]) => `  ${name!.padEnd(width)}  ${usd!.padStart(digits)} USD`);
}

export function foundIn({ objects, images, bytes }: Found): string {
  const size = images > 0 ? `, ${(bytes / images / 1024 / 1024).toFixed(2)} MB each on average` : '';
  const others = objects - images;
  return [
    `${plural(images, 'image')}${size}`,
    ...(others > 0 ? [`${plural(others, 'other object')}: not named like images, or too old`] : []),
  ].join('; ');
}

export function duration(hours: number): string {
  if (hours < 1 / 60) return 'less than a minute';
  if (hours < 1) return plural(Math.ceil(hours * 60), 'minute');
  return hours < 48 ? `${hours.toFixed(1)} hours` : `${(hours / 24).toFixed(1)} days`;
}

export const disclaimer = ({ date }: PriceTable): string =>
  `List prices of ${date}. Durations are partly measured on one x86 machine and partly assumed: cli/estimate/measures.json.`;

const failuresIn = ({ failed }: Counts) => Object.entries(failed).sort(([, one], [, other]) => other - one);

/** One line: what is done, at which rate, and what is left. @param before an earlier look, for the rate */
export function progressLine(now: Progress, before?: { progress: Progress; seconds: number }): string {
  const { counts, objects } = now;
  const done = finishedIn(counts);
  const failures = failuresIn(counts);
  const sum = failures.reduce((total, [, count]) => total + count, 0);
  const alone = Object.values(counts.skipped).reduce((total, count) => total + count, 0);
  const rate = before ? (done - finishedIn(before.progress.counts)) / before.seconds : 0;
  const left = objects === undefined ? undefined : Math.max(0, objects - done);
  return [
    objects === undefined ? 'reading the objects' : `${number(done)} of ${number(objects)}`,
    `${number(counts.made)} made`,
    `${number(alone)} left alone`,
    `${number(sum)} failed${sum > 0 ? ` (${failures.map(([name, count]) => `${count} ${printable(name)}`).join(', ')})` : ''}`,
    ...(rate > 0 ? [`${rate.toFixed(rate < 10 ? 1 : 0)} a second`] : []),
    ...(rate > 0 && left ? [`${duration(left / rate / 3_600)} left`] : []),
  ].join(', ');
}

/** How a run has ended, or that it has not. */
export function ending({ run, counts, unfinished }: Progress, hint: Hint): string[] {
  const alone = Object.entries(counts.skipped).map(
    ([why, count]) => `${number(count)} ${WHY[why as Skipped] ?? why}`,
  );
  return [
    ...(alone.length > 0 ? [`Left alone: ${alone.join(', ')}`] : []),
    ...(unfinished > 0
      ? [
          `${plural(unfinished, 'object')} in batches that failed. Run it again for them: what is done is left alone`,
        ]
      : []),
    ...(run.status === 'SUCCEEDED' || run.status === 'RUNNING'
      ? []
      : [
          `The run is ${run.status}${run.error ? `: ${run.error}` : ''}`,
          ...(run.cause ? [printable(run.cause)] : []),
          `To go on with it: ${hint('backfill', '--resume', run.name)}`,
        ]),
    ...(Object.keys(counts.failed).length > 0 || counts.skipped.failedBefore
      ? [`Each image that failed: ${hint('backfill', '--report', run.name)}`]
      : []),
  ];
}

const number = (value: number) => value.toLocaleString('en-US');
