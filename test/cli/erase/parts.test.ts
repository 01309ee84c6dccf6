import { PassThrough } from 'node:stream';
import { pathsOf, pathsUnder } from '../../../cli/erase/cdn';
import { placeIn } from '../../../cli/erase/place';
import { purge } from '../../../cli/erase/queues';
import { leftOver, outOfReach } from '../../../cli/erase/report';
import { assertCanAsk, isConfirmed, requestIn } from '../../../cli/erase/request';
import { settled } from '../../../cli/erase/settled';
import type { Held } from '../../../cli/redrive/queue';
import { keyToBase64 } from '../../../contract/replay-command';
import { isInvalidationPath, matcherOf } from '../../../local-aws/cloudfront/invalidation-paths';

const OUTPUTS = {
  uploads_bucket: 'u',
  uploads_prefix: 'in/',
  uploads_suffixes: 'jpg,png',
  thumbnails_bucket: 't',
  thumbnails_prefix: 'thumbs/',
  quarantine_bucket: 'q',
};
const place = placeIn(OUTPUTS);

test.each([
  ['in/a.jpg', true],
  ['in/a.JPG', true],
  ['in/a.txt', false],
  ['in/jpg', false],
  ['a.jpg', false],
])('whether the workflow processes %s: %s', (key, expected) => {
  expect(place.isProcessed(key)).toBe(expected);
});

test('a stack of an earlier release has to be deployed again', () => {
  const { uploads_suffixes: _, ...earlier } = OUTPUTS;
  expect(() => placeIn(earlier)).toThrow('Run npm run deploy, then erase');
});

describe('the paths that the CDN is to forget', () => {
  const means = (paths: string[], target: string) => matcherOf(paths)(target);

  test.each(['in/a.jpg', 'in/a b~é.jpg', '/x//y.jpg', '.'])(
    'are valid and mean every variant of %s',
    (key) => {
      const paths = pathsOf(key, place);
      expect(paths.every(isInvalidationPath)).toBe(true);
      for (const folder of place.folders(key)) expect(means(paths, `/${folder}small.webp?v=1`)).toBe(true);
    },
  );

  test('mean no image beside it', () => {
    const paths = pathsOf('in/a.jpg', place);
    for (const other of ['in/a.jpg2.jpg', 'in/a.jp', 'in/b.jpg']) {
      for (const folder of place.folders(other)) expect(means(paths, `/${folder}small.jpg`)).toBe(false);
    }
  });

  test('are one for a whole folder', () => {
    expect(pathsUnder('in/ana maria/', place)).toEqual(['/thumbs/in/ana%7E20maria/*']);
    expect(pathsUnder('', { thumbnailsPrefix: '' })).toEqual(['/*']);
  });
});

describe('what is asked for', () => {
  test('is one key, or one prefix, which may be empty', () => {
    expect(requestIn({ key: 'a.jpg' })).toEqual({ by: 'key', value: 'a.jpg' });
    expect(requestIn({ 'key-base64': keyToBase64('ü.jpg') })).toEqual({ by: 'key', value: 'ü.jpg' });
    expect(requestIn({ prefix: '' })).toEqual({ by: 'prefix', value: '' });
  });

  test.each([
    [{}, 'received none'],
    [{ key: 'a', prefix: 'b' }, 'received --key, --prefix'],
    [{ key: '' }, 'Expected a key'],
    [{ 'key-base64': '%' }, 'Expected a key in Base64'],
  ])('and not %j', (values, message) => {
    expect(() => requestIn(values)).toThrow(message);
  });
});

describe('the question', () => {
  const answered = async (text: string | null) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answer = isConfirmed(input, output);
    input.end(text ?? undefined);
    return { answer: await answer, shown: String(output.read()) };
  };

  test.each([
    ['erase\n', true],
    [' erase \n', true],
    ['y\n', false],
    ['yes\n', false],
    ['Erase\n', false],
    ['\n', false],
    [null, false],
  ])('answered with %j: %s', async (text, expected) => {
    const { answer, shown } = await answered(text);
    expect(answer).toBe(expected);
    expect(shown).toContain('Nothing brings them back');
  });

  test('needs a terminal', () => {
    expect(() => assertCanAsk(new PassThrough())).toThrow('Expected --yes for --prefix');
    expect(() => assertCanAsk(Object.assign(new PassThrough(), { isTTY: true }))).not.toThrow();
  });
});

