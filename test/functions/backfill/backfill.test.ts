import type { BackfillMark, Batch, BatchAnswer } from '../../../contract/backfill';
import type { ObjectEvent } from '../../../contract/event';
import type { ImageRecord } from '../../../contract/record';
import { type BackfillPorts, backfill, type Ended } from '../../../functions/backfill/backfill';
import { presetOf, variantOf } from '../support';

const settings = {
  bucket: 'uploads',
  prefix: 'in/',
  suffixes: ['jpg', 'png'],
  recipes: { presets: [presetOf(variantOf())], background: '#ffffff', prefix: '', maxSideFromName: 0 },
  settingsHash: () => 'of-now',
  account: '111122223333',
  region: 'us-east-1',
};

const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
const made: Ended = { status: 'SUCCEEDED', output: JSON.stringify({ record: {} }) };

interface World {
  /** What each run of the workflow answers, in order; the last one is repeated. */
  runs?: (Ended | Error)[];
  records?: Record<string, Partial<ImageRecord>>;
  /** Records after a run. */
  after?: Record<string, Partial<ImageRecord>>;
  missing?: string[];
  timeLeft?: () => number;
}

async function run(
  keys: string[],
  { runs = [made], records = {}, after, missing = [], ...world }: World = {},
) {
  const events: (ObjectEvent & { backfill: BackfillMark })[] = [];
  const waits: number[] = [];
  const counted: BatchAnswer[] = [];
  const ports: BackfillPorts = {
    current: async ({ key }) => (missing.includes(key) ? null : { version: 'v1', etag: 'e1', size: 7 }),
    record: async ({ key }) =>
      ((events.length > 0 && after ? after : records)[key] as ImageRecord | undefined) ?? null,
    run: async (event) => {
      events.push(event);
      const answer = runs[Math.min(events.length, runs.length) - 1]!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    isThrottled: (error) => error === throttled,
    timeLeft: world.timeLeft ?? (() => 170_000),
    wait: async (milliseconds) => void waits.push(milliseconds),
    count: async (answer) => void counted.push(answer),
  };
  const batch: Batch = {
    BatchInput: { run: 'r', only: 'all', since: '', atOnce: 2 },
    Items: keys.map((Key) => ({ Key })),
  };
  const answer = await backfill(batch, settings, ports).catch((error: Error) => error);
  return { answer, events, waits, counted };
}

test('an image without a record runs as an upload from before any event, marked as a backfill', async () => {
  const { answer, events, counted } = await run(['in/a.jpg']);
  expect(answer).toEqual({ made: 1, skipped: {}, failures: [] });
  expect(counted).toEqual([answer]);
  expect(events).toMatchObject([
    {
      'detail-type': 'Object Created',
      detail: {
        bucket: { name: 'uploads' },
        object: { key: 'in/a.jpg', size: 7, etag: 'e1', 'version-id': 'v1', sequencer: '0'.repeat(32) },
      },
      backfill: { run: 'r' },
    },
  ]);
});

test('an image with a record of this version keeps its place in the order', async () => {
  const stale = {
    version: 'v1',
    etag: 'e1',
    sequencer: '00AB',
    status: 'DONE' as const,
    settingsHash: 'earlier',
  };
  const { events } = await run(['in/a.jpg'], { records: { 'in/a.jpg': stale } });
  expect(events[0]?.detail.object.sequencer).toBe('00AB');
});

test('an image that fails is a result, with the reason that its record holds', async () => {
  const error = { name: 'CorruptImage', message: 'x'.repeat(400) };
  const { answer } = await run(['in/a.jpg'], {
    runs: [{ status: 'FAILED', error: 'ThumbnailWorkflowFailed' }],
    after: { 'in/a.jpg': { status: 'FAILED', error } },
  });
  expect(answer).toEqual({
    made: 0,
    skipped: {},
    failures: [{ key: 'in/a.jpg', error: 'CorruptImage', message: 'x'.repeat(300) }],
  });
});

test.each<[string, World, RegExp]>([
  [
    'a failure that is none of the image’s',
    {
      runs: [{ status: 'FAILED', error: 'ThumbnailWorkflowFailed' }],
      after: { 'in/a.jpg': { status: 'FAILED', error: { name: 'AccessDenied', message: 'no' } } },
    },
    /^2 of 2 images.*in\/a\.jpg: AccessDenied: no/,
  ],
  [
    'a failure that nobody recorded',
    { runs: [{ status: 'TIMED_OUT', error: 'States.Timeout' }] },
    /States\.Timeout/,
  ],
  ['an error of AWS', { runs: [new Error('no such machine')] }, /no such machine/],
  ['too little time', { timeLeft: () => 59_999 }, /no time was left/],
])('%s ends the child as Unfinished, after the others', async (_, world, message) => {
  const { answer, counted } = await run(['in/a.jpg', 'in/b.jpg'], world);
  expect(answer).toMatchObject({ name: 'Unfinished', message: expect.stringMatching(message) });
  expect(counted).toHaveLength(1);
});

test.each<[string, Ended | Error]>([
  ['Step Functions is throttled', throttled],
  ['no function had capacity', { status: 'FAILED', error: 'StillWaiting' }],
])('an image is tried again when %s, after a wait that grows', async (_, answer) => {
  const { answer: outcome, waits, events } = await run(['in/a.jpg'], { runs: [answer, answer, made] });
  expect(outcome).toMatchObject({ made: 1 });
  expect(events).toHaveLength(3);
  expect(waits).toHaveLength(2);
  expect(waits[0]).toBeLessThanOrEqual(1_000);
  expect(waits[1]).toBeGreaterThanOrEqual(1_000);
});

test('without capacity until the time is up, the child ends as Unfinished', async () => {
  let left = 170_000;
  const { answer } = await run(['in/a.jpg'], { runs: [throttled], timeLeft: () => (left -= 20_000) });
  expect(answer).toMatchObject({ name: 'Unfinished', message: expect.stringContaining('no capacity') });
});

test('what is no image by its name, what is gone and what is overtaken is left alone', async () => {
  const { answer } = await run(['in/a.txt', 'other/a.jpg', 'in/gone.JPG', 'in/late.png'], {
    missing: ['in/gone.JPG'],
    runs: [{ status: 'SUCCEEDED', output: JSON.stringify({ error: { Error: 'Superseded' } }) }],
  });
  expect(answer).toEqual({ made: 0, skipped: { ignored: 2, gone: 1, superseded: 1 }, failures: [] });
});

test('a row of an inventory has its key encoded as in a URL', async () => {
  const batch: Batch = {
    BatchInput: { run: 'r', only: 'all', since: '2026-03-01T00:00:00.000Z', atOnce: 1 },
    Items: [
      { Bucket: 'uploads', Key: 'in/a+b%C3%A4.jpg', LastModifiedDate: '2026-03-02T00:00:00.000Z' },
      { Bucket: 'uploads', Key: 'in/old.jpg', LastModifiedDate: '2026-02-02T00:00:00.000Z' },
    ],
  };
  const seen: string[] = [];
  const ports = {
    current: async ({ key }: { key: string }) => {
      seen.push(key);
      return null;
    },
    record: async () => null,
    timeLeft: () => 170_000,
    count: async () => {},
  };
  expect(await backfill(batch, settings, ports as never)).toMatchObject({ skipped: { gone: 1, ignored: 1 } });
  expect(seen).toEqual(['in/a bä.jpg']);
});
