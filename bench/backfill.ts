/**
 * Simulates backfills of 100 thousand to a billion objects: how long they take, what they cost, and which limit binds. And what
 * uploads notice of one.
 *
 * Prints the tables of docs/scale.md.
 */
import { priceOf, secondsPerImage } from '../cli/backfill/price';
import { total } from '../cli/estimate/bill';
import { pricesOf } from '../cli/estimate/prices';
import type { PricedStack } from '../cli/estimate/stack';
import { BATCH_ITEMS, MAX_ITEMS } from '../contract/backfill';
import { createRandom } from '../local-aws/faults/odds';

/** The default stack, in us-east-1. */
export const STACK: PricedStack = {
  region: 'us-east-1',
  presets: [{ name: 'default', variants: [{ width: 200, height: 200, format: 'same' }] }],
  maxPixels: 50_000_000,
  acceptsHeic: false,
  memoryMb: {
    validate: 512,
    thumbnail: 1769,
    'store-metadata': 512,
    notify: 512,
    quarantine: 512,
    backfill: 256,
  },
  provisioned: [],
  emails: { processed: 0, errors: 0 },
  events: false,
  logs: { executionData: true, retentionDays: 30 },
  tracing: true,
  pointInTimeRecovery: true,
  keys: 0,
  alarmMetrics: 0,
  dashboards: 0,
  delivery: false,
  api: false,
  othersStart: false,
};

const MEGABYTES = 3;

/**
 * What AWS allows in a large region, and what raises it. Rates are per second.
 *
 * docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 * docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
 * docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
 */
export const LIMITS = {
  /** One page of 1,000 keys follows the other: assumed 100 ms each. An inventory has no such limit. */
  listed: 10_000,
  /** StartSyncExecution and starts of Express children together. */
  starts: 6_000,
  /** GET and HEAD under one prefix; S3 splits busy prefixes by itself, in minutes. */
  reads: 5_500,
  /** PUT under one prefix of the thumbnails. */
  writes: 3_500,
  /** Write units of a table on demand, by default. */
  recordWrites: 40_000,
  recordReads: 40_000,
};

/** Write units of one image that is made: claimed and indexed, completed, out of the index. */
const WRITES_PER_IMAGE = 4;

/** Seconds of one function for a batch that needs nothing. */
const LOOK_SECONDS = 0.4;

export interface Scenario {
  objects: number;
  /** Share of the objects whose thumbnails are made. */
  made: number;
  /** Images at once: `backfill.concurrency`. */
  concurrency: number;
  variants?: number;
  inventory?: boolean;
}

export interface Outcome extends Scenario {
  /** Objects a second, as the limit allows that binds. */
  rate: number;
  limit: string;
  hours: number;
  usd: number;
  /** Map Runs that it takes. */
  runs: number;
}

export function simulate(scenario: Scenario): Outcome {
  const { objects, made, concurrency, variants = 1, inventory = false } = scenario;
  const seconds = secondsPerImage(STACK, MEGABYTES);
  const children = Math.max(1, concurrency / 10);
  const perObject = (made * seconds) / concurrency + LOOK_SECONDS / BATCH_ITEMS / children;
  // Objects a second that each limit allows.
  const rates: [string, number][] = [
    ['`backfill.concurrency`', 1 / perObject],
    ...(inventory ? [] : [['listing', LIMITS.listed] as [string, number]]),
    ['starts of Step Functions', LIMITS.starts / (made + 1 / BATCH_ITEMS)],
    ['reads of one prefix in S3', LIMITS.reads / (1 + 2 * made)],
    ['writes to one prefix in S3', LIMITS.writes / Math.max(made * variants, 1e-9)],
    ['writes of the table', LIMITS.recordWrites / Math.max(made * WRITES_PER_IMAGE, 1e-9)],
    ['reads of the table', LIMITS.recordReads / (1 + made)],
  ];
  const [limit, rate] = rates.reduce((slowest, one) => (one[1] < slowest[1] ? one : slowest));
  const job = { objects, images: objects * made, megabytes: MEGABYTES };
  return {
    ...scenario,
    rate,
    limit,
    hours: objects / rate / 3_600,
    usd: total(priceOf(job, STACK, pricesOf('us-east-1'))),
    runs: Math.ceil(objects / MAX_ITEMS),
  };
}

export interface Beside {
  /** Concurrency of the account. */
  account: number;
  /** Images at once. */
  backfill: number;
  /** Uploads a second, at random times. */
  uploads: number;
}

/** What uploads notice: which share finds no capacity at first, and how long uploads take. */
export interface Noticed extends Beside {
  throttled: number;
  p50: number;
  p99: number;
}

/** Seconds of the states of an image with warm functions: the part that holds a slot. */
const HOLDS = 0.6;