describe('before records go', () => {
  const wait = (
    recorded: string[],
    isBusy?: () => Promise<boolean>,
    signal = new AbortController().signal,
  ) => {
    let now = Date.parse('2026-11-28T12:00:00Z');
    const said: string[] = [];
    const pass = async (milliseconds: number) => {
      now += milliseconds;
    };
    const clock = { now: () => now, wait: pass };
    const onWait = (until: number) => void said.push(new Date(until).toISOString());
    return settled({ recorded, signal, onWait, clock, now: () => now, ...(isBusy && { isBusy }) }).then(
      (isSettled) => ({ isSettled, said, ended: new Date(now).toISOString() }),
    );
  };

  test('five minutes have passed since the last deletion', async () => {
    expect(await wait(['2026-11-28T11:00:00Z', '2026-11-28T11:59:00Z'])).toEqual({
      isSettled: true,
      said: ['2026-11-28T12:04:05.000Z'],
      ended: '2026-11-28T12:04:05.000Z',
    });
  });

  test('nothing is waited for after an older deletion, or without any', async () => {
    const now = '2026-11-28T12:00:00.000Z';
    expect(await wait(['2026-11-28T11:54:55Z'])).toEqual({ isSettled: true, said: [], ended: now });
    expect(await wait([])).toEqual({ isSettled: true, said: [], ended: now });
  });

  test('or nothing runs, twice in a row, where that can be known', async () => {
    const busy = [true, false, true, false, false];
    const { isSettled, ended } = await wait(['2026-11-28T12:00:00Z'], async () => busy.shift()!);
    expect([isSettled, busy, ended]).toEqual([true, [], '2026-11-28T12:00:02.000Z']);
  });

  test('an interruption ends the waiting', async () => {
    expect(await wait(['2026-11-28T12:00:00Z'], undefined, AbortSignal.abort())).toMatchObject({
      isSettled: false,
    });
    expect(await wait([], undefined, AbortSignal.abort())).toMatchObject({ isSettled: false });
  });
});

test('messages about erased images are taken out of a queue, and all others are given back', async () => {
  const event = (key: string, bucket = 'u') =>
    JSON.stringify({
      source: 'aws.s3',
      'detail-type': 'Object Deleted',
      detail: { bucket: { name: bucket }, object: { key, sequencer: '1' } },
    });
  const bodies = [event('a.jpg'), 'not JSON', event('b.jpg'), event('a.jpg', 'other'), event('a.jpg')];
  const held = bodies.map(
    (body, n): Held => ({ id: `${n}`, receipt: `${n}`, body, sent: 0, attributes: {} }),
  );
  const batches = [held.slice(0, 2), held.slice(2)];
  const [removed, returned]: string[][] = [[], []];
  const queue = {
    take: async () => batches.shift() ?? [],
    remove: async ({ id }: Held) => void removed!.push(id),
    giveBack: async ({ id }: Held) => void returned!.push(id),
  };
  expect(await purge(queue, ({ bucket, key }) => bucket === 'u' && key === 'a.jpg', 9)).toBe(2);
  expect([removed, returned]).toEqual([
    ['0', '4'],
    ['1', '2', '3'],
  ]);
});

test('what is left is said once for each reason', () => {
  const denied = Array.from({ length: 7 }, (_, n) => ({ what: `v${n}`, why: 'denied' }));
  expect(leftOver([...denied, { what: 'w', why: 'locked' }])).toEqual([
    'Not erased: v0, v1, v2, v3, v4 and 2 more.',
    '  denied',
    'Not erased: w.',
    '  locked',
  ]);
});

test('what is out of reach names the retention of logs, and caches of viewers only with a CDN', () => {
  const text = outOfReach({ logDays: '7', tombstoneDays: '3', isDelivered: true });
  expect(text).toContain('for 7 days (logs.retentionDays)');
  expect(text).toContain('for 3 days (records.tombstoneDays)');
  expect(text).toContain('output.cacheControl');
  expect(outOfReach({ logDays: '7', tombstoneDays: '3', isDelivered: false })).not.toContain('cacheControl');
});
