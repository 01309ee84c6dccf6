/** What a backfill costs, and how long it takes. Pure arithmetic over the stack and what was measured. */
import { BATCH_ITEMS } from '../../contract/backfill';
import type { Line } from '../estimate/bill';
import { executions, functions } from '../estimate/compute';
import measures from '../estimate/measures.json';
import { observability } from '../estimate/operations';
import { charge, type PriceTable } from '../estimate/prices';
import type { PricedStack } from '../estimate/stack';
import { records, requests } from '../estimate/storage';
import type { Usage, Workload } from '../estimate/workload';

export interface Job {
  /** Objects that are looked at. */
  objects: number;
  /** Images whose thumbnails are made. */
  images: number;
  /** Of an image, on average; 2^20 bytes. */
  megabytes: number;
}

export const MB = 1024 * 1024;

/** Seconds that a child takes for a batch that needs nothing: a HEAD and a read for each image, ten at once. */
const LOOK_SECONDS = measures.backfill.value.lookSecondsPerBatch;

/** Memory of the backfill function in GB. */
const memoryOf = (stack: PricedStack) => (stack.memoryMb['backfill'] ?? 256) / 1024;

/** @returns each line with what it costs once */
export function priceOf(job: Job, stack: PricedStack, prices: PriceTable, atOnce = 10): Line[] {
  const used = new Map<string, number>();
  return usage(job, stack, atOnce)
    .filter(({ quantity }) => quantity > 0)
    .map((line) => {
      const before = used.get(line.price) ?? 0;
      used.set(line.price, before + line.quantity);
      const tiers = prices.tiers[line.price];
      return { ...line, usd: charge(tiers, before + line.quantity) - charge(tiers, before) };
    });
}

function usage({ objects, images, megabytes }: Job, stack: PricedStack, atOnce: number): Usage[] {
  const workload = workloadOf(images, megabytes);
  const children = Math.ceil(objects / BATCH_ITEMS);
  const waited = (images * secondsPerImage(stack, megabytes)) / atOnce + children * LOOK_SECONDS;
  const work = functions(stack, workload).filter(({ what }) => what !== 'provisioned concurrency');
  const { writes, reads } = requests(stack, workload);
  const line = (service: string, what: string, price: Usage['price'], quantity: number) => ({
    service,
    what,
    price,
    quantity,
  });
  return [
    ...work,
    line('Lambda', 'the backfill function, which mostly waits', 'lambda.gbSecond', waited * memoryOf(stack)),
    line('Lambda', 'its invocations', 'lambda.request', children),
    line('Step Functions', 'children started', 'stepFunctions.transition', children),
    line('Step Functions', 'children', 'stepFunctions.request', children),
    line('Step Functions', 'their duration', 'stepFunctions.gbSecond', (waited * 64) / 1024),
    ...executions(stack, workload),
    line('S3', 'listing', 's3.write', Math.ceil(objects / 1_000)),
    line('S3', 'looks at each object', 's3.read', objects),
    // The upload itself was paid long ago.
    line('S3', 'thumbnails written', 's3.write', writes - images),
    line('S3', 'originals read', 's3.read', reads),
    line('DynamoDB', 'records read', 'dynamodb.read', objects + images),
    ...records(stack, workload).filter(({ price }) => price === 'dynamodb.write'),
    ...observability(stack, workload).filter(({ price }) => price === 'logs.ingestion'),
  ];
}

/** A workload in which every image succeeds and no thumbnail is viewed. */
function workloadOf(images: number, megabytes: number): Workload {
  return { images, others: 0, megabytes, heic: 0, failing: 0, monthsKept: 1, views: 0, seen: 0 };
}

/** How long one image takes, from its start to its record. */
export function secondsPerImage(stack: PricedStack, megabytes: number): number {
  const duration = executions(stack, workloadOf(1, megabytes)).find(
    ({ price }) => price === 'stepFunctions.gbSecond',
  )!;
  return duration.quantity / (64 / 1024);
}

/** Hours at a concurrency, as long as nothing is throttled. */
export function hoursOf(
  { objects, images, megabytes }: Job,
  stack: PricedStack,
  concurrency: number,
): number {
  const children = Math.ceil(objects / BATCH_ITEMS);
  const atOnce = Math.max(1, concurrency / 10);
  return (
    ((images * secondsPerImage(stack, megabytes)) / concurrency + (children * LOOK_SECONDS) / atOnce) / 3_600
  );
}
