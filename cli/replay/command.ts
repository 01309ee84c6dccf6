import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { plural, printable } from '../../contract/text';
import { command, parse, UsageError } from '../lib/arguments';
import { count, positive, TARGET } from '../lib/options';
import { interruption, paced } from '../lib/pace';
import { progress } from '../lib/progress';
import { Records } from '../lib/records';
import { openTarget, type Target } from '../lib/target';
import { tally } from '../lib/words';
import { type Asked, askedBy, assertConfirmed } from './asked';
import { Journal } from './journal';
import type { Outcome } from './outcome';
import { portsOf } from './ports';
import { replay } from './replay';
import { type Chosen, failedSince, named, type Selection, under } from './selection';

const USAGE = `Usage: npm run replay -- --key K | --prefix P | --failed-since T | --resume FILE
                         [--dry-run] [--yes] [--rate N] [--concurrency N] [--local [--data DIR]]

Takes images through the workflow again, from their records: exactly the version that is recorded. Where the object was
deleted and its thumbnails are left, it takes the deletion.

  --key K            one image
  --encoded-key K    the same, percent-encoded: for keys no shell takes
  --prefix P         every image whose key starts with P
  --failed-since T   every image that is FAILED since T: 2026-11-21, 2026-11-21T05:00Z, 90m, 2h or 3d
  --resume FILE      goes on with a --prefix that was broken off: FILE is its journal
  --dry-run          count, and show some of them, without running any
  --yes              also where they are more than 1,000
  --rate N           images begun in a second at most  (default: 5)
  --concurrency N    images worked on at the same time at most  (default: 4)
  --local            the engine on this machine rather than AWS
  --data DIR         where the local engine keeps its data  (default: .local)

Put right first what made them fail: an image at fault fails again. It is safe to stop it, and to run it twice:
thumbnails that are there are kept unless the preset has changed, a newer version wins, and people are told once for each
version. What --failed-since has done is no longer FAILED, so the same command goes on where it was broken off.

Exit status: 0 all well, 1 some failed or are gone, 2 wrong usage.`;

/** How many images a dry run names. */
const SAMPLE = 10;

/** Where journals lie. */
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

command(USAGE, async () => {
  const { values } = parse({
    key: { type: 'string' },
    'encoded-key': { type: 'string' },
    prefix: { type: 'string' },
    'failed-since': { type: 'string' },
    resume: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
    rate: { type: 'string', default: '5' },
    concurrency: { type: 'string', default: '4' },
    ...TARGET,
  });
  const asked = askedBy(values);
  const pace = {
    rate: positive(values.rate, '--rate'),
    concurrency: count(values.concurrency, '--concurrency'),
  };
  const target = await openTarget(values);
  try {
    const records = recordsOf(target);
    const selection = await select(asked, target, records);
    console.log(describe(selection));
    if (values['dry-run']) {
      for (const image of selection.images.slice(0, SAMPLE)) console.log(`  ${line(image)}`);
      return 0;
    }
    if (selection.images.length === 0) return asked.by === 'key' ? 1 : 0;
    assertConfirmed(selection.images.length, values.yes, pace.rate);
    return await run(asked, selection.images, pace, target, records);
  } finally {
    await target.close();
  }
});

function recordsOf({ outputs, client }: Target): Records {
  return new Records(
    new DynamoDBClient(client),
    outputs['records_table'] as string,
    outputs['uploads_bucket'] as string,
  );
}

async function select(asked: Asked, { outputs, client }: Target, records: Records): Promise<Selection> {
  switch (asked.by) {
    case 'key':
      return named(asked.value, records);
    case 'failed-since':
      return failedSince(asked.value, records);
    case 'prefix': {
      const bucket = outputs['uploads_bucket'] as string;
      const { journal } = asked;
      if (journal && journal.task.bucket !== bucket) {
        throw new UsageError(
          `Expected a journal of ${bucket} but ${journal.file} is of ${journal.task.bucket}`,
        );
      }
      const found = await under(asked.value, bucket, new S3Client(client), records);
      return { ...found, images: found.images.filter(({ key }) => !journal?.ended.has(key)) };
    }
  }
}

async function run(
  asked: Asked,
  images: Chosen[],
  pace: { rate: number; concurrency: number },
  target: Target,
  records: Records,
): Promise<number> {
  const journal = asked.by === 'prefix' ? (asked.journal ?? begin(asked.value, target)) : null;
  if (journal) console.error(`Journal: ${journal.file}. If this is broken off: --resume ${journal.file}`);
  const ports = portsOf(target, records);
  const signal = interruption();
  const shown = progress(images.length, 'images');
  const outcomes: Outcome['kind'][] = [];
  try {
    await paced(images, { ...pace, signal }, async ({ key }) => {
      const outcome = await replay(key, asked.by === 'failed-since', ports);
      outcomes.push(outcome.kind);
      journal?.note(key, outcome);
      shown.step(`${MARKS[outcome.kind]} ${outcome.kind.padEnd(10)}  ${printable(key)}${reasonOf(outcome)}`);
    });
  } finally {
    shown.stop();
  }
  const rest = images.length - outcomes.length;
  const failed = outcomes.filter((kind) => kind === 'failed' || kind === 'gone').length;
  console.log(`${plural(outcomes.length, 'image')} replayed: ${tally(outcomes) || 'none'}`);
  if (rest > 0) console.log(`Stopped early: ${plural(rest, 'image')} left.`);
  else if (failed === 0 && journal) rmSync(journal.file);
  return failed > 0 || rest > 0 ? 1 : 0;
}

function begin(prefix: string, { outputs }: Target): Journal {
  mkdirSync(JOURNALS, { recursive: true });
  const name = new Date().toISOString().replaceAll(/[:.]/g, '-');
  return Journal.begin(path.join(JOURNALS, `${name}.jsonl`), {
    prefix,
    bucket: outputs['uploads_bucket'] as string,
  });
}

/** How many there are, and what is recorded of them. */
function describe({ images, unrecorded }: Selection): string {
  const counts = tally(images.map(({ status, error }) => (error ? `${status} (${error})` : status)));
  return [
    `${plural(images.length, 'image')} to replay${counts ? `: ${counts}` : '.'}`,
    ...(unrecorded > 0
      ? [`${plural(unrecorded, 'object')} without a record: not named like an image, or never announced.`]
      : []),
  ].join('\n');
}

function line({ key, status, error }: Chosen): string {
  return `${status.padEnd(10)}  ${printable(key)}${error ? `  (${error})` : ''}`;
}

function reasonOf(outcome: Outcome): string {
  return 'reason' in outcome && outcome.reason ? `\n    ${printable(outcome.reason)}` : '';
}
