import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { type BackfillInput, divided, MAX_ITEMS, type Only } from '../../contract/backfill';
import { plural, printable } from '../../contract/text';
import { total } from '../estimate/bill';
import { pricesOf } from '../estimate/prices';
import { money } from '../estimate/report';
import { synthesizedStack } from '../estimate/run';
import { pricedStack } from '../estimate/stack';
import { BATCH } from '../lib/aws/connect';
import { type Result, UsageError } from '../lib/command';
import { readConfiguration } from '../lib/configuration';
import type { Hint } from '../lib/hint';
import type { TargetValues } from '../lib/options';
import { Records } from '../lib/records';
import { sayIfSlow } from '../lib/slow';
import { synthesizedIn } from '../lib/synthesize';
import { openTarget, type Target } from '../lib/target';
import { count, type Found, inventoried, listed, locationIn, type Where } from './count';
import { follow } from './follow';
import { hoursOf, MB, priceOf } from './price';
import { report } from './report';
import { Runs } from './runs';
import { byService, disclaimer, duration, foundIn, lookAgain } from './words';

interface Values extends TargetValues {
  prefix?: string;
  only: Only;
  since?: string;
  inventory?: string;
  concurrency?: number;
  limit?: number;
  'dry-run': boolean;
  yes: boolean;
  status: boolean;
  stop: boolean;
  resume: boolean;
  report: boolean;
}

/** Options that are about a run that was started earlier. */
const LOOKS = ['status', 'stop', 'resume', 'report'] as const;

export async function runBackfill(values: Values, [name, ...more]: string[]): Promise<Result> {
  const looks = LOOKS.filter((option) => values[option]);
  if (looks.length > 1) {
    throw new UsageError(`Expected one of ${looks.map((option) => `--${option}`).join(', ')}`);
  }
  if (more.length > 0 || (name !== undefined && looks.length === 0)) {
    throw new UsageError(`Expected no argument but received "${[name, ...more].join(' ')}"`);
  }
  const target = await openTarget(values);
  try {
    const runs = new Runs(target);
    const { hint } = target;
    const settings = target.outputs['backfill_settings'];
    const following = { hint, local: values.local, settings };
    switch (looks[0] ?? 'start') {
      case 'status':
        return await follow(runs, (await runs.find(name)).name, following);
      case 'report':
        return await report(runs, await runs.find(name), hint);
      case 'stop':
        return await stop(runs, hint);
      case 'resume':
        return await resume(runs, name, following);
      case 'start':
        return await start(values, target, runs, following);
    }
  } finally {
    await target.close();
  }
}

type Following = Parameters<typeof follow>[2];

