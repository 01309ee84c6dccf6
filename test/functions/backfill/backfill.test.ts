import type { BackfillMark, Batch, BatchAnswer } from '../../../contract/backfill';
import type { ObjectEvent } from '../../../contract/event';
import type { ImageRecord } from '../../../contract/record';
import { type BackfillPorts, backfill, type Ended, executionOf } from '../../../functions/backfill/backfill';
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
  ['too little time', { timeLeft: () => 59_999 }, /in\/a\.jpg: no time was left for it$/],
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

test('an image is begun as long as a minute is left', async () => {
  expect((await run(['in/a.jpg'], { timeLeft: () => 60_000 })).answer).toMatchObject({ made: 1 });
});

test('the waits double up to twenty seconds, and half of each is random', async () => {
  for (const [random, expected] of [
    [0, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]],
    [1, [1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000]],
  ] as const) {
    const chance = jest.spyOn(Math, 'random').mockReturnValue(random);
    const { waits } = await run(['in/a.jpg'], { runs: [...Array(7).fill(throttled), made] });
    chance.mockRestore();
    expect(waits).toEqual(expected);
  }
});

test('it waits only if a minute is left after that', async () => {
  const begin = async (left: number) => {
    const times = [60_000, left];
    const { waits } = await run(['in/a.jpg'], {
      runs: [throttled, made],
      timeLeft: () => times.shift() ?? 60_000,
    });
    return waits.length;
  };
  expect(await begin(61_000)).toBe(1);
  expect(await begin(60_999)).toBe(0);
});

test.each<[string, object, boolean]>([
  ['a listing, in seconds', { LastModified: Date.parse('2026-03-01T00:00:00Z') / 1_000 }, true],
  ['a listing, a second before', { LastModified: Date.parse('2026-03-01T00:00:00Z') / 1_000 - 1 }, false],
  ['a listing, as text', { LastModified: '2026-02-28T23:59:59.999Z' }, false],
  ['an inventory', { LastModifiedDate: '2026-03-01T00:00:00.000Z' }, true],
  ['nothing', {}, true],
])('an object changed at the time of --since or later is looked at, by %s', async (_, item, isLookedAt) => {
  const current = jest.fn(async () => null);
  const batch: Batch = {
    BatchInput: { run: 'r', only: 'all', since: '2026-03-01T00:00:00.000Z', atOnce: 1 },
    Items: [{ Key: 'in/a.jpg', ...item }],
  };
  const ports = { current, record: async () => null, timeLeft: () => 170_000, count: async () => {} };
  await backfill(batch, settings, ports as never);
  expect(current).toHaveBeenCalledTimes(isLookedAt ? 1 : 0);
});

test('a key of an inventory that is not encoded is taken as it is', async () => {
  const current = jest.fn(async (_: object) => null);
  const batch: Batch = {
    BatchInput: { run: 'r', only: 'all', since: '', atOnce: 1 },
    Items: [{ Bucket: 'uploads', Key: 'in/100%.jpg' }],
  };
  const ports = { current, record: async () => null, timeLeft: () => 170_000, count: async () => {} };
  await backfill(batch, settings, ports as never);
  expect(current).toHaveBeenCalledWith({ bucket: 'uploads', key: 'in/100%.jpg' });
});

test('executions are named by the run and the key, in at most 80 characters', () => {
  const name = executionOf('r'.repeat(70), 'in/a.jpg');
  expect(name).toMatch(/^r{60}_[0-9a-f]{16}$/);
  expect(executionOf('r'.repeat(70), 'in/b.jpg')).not.toBe(name);
});

test('as many images are worked on at once as the batch says, and all of them are', async () => {
  let open = 0;
  let most = 0;
  const current = async () => {
    most = Math.max(most, ++open);
    await new Promise(setImmediate);
    open--;
    return null;
  };
  const batch: Batch = {
    BatchInput: { run: 'r', only: 'all', since: '', atOnce: 3 },
    Items: Array.from({ length: 10 }, (_, n) => ({ Key: `in/${n}.jpg` })),
  };
  const ports = { current, record: async () => null, timeLeft: () => 170_000, count: async () => {} };
  expect(await backfill(batch, settings, ports as never)).toMatchObject({ skipped: { gone: 10 } });
  expect(most).toBe(3);
});

test('an image that failed before is in the report, marked as such, and one that was done is not', async () => {
  const error = { name: 'CorruptImage', message: 'It was cut off.' };
  const now = { version: 'v1', etag: 'e1', settingsHash: 'of-now', execution: 'e' };
  const { answer, events } = await run(['in/a.jpg', 'in/b.jpg'], {
    records: {
      'in/a.jpg': { ...now, status: 'FAILED', error },
      'in/b.jpg': { ...now, status: 'DONE', thumbnails: [{ variant: 'thumbnail' } as never] },
    },
  });
  expect(answer).toEqual({
    made: 0,
    skipped: { failedBefore: 1, done: 1 },
    failures: [{ key: 'in/a.jpg', error: 'CorruptImage', message: 'It was cut off.', before: true }],
  });
  expect(events).toEqual([]);
});

test('a key of a listing is taken as it is, whatever it looks like', async () => {
  const { events } = await run(['in/a+b%20c.jpg']);
  expect(events[0]?.detail.object.key).toBe('in/a+b%20c.jpg');
});

test('without --since, when an object was changed does not matter', async () => {
  const batch: Batch = {
    BatchInput: { run: 'r', only: 'all', since: '', atOnce: 1 },
    Items: [{ Key: 'in/a.jpg', LastModified: 0 }],
  };
  const ports = {
    current: async () => null,
    record: async () => null,
    timeLeft: () => 170_000,
    count: async () => {},
  };
  expect(await backfill(batch, settings, ports as never)).toMatchObject({ skipped: { gone: 1 } });
});
