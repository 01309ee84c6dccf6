import { claim, complete, fail } from '../../../functions/lib/records/updates';
import { captureMetrics } from '../emitted';
import { EXECUTION, imageOf, sourceAt, TABLE, thumbnailOf } from '../support';
import { type RecordsTable, recordsTable } from '../table';

const written = captureMetrics('pics');
const environment = { ...process.env };

let table: RecordsTable;
let handler: () => Promise<void>;
beforeAll(async () => {
  process.env['TABLE_NAME'] = TABLE;
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
});
beforeEach(async () => {
  table = await recordsTable();
  jest.resetModules();
  handler = require('../../../functions/watch/handler').handler;
  written.take();
});
afterEach(() => table.close());
afterAll(() => {
  process.env = environment;
});

/** All timers except `Date` stay real: the SDK and the table need them. */
const ALL_TIMERS = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

/** An image that was claimed so long ago. */
async function takeUp(key: string, at: Date) {
  const image = imageOf(sourceAt(1, { key }));
  await table.records.apply(claim(image, [`${key}/thumbnail.jpg`], EXECUTION, at));
  return image;
}

test('emits 0 if no record is stuck, so that the alarm ends', async () => {
  await handler();
  expect(written.take()).toEqual(['StuckRecords{Workflow=pics} 0 Count']);
});

test('counts what has been PROCESSING for more than ten minutes, whichever shard it is in, and nothing else', async () => {
  for (let n = 0; n < 60; n++) await takeUp(`stuck-${n}.jpg`, minutesAgo(11 + n));
  await takeUp('under-way.jpg', minutesAgo(9));
  const done = await takeUp('done.jpg', minutesAgo(30));
  await table.records.apply(complete(done, { items: [thumbnailOf(done.source)] }, EXECUTION, minutesAgo(29)));
  const failed = await takeUp('failed.jpg', minutesAgo(30));
  const error = { name: 'CorruptImage', message: 'no' };
  await table.records.apply(fail(failed.source, { error, quarantine: null }, EXECUTION, minutesAgo(29)));

  await handler();
  expect(written.take()).toEqual(['StuckRecords{Workflow=pics} 60 Count']);
});

test('counts an image from the moment that it has been PROCESSING for more than ten minutes', async () => {
  jest.useFakeTimers({ now: new Date('2026-03-12T02:08:00.000Z'), doNotFake: [...ALL_TIMERS] });
  try {
    await takeUp('ten-minutes.jpg', new Date('2026-03-12T01:58:00.000Z'));
    await takeUp('longer.jpg', new Date('2026-03-12T01:57:59.999Z'));
    await handler();
    expect(written.take()).toEqual(['StuckRecords{Workflow=pics} 1 Count']);
  } finally {
    jest.useRealTimers();
  }
});

test('emits nothing if it cannot count', async () => {
  await table.close();
  await expect(handler()).rejects.toThrow();
  expect(written.take()).toEqual([]);
  table = await recordsTable();
});
