import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { plural, printable } from '../../contract/text';
import { type Result, UsageError } from '../lib/command';
import { interruptible } from '../lib/interruption';
import type { TargetValues } from '../lib/options';
import { paced } from '../lib/pace';
import { progress } from '../lib/progress';
import { Records } from '../lib/records';
import { openTarget, type Target } from '../lib/target';
import { tally } from '../lib/words';
import { Journal } from './journal';
import type { Outcome } from './outcome';
import { portsOf } from './ports';
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
    const selection = await select(request, target, records);
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

function recordsOf({ outputs, client }: Target): Records {
  return new Records(
    new DynamoDBClient(client),
    outputs['records_table'] as string,
    outputs['uploads_bucket'] as string,
  );
}

async function select(
  request: ReplayRequest,
  { outputs, client }: Target,
  records: Records,
): Promise<Selection> {
  switch (request.by) {
    case 'key':
      return named(request.value, records);
    case 'failed-since':
      return failedSince(request.value, records);
    case 'prefix': {
      const bucket = outputs['uploads_bucket'] as string;
      const { journal } = request;
      if (journal && journal.task.bucket !== bucket) {
        throw new UsageError(
          `Expected a journal of ${bucket} but ${journal.file} is of ${journal.task.bucket}`,
        );
      }
      const found = await under(request.value, bucket, new S3Client(client), records);
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
  if (journal)
    console.error(`Journal: ${journal.file}. To continue after an interruption: --resume ${journal.file}`);
  const ports = portsOf(target, records);
  const shown = progress(images.length, 'images');
  const outcomes: Outcome['kind'][] = [];
  const one = async ({ key }: Chosen) => {
    const outcome = await replay(key, request.by === 'failed-since', ports);
    outcomes.push(outcome.kind);
    journal?.note(key, outcome);
    shown.step(`${MARKS[outcome.kind]} ${outcome.kind.padEnd(10)}  ${printable(key)}${reasonOf(outcome)}`);
  };
  try {
    await interruptible((signal) => paced(images, { ...pace, signal }, one));
  } finally {
    shown.stop();
  }
  const rest = images.length - outcomes.length;
  const failed = outcomes.filter((kind) => kind === 'failed' || kind === 'gone').length;
  if (journal && rest === 0 && failed === 0) rmSync(journal.file);
  const summary = `${plural(outcomes.length, 'image')} replayed: ${tally(outcomes) || 'none'}`;
  return {
    ok: failed === 0 && rest === 0,
    summary: rest > 0 ? `${summary}\nStopped early: ${plural(rest, 'image')} left.` : summary,
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
function describe({ images, unrecorded }: Selection): string {
  const counts = tally(images.map(({ status, error }) => (error ? `${status} (${error})` : status)));
  return [
    `${plural(images.length, 'image')} to replay${counts ? `: ${counts}` : '.'}`,
    ...(unrecorded > 0
      ? [
          `${plural(unrecorded, 'object')} without a record: not named like an image, or the event never arrived.`,
        ]
      : []),
  ].join('\n');
}

function line({ key, status, error }: Chosen): string {
  return `${status.padEnd(10)}  ${printable(key)}${error ? `  (${error})` : ''}`;
}

function reasonOf(outcome: Outcome): string {
  return 'reason' in outcome && outcome.reason ? `\n    ${printable(outcome.reason)}` : '';
}
