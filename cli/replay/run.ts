import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { plural, printable, shellWord } from '../../contract/text';
import { BATCH } from '../lib/aws/connect';
import { type Result, UsageError } from '../lib/command';
import { batch, endedEarly } from '../lib/interruption';
import type { TargetValues } from '../lib/options';
import { paced } from '../lib/pace';
import { progress } from '../lib/progress';
import { Records } from '../lib/records';
import { sayIfSlow } from '../lib/slow';
import { openTarget, type Target } from '../lib/target';
import { tally } from '../lib/words';
import { Journal } from './journal';
import type { Outcome } from './outcome';
import { currentVersion, portsOf } from './ports';
import { replay } from './replay';
import { assertConfirmed, type Choice, type ReplayRequest, requestIn } from './request';
import { type Chosen, failedSince, named, type Selection, under } from './selection';

/** How many images a dry run lists. */
const SAMPLE = 10;

/** Folder of the journals. */
const JOURNALS = '.replay';

const MARKS: Record<Outcome['kind'], string> = {
  done: '✓',
  removed: '✓',
  superseded: '–',
  waiting: '…',
  failed: '✗',
  gone: '✗',
  skipped: '–',
};

interface Values extends TargetValues, Choice {
  'dry-run': boolean;
  yes: boolean;
  /** Images begun a second. */
  rate: number;
  concurrency: number;
}

export async function replayImages(values: Values): Promise<Result> {
  const request = requestIn(values);
  const { rate, concurrency } = values;
  const target = await openTarget(values);
  try {
    const records = recordsOf(target);
    const selection = await sayIfSlow('the list of images', select(request, target, records));
    console.log(describe(selection));
    if (values['dry-run']) {
      for (const image of selection.images.slice(0, SAMPLE)) console.log(`  ${line(image)}`);
      return { ok: true, summary: 'A dry run: nothing was replayed.' };
    }
    if (selection.images.length === 0) return { ok: request.by !== 'key', summary: 'Nothing was replayed.' };
    assertConfirmed(selection.images.length, values.yes, rate);
    return await run(request, selection.images, { rate, concurrency }, target, records);
  } finally {
    await target.close();
  }
}

function recordsOf({ outputs, connect }: Target): Records {
  return new Records(
    connect(DynamoDBClient, BATCH),
    outputs['records_table'] as string,
    outputs['uploads_bucket'] as string,
  );
}

async function select(
  request: ReplayRequest,
  { outputs, connect }: Target,
  records: Records,
): Promise<Selection> {
  const bucket = outputs['uploads_bucket'] as string;
  switch (request.by) {
    case 'key':
      return named(request.value, bucket, records, async () => {
        const object = { bucket, key: request.value };
        return (await currentVersion(connect(S3Client, BATCH), object)) !== null;
      });
    case 'failed-since':
      return failedSince(request.value, records);
    case 'prefix': {
      const { journal } = request;
      if (journal && journal.task.bucket !== bucket) {
        throw new UsageError(
          `Expected a journal of ${bucket} but ${journal.file} is of ${journal.task.bucket}`,
        );
      }
      const found = await under(request.value, bucket, connect(S3Client, BATCH), records);
      return { ...found, images: found.images.filter(({ key }) => !journal?.ended.has(key)) };
    }
  }
}

async function run(
  request: ReplayRequest,
  images: Chosen[],
  pace: { rate: number; concurrency: number },
  target: Target,
  records: Records,
): Promise<Result> {
  const journal = request.by === 'prefix' ? (request.journal ?? begin(request.value, target)) : null;
  const resume = target.hint('replay', '--resume', shellWord(journal?.file ?? ''));
  if (journal) console.error(`Journal: ${journal.file}. To continue after an interruption: ${resume}`);
  const ports = portsOf(target, records);
  const shown = progress(images.length, 'images');
  const outcomes: Outcome['kind'][] = [];
  const one = async ({ key }: Chosen) => {
    const outcome = await replay(key, request.by === 'failed-since', ports);
    outcomes.push(outcome.kind);
    journal?.note(key, outcome);
    shown.step(`${MARKS[outcome.kind]} ${outcome.kind.padEnd(10)}  ${printable(key)}${reasonOf(outcome)}`);
  };
  const ending = await batch((signal) => paced(images, { ...pace, signal }, one));
  shown.stop();
  const rest = images.length - outcomes.length;
  const failed = outcomes.filter((kind) => kind === 'failed' || kind === 'gone').length;
  const ok = failed === 0 && rest === 0 && !ending.error;
  if (journal && ok) rmSync(journal.file);
  return {
    ok,
    summary: [
      `${plural(outcomes.length, 'image')} replayed: ${tally(outcomes) || 'none'}`,
      ...(rest > 0 || ending.error ? endedEarly(ending, `${plural(rest, 'image')} left.`) : []),
      ...(journal && !ok ? [`To run again what failed and what is left: ${resume}`] : []),
    ].join('\n'),
  };
}

function begin(prefix: string, { outputs }: Target): Journal {
  mkdirSync(JOURNALS, { recursive: true });
  const name = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return Journal.begin(path.join(JOURNALS, `${name}.jsonl`), {
    prefix,
    bucket: outputs['uploads_bucket'] as string,
  });
}

/** How many images there are, and their recorded status. */
function describe({ images, note }: Selection): string {
  const counts = tally(images.map(({ status, error }) => printable(error ? `${status} (${error})` : status)));
  const first = `${plural(images.length, 'image')} to replay${counts ? `: ${counts}` : '.'}`;
  return note ? `${first}\n${note}` : first;
}

function line({ key, status, error }: Chosen): string {
  return printable(`${status.padEnd(10)}  ${key}${error ? `  (${error})` : ''}`);
}

function reasonOf(outcome: Outcome): string {
  return 'reason' in outcome && outcome.reason ? `\n    ${printable(outcome.reason)}` : '';
}