/** Seconds in which uploads arrive. After twice as long, nothing is followed any more. */
const PERIOD = 600;

/** Longest waits before the retries of a throttled state, in seconds; after that the event waits for a minute. */
const RETRIES = [1, 2, 4];
const BACKLOG = 60;

/**
 * Follows the uploads of ten minutes beside a backfill that takes every slot that it may. A backfill that finds no slot waits, and so do
 * uploads, by the retries of the state machine and then in the backlog.
 */
export function beside(scenario: Beside, random = createRandom(7)): Noticed {
  const { account, backfill, uploads } = scenario;
  // The waiting functions take a slot for each ten images.
  const free = account - Math.min(account, backfill + Math.ceil(backfill / 10));
  const ends: number[] = [];
  const agenda: { at: number; since: number; tries: number }[] = [];
  for (let at = 0; at < PERIOD; at += -Math.log(1 - random()) / uploads)
    agenda.push({ at, since: at, tries: 0 });
  const took: number[] = [];
  let throttled = 0;
  agenda.sort((one, other) => one.at - other.at);
  const queue = new Queue(agenda);
  for (let next = queue.take(); next; next = queue.take()) {
    const { at, since, tries } = next;
    if (at > 2 * PERIOD) {
      took.push(at - since);
      continue;
    }
    for (let n = ends.length - 1; n >= 0; n--) if (ends[n]! <= at) ends.splice(n, 1);
    if (ends.length < free) {
      ends.push(at + HOLDS);
      took.push(at - since + HOLDS);
      continue;
    }
    if (tries === 0) throttled++;
    const wait = tries < RETRIES.length ? random() * RETRIES[tries]! : BACKLOG;
    queue.add({ at: at + wait, since, tries: tries + 1 });
  }
  took.sort((one, other) => one - other);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0;
  return { ...scenario, throttled: throttled / Math.max(1, took.length), p50: at(0.5), p99: at(0.99) };
}

/** Items in the order of their time. */
class Queue<Item extends { at: number }> {
  constructor(private readonly items: Item[]) {}

  take(): Item | undefined {
    return this.items.shift();
  }

  add(item: Item): void {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.items[middle]!.at <= item.at) low = middle + 1;
      else high = middle;
    }
    this.items.splice(low, 0, item);
  }
}

const SCENARIOS: Scenario[] = [
  { objects: 1e5, made: 1, concurrency: 4 },
  { objects: 1e5, made: 1, concurrency: 50 },
  { objects: 1e5, made: 0, concurrency: 50 },
  { objects: 1e7, made: 1, concurrency: 50 },
  { objects: 1e7, made: 1, concurrency: 500 },
  { objects: 1e7, made: 0, concurrency: 500 },
  { objects: 1e9, made: 1, concurrency: 500 },
  { objects: 1e9, made: 1, concurrency: 5_000, inventory: true },
  { objects: 1e9, made: 0, concurrency: 5_000 },
  { objects: 1e9, made: 0, concurrency: 5_000, inventory: true },
];

const BESIDE: Beside[] = [
  { account: 1_000, backfill: 0, uploads: 20 },
  { account: 1_000, backfill: 500, uploads: 20 },
  { account: 1_000, backfill: 900, uploads: 20 },
  { account: 10, backfill: 0, uploads: 1 },
  { account: 10, backfill: 4, uploads: 1 },
  { account: 10, backfill: 8, uploads: 1 },
];

export async function run(): Promise<void> {
  console.log(runsTable());
  console.log('');
  console.log(besideTable());
}

const number = (value: number, digits = 0) =>
  value.toLocaleString('en-US', { maximumFractionDigits: digits });

export function runsTable(): string {
  const rows = SCENARIOS.map((scenario) => simulate(scenario)).map(
    ({ objects, made, concurrency, inventory, rate, hours, usd, limit, runs }) =>
      `| ${number(objects)}${inventory ? ', by inventory' : ''} | ${made === 1 ? 'all' : 'none'} | ${number(concurrency)} | ${number(rate)} | ${hours < 48 ? `${number(hours, 1)} hours` : `${number(hours / 24, 1)} days`} | ${number(usd, usd < 10 ? 2 : 0)} | ${limit} | ${runs} |`,
  );
  return [
    '| objects | made | at once | a second | takes | USD | what binds | runs |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

export function besideTable(): string {
  const rows = BESIDE.map((scenario) => beside(scenario)).map(
    ({ account, backfill, uploads, throttled, p50, p99 }) =>
      `| ${number(account)} | ${number(backfill)} | ${number(uploads)} | ${number(throttled * 100, 1)} % | ${number(p50, 1)} s | ${number(p99, 1)} s |`,
  );
  return [
    '| account | backfill at once | uploads a second | throttled at first | median | 99 % |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}
