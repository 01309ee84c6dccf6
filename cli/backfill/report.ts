/** The files of the result writer as one table. */
import type { BackfillFailure, BatchAnswer } from '../../contract/backfill';
import { plural, printable } from '../../contract/text';
import type { Result } from '../lib/command';
import type { Hint } from '../lib/hint';
import { tally } from '../lib/words';
import type { ChildResult, Run, Runs } from './runs';
import { lookAgain } from './words';

export async function report(runs: Pick<Runs, 'results'>, run: Run, hint: Hint): Promise<Result> {
  const files = await runs.results(run);
  if (!files) {
    return {
      ok: false,
      summary: `There is no report of ${run.name}: it is written when a run has looked at every object, and this one is ${run.status}.\n${lookAgain(run.name, hint)}`,
    };
  }
  let made = 0;
  const failures: BackfillFailure[] = [];
  const broken: ChildResult[] = [];
  for await (const children of files) {
    for (const child of children) {
      if (child.Status !== 'SUCCEEDED') {
        broken.push(child);
        continue;
      }
      const answer = JSON.parse(child.Output ?? '{}') as BatchAnswer;
      made += answer.made;
      failures.push(...answer.failures);
    }
  }
  for (const line of table(failures)) console.log(line);
  for (const { Status, Error: error, Cause } of broken) {
    console.log(`batch ${Status}: ${printable([error, Cause].filter(Boolean).join(': '))}`);
  }
  return {
    ok: failures.length === 0 && broken.length === 0,
    summary: [
      `${plural(made, 'image')} made, ${plural(failures.length, 'image')} FAILED${failures.length > 0 ? `: ${tally(failures.map(({ error }) => error))}` : ''}`,
      ...(broken.length > 0
        ? [
            `${broken.length} ${broken.length === 1 ? 'batch' : 'batches'} not finished: run the backfill again for their images`,
          ]
        : []),
    ].join('\n'),
  };
}

/** Key, error and message of each failure, by the error and then by the key. */
function table(failures: BackfillFailure[]): string[] {
  const sorted = failures.toSorted((one, other) =>
    one.error === other.error ? (one.key < other.key ? -1 : 1) : one.error < other.error ? -1 : 1,
  );
  const width = Math.max(0, ...sorted.map(({ error }) => error.length));
  return sorted.map(
    ({ key, error, message, before }) =>
      `${error.padEnd(width)}  ${printable(key)}  ${printable(message)}${before ? '  (failed before)' : ''}`,
  );
}
