/** An image of which every variant is lazy is decoded for the first time when one is requested. */

import { recordId } from '../../../contract/source';
import { INTERNAL } from '../../../functions/lib/http/outward-error';
import type { HttpAnswer } from '../../../functions/lib/http/problem';
import { watched } from '../../order/cloud';
import type { World } from '../../order/world';
import { captureMetrics } from '../emitted';
import { type Endpoint, happen, openEndpoint, PRESET, put } from './endpoint';

const metrics = captureMetrics('pics');

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await openEndpoint('versioned', {
    ...PRESET,
    variants: PRESET.variants.map((variant) => ({ ...variant, lazy: true })),
  });
});
afterAll(() => endpoint?.cloud.close());

let world: World;
beforeEach(() => {
  // Each refusal is logged.
  jest.spyOn(console, 'warn').mockImplementation();
  world = endpoint.world();
  endpoint.reports.length = 0;
  endpoint.cloud.takeMessages();
});

const source = () => ({ bucket: world.bucket, key: `${world.prefix}a.jpg` });
const get = (file = 'small.png') => endpoint.get(`${source().key}/${file}`);
const record = async () => (await endpoint.cloud.records.find(source()))!;
const problem = ({ statusCode, headers, body }: HttpAnswer) => ({
  statusCode,
  cache: headers['cache-control'],
  ...JSON.parse(body as string),
});
const CORRUPT = { statusCode: 404, cache: 'public, max-age=60', error: 'CorruptImage' };

/** The AWS calls that are made in the meantime. */
async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
  const calls: string[] = [];
  await watched((command, perform) => {
    calls.push(command);
    return perform();
  }, work);
  return calls;
}

/** Sets attributes of the record, as only a clock or a crash could. */
const change = (set: Record<string, unknown>) =>
  endpoint.cloud.records.apply({
    Key: { id: recordId(source()) },
    UpdateExpression: `SET ${Object.keys(set).map((name) => `${name} = :${name}`)}`,
    ConditionExpression: 'attribute_exists(id)',
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(set).map(([name, value]) => [`:${name}`, value]),
    ),
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });

test('the first failed render is a failure like any other: recorded, counted, kept and told once', async () => {
  await happen(world, put('broken png'));
  expect((await record()).status).toBe('DONE');
  endpoint.cloud.takeMessages();
  metrics.take();

  expect(problem(await get())).toMatchObject(CORRUPT);
  expect(await record()).toMatchObject({
    status: 'FAILED',
    error: { name: 'CorruptImage' },
    quarantine: null,
  });
  const [report, ...more] = endpoint.reports;
  expect(more).toEqual([]);

  await world.deliver({ ...report!, backlog: { attempts: 1 } } as never);
  expect(await record()).toMatchObject({
    status: 'FAILED',
    error: { name: 'CorruptImage' },
    quarantine: { bucket: 'quarantine', key: source().key },
    execution: expect.stringMatching(/^arn:/),
  });
  expect(endpoint.cloud.takeMessages()).toMatchObject([
    { status: 'FAILED', error: { name: 'CorruptImage' } },
  ]);
  expect(metrics.take().filter((each) => each.startsWith('Failed{Workflow=pics} '))).toEqual([
    'Failed{Workflow=pics} 1 Count',
  ]);
});

test('from then on a request costs one read of the record, whether or not the workflow has run', async () => {
  await happen(world, put('broken png'));
  await get();
  const read = () =>
    callsOf(async () => {
      for (const file of ['small.png', 'large.png', 'web.webp']) {
        expect(problem(await get(file))).toMatchObject(CORRUPT);
      }
    });
  expect(await read()).toEqual(['GetItem', 'GetItem', 'GetItem']);
  await world.deliver(endpoint.reports.splice(0)[0]!);
  expect(await read()).toEqual(['GetItem', 'GetItem', 'GetItem']);
  expect(endpoint.reports).toEqual([]);
});

test('requests that fail at the same time report it once', async () => {
  await happen(world, put('broken png'));
  await Promise.all([get(), get('large.png'), get('web.webp')]);
  expect(endpoint.reports).toHaveLength(1);
});