async function start(values: Values, target: Target, runs: Runs, following: Following): Promise<Result> {
  const { input, where } = requestIn(values, target.outputs);
  // Listing may take hours, so that comes before it.
  if (!values.yes && !values['dry-run']) assertTerminal();
  await assertNoneRuns(runs, following.hint);
  const s3 = target.connect(S3Client, BATCH);
  const objects = input.inventory ? inventoried(s3, input.inventory, where) : listed(s3, where);
  const found = await sayIfSlow('the list of objects', count(objects, where));
  if (found.images === 0) return { ok: false, summary: nothingIn(found, where) };
  await describe(values, target, found, input);
  if (values['dry-run']) return { ok: true, summary: 'A dry run: nothing was started.' };
  if (!values.yes && !(await confirmed())) return { ok: false, summary: 'Nothing was started.' };
  const name = `backfill-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  await runs.start(name, input);
  console.log(`Started ${name}. Ctrl-C leaves it running. ${lookAgain(name, following.hint)}`);
  return follow(runs, name, following);
}

async function stop(runs: Runs, hint: Hint): Promise<Result> {
  const name = await runs.running();
  if (!name) return { ok: false, summary: 'No backfill is running.' };
  await runs.stop(await runs.find(name));
  return {
    ok: true,
    summary: `Stopped ${name}. What is made stays, and images that it was at are finished by themselves.\nTo go on with it: ${hint('backfill', '--resume', name)}`,
  };
}

async function resume(runs: Runs, asked: string | undefined, following: Following): Promise<Result> {
  const run = await runs.find(asked);
  if (run.status === 'RUNNING') {
    throw new UsageError(
      `Expected a run that failed or was stopped but ${run.name} is under way. ${lookAgain(run.name, following.hint)}`,
    );
  }
  if (run.status === 'SUCCEEDED') {
    throw new UsageError(
      `Expected a run that failed or was stopped but ${run.name} has ended well. What is left is made by a new run, which leaves alone what is done: ${following.hint('backfill')}`,
    );
  }
  await assertNoneRuns(runs, following.hint);
  await runs.redrive(run);
  return follow(runs, run.name, following);
}

/** @throws UsageError */
async function assertNoneRuns(runs: Runs, hint: Hint): Promise<void> {
  const running = await runs.running();
  if (!running) return;
  throw new UsageError(
    `Expected no other backfill but ${running} is running: two would look at the same objects. ${lookAgain(running, hint)}`,
  );
}

/** @throws UsageError for what the stack can't do */
function requestIn(values: Values, outputs: Target['outputs']): { input: BackfillInput; where: Where } {
  const uploadsPrefix = outputs['uploads_prefix'] ?? '';
  const { prefix = uploadsPrefix, only, since = '', limit = MAX_ITEMS } = values;
  if (!prefix.startsWith(uploadsPrefix)) {
    throw new UsageError(
      `Expected a prefix that starts with "${uploadsPrefix}", since the workflow takes no other keys, but received "${prefix}" for --prefix`,
    );
  }
  const most = Number(outputs['backfill_concurrency']);
  const concurrency = values.concurrency ?? most;
  if (concurrency > most) {
    throw new UsageError(
      `Expected at most ${most} for --concurrency, which is backfill.concurrency of the settings, but received ${concurrency}: raise the setting and deploy`,
    );
  }
  const inventory = values.inventory === undefined ? undefined : inventoryIn(values, outputs);
  return {
    input: {
      prefix,
      only,
      since,
      limit: Math.min(limit, MAX_ITEMS),
      ...divided(concurrency),
      settings: outputs['backfill_settings'] ?? '',
      ...(inventory && { inventory }),
    },
    where: {
      bucket: outputs['uploads_bucket'] as string,
      prefix,
      uploadsPrefix,
      suffixes: (outputs['uploads_suffixes'] ?? '').split(','),
      since,
      limit,
    },
  };
}

function inventoryIn({ inventory = '', prefix }: Values, outputs: Target['outputs']) {
  const location = locationIn(inventory);
  const allowed = outputs['backfill_inventory_bucket'];
  if (location.bucket !== allowed) {
    throw new UsageError(
      `Expected a manifest in the bucket of backfill.inventoryBucket, which is ${allowed ?? 'not set'}, but received ${inventory}: set it and deploy, so that a backfill may read there`,
    );
  }
  if (prefix !== undefined) {
    throw new UsageError(
      'Expected --inventory or --prefix but received both: an inventory is read as a whole',
    );
  }
  return location;
}

function nothingIn({ objects }: Found, { bucket, prefix }: Where): string {
  const place = printable(`s3://${bucket}/${prefix}`);
  return objects === 0
    ? `There is no object under ${place}. Is the prefix right? Letter case counts, and it begins without a slash.`
    : `There are ${plural(objects, 'object')} under ${place}, but none is named like an image, or they were all changed earlier.`;
}

/** Says what there is, what it costs, and how long it takes. */
async function describe(values: Values, target: Target, found: Found, input: BackfillInput): Promise<void> {
  const stack = values.local
    ? pricedStack(readConfiguration(await synthesizedIn(path.join(values.data, 'synth'))))
    : await synthesizedStack();
  const prices = pricesOf(stack.region);
  const megabytes = found.bytes / found.images / MB;
  const job = { objects: found.objects, images: found.images, megabytes };
  const lines = priceOf(job, stack, prices);
  const concurrency = input.children * input.atOnce;
  const recorded = await recordedIn(found.sample, target);
  const least = total(priceOf({ ...job, images: 0 }, stack, prices));
  console.log(
    [
      `${foundIn(found)}.`,
      `Of ${plural(found.sample.length, 'image')} in a sample, ${recorded} have a record already.`,
      '',
      `If every image is made, it costs ${money(total(lines))} USD and takes ${duration(hoursOf(job, stack, concurrency))} with ${plural(concurrency, 'image')} at once:`,
      ...byService(lines),
      `If every image is left alone, it costs ${money(least)} USD and takes ${duration(hoursOf({ ...job, images: 0 }, stack, concurrency))}.`,
      disclaimer(prices),
      ...(found.objects > MAX_ITEMS
        ? [
            `One run takes ${plural(MAX_ITEMS, 'object')}: cut it into runs by --prefix, or by inventories (docs/scale.md).`,
          ]
        : []),
      '',
    ].join('\n'),
  );
}

async function recordedIn(sample: string[], { connect, outputs }: Target): Promise<number> {
  const records = new Records(
    connect(DynamoDBClient, BATCH),
    outputs['records_table'] as string,
    outputs['uploads_bucket'] as string,
  );
  return (await records.findAll(sample)).filter(({ status }) => status !== 'DELETED').length;
}

/** @throws UsageError */
function assertTerminal(): void {
  if (process.stdin.isTTY) return;
  throw new UsageError('Expected --yes to start without asking, since there is no terminal to ask at');
}

async function confirmed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question('Start it? (y/N) ')).trim());
  } finally {
    terminal.close();
  }
}