describe('an image that ends the process of its decoder', () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

  test('twice is FAILED at the next request after both must have ended, told once, and costs a read from then on', async () => {
    await happen(world, put('red png'));
    await change({ unfinished: { count: 2, since: minutesAgo(3) } });
    const calls = await callsOf(async () => {
      expect(problem(await get())).toMatchObject({ ...CORRUPT, error: 'ImageTooLarge' });
    });
    expect(calls).toEqual(['GetItem', 'UpdateItem', 'SendMessage']);
    expect(await record()).toMatchObject({
      status: 'FAILED',
      error: { name: 'ImageTooLarge', message: expect.stringContaining('two attempts were ended') },
    });
    expect(await record()).not.toHaveProperty('unfinished');
    expect(await callsOf(get)).toEqual(['GetItem']);
    expect(endpoint.reports).toHaveLength(1);
  });

  test.each([
    ['once, long ago', { count: 1, since: minutesAgo(600) }],
    ['twice, but one may still be under way', { count: 2, since: minutesAgo(1) }],
  ])('%s, is made all the same, and begins anew', async (_, unfinished) => {
    await happen(world, put('red png'));
    await change({ unfinished });
    expect((await get()).statusCode).toBe(200);
    expect(await record()).toMatchObject({ status: 'DONE' });
    expect(await record()).not.toHaveProperty('unfinished');
  });
});

test('an image that has thumbnails keeps them and its status, and the record notes the failure', async () => {
  await happen(world, put('broken png'));
  const { bucket } = source();
  const small = {
    variant: 'small',
    bucket,
    key: `${source().key}/small.png`,
    format: 'png',
    width: 4,
    height: 3,
    bytes: 1,
  };
  await change({ thumbnails: [small] });
  expect(problem(await get('large.png'))).toMatchObject(CORRUPT);
  expect(await record()).toMatchObject({
    status: 'DONE',
    thumbnails: [small],
    lastError: { name: 'CorruptImage' },
  });
  expect(await callsOf(get)).toEqual(['GetItem']);

  endpoint.cloud.takeMessages();
  await world.deliver(endpoint.reports.splice(0)[0]!);
  expect(await record()).toMatchObject({
    status: 'DONE',
    thumbnails: [small],
    lastError: { name: 'CorruptImage' },
  });
  expect(endpoint.cloud.takeMessages()).toMatchObject([{ status: 'FAILED', consequence: 'NOT_REMADE' }]);
});

test('a report that got lost is sent again, but not by every request', async () => {
  await happen(world, put('broken png'));
  await get();
  endpoint.reports.length = 0;
  await get();
  expect(endpoint.reports).toEqual([]);
  await change({ updatedAt: new Date(Date.now() - 11 * 60_000).toISOString() });
  expect(problem(await get())).toMatchObject(CORRUPT);
  expect(problem(await get())).toMatchObject(CORRUPT);
  expect(endpoint.reports).toHaveLength(1);
});

test('a newer version is not blamed for the one before', async () => {
  await happen(world, put('broken png'));
  await get();
  const [report] = endpoint.reports;
  await happen(world, put('red png'));
  await world.deliver(report!);
  expect(await record()).toMatchObject({ status: 'DONE' });
  expect(endpoint.cloud.takeMessages().filter(({ status }) => status === 'FAILED')).toEqual([]);
  expect((await get()).statusCode).toBe(200);
});

test('what else has failed is not told to viewers: only an id by which the operator finds it', async () => {
  await happen(world, put('red png'));
  await change({ thumbnails: [] });
  const arn = 'arn:aws:states:us-east-1:111122223333:express:workflow:abc:0b2e';
  await endpoint.cloud.records.apply({
    Key: { id: recordId(source()) },
    UpdateExpression: 'SET #status = :failed, #error = :error, execution = :arn',
    ConditionExpression: 'attribute_exists(id)',
    ExpressionAttributeNames: { '#status': 'status', '#error': 'error' },
    ExpressionAttributeValues: {
      ':failed': 'FAILED',
      ':error': { name: 'AccessDenied', message: 'User: arn:aws:iam::111122223333:role/x is not authorized' },
      ':arn': arn,
    },
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const answer = await get();
  expect(problem(answer)).toMatchObject({
    statusCode: 404,
    error: INTERNAL,
    detail: expect.stringContaining('0b2e'),
  });
  expect(answer.body).not.toMatch(/AccessDenied|111122223333|role|arn:/);
});

test('an original from before the workflow offers everything that can be made of it', async () => {
  await world.perform(put('red png'));
  expect((await get('web.webp')).statusCode).toBe(200);
  const { thumbnails, onRequest } = await record();
  expect(thumbnails?.map(({ variant }) => variant)).toEqual(['web']);
  expect(onRequest?.map(({ variant }) => variant)).toEqual(['small', 'large']);
});
