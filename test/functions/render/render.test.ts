import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { BEFORE_ANY_EVENT } from '../../../contract/backfill';
import type { ObjectEvent } from '../../../contract/event';
import { recordId } from '../../../contract/source';
import type { HttpAnswer } from '../../../functions/lib/http/problem';
import { BUCKETS, watched } from '../../order/cloud';
import type { World } from '../../order/world';
import { captureMetrics } from '../emitted';
import { type Endpoint, happen, openEndpoint, picture, put, remove } from './endpoint';

const metrics = captureMetrics('pics');

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await openEndpoint('unversioned');
});
afterAll(() => endpoint?.cloud.close());

let world: World;
beforeEach(() => {
  world = endpoint.world();
});

const source = () => ({ bucket: world.bucket, key: `${world.prefix}a.jpg` });
const keyOf = (file: string) => `${source().key}/${file}`;
const record = () => endpoint.cloud.records.find(source());
const stored = (file: string) =>
  endpoint.cloud.s3.send(new HeadObjectCommand({ Bucket: BUCKETS.thumbnails, Key: keyOf(file) }));
const problem = ({ statusCode, headers, body }: HttpAnswer) => ({
  statusCode,
  cache: headers['cache-control'],
  ...JSON.parse(body as string),
});

/** The AWS calls that are made in the meantime. */
async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
  const calls: string[] = [];
  await watched((command, perform) => {
    calls.push(command);
    return perform();
  }, work);
  return calls;
}

describe('the first request of a lazy variant', () => {
  test('makes it, stores it like any other and answers with it', async () => {
    await happen(world, put('red jpeg'));
    metrics.take();
    let answer = {} as HttpAnswer;
    const calls = await callsOf(async () => {
      answer = await endpoint.get(keyOf('large.jpg'));
    });
    expect(calls).toEqual(['GetItem', 'UpdateItem', 'GetObject', 'PutObject', 'UpdateItem', 'GetObject']);

    expect(await picture(answer)).toBe('red jpeg 6x5');
    const made = await stored('large.jpg');
    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'image/jpeg', 'cache-control': 'public', etag: made.ETag },
    });
    const { sequencer } = (await record())!;
    expect(made.Metadata).toMatchObject({ sequencer, 'source-key': encodeURIComponent(source().key) });
    expect(metrics.take().map((metric) => metric.replace(/\d+ Bytes$/, 'n Bytes'))).toEqual([
      'SourceBytes{Workflow=pics} n Bytes',
      'Thumbnails{Workflow=pics} 1 Count',
      'Rendered{Workflow=pics} 1 Count',
      'ThumbnailBytes{Workflow=pics} n Bytes',
    ]);
  });

  test('moves it in the record from the offers to the thumbnails, with the URL it was offered with', async () => {
    await happen(world, put('red jpeg'));
    const before = (await record())!;
    expect(before.onRequest?.map(({ variant }) => variant)).toEqual(['large', 'web']);
    await endpoint.get(keyOf('large.jpg'));

    const after = (await record())!;
    const [large, web] = before.onRequest ?? [];
    const { ContentLength } = await stored('large.jpg');
    expect(after).toEqual({
      ...before,
      thumbnails: [...(before.thumbnails ?? []), { ...large, bytes: ContentLength }],
      onRequest: [web],
      thumbnailKeys: new Set([keyOf('small.jpg'), keyOf('large.jpg')]),
      updatedAt: expect.any(String),
    });
    expect(after.updatedAt > before.updatedAt).toBe(true);

    await endpoint.get(keyOf('web.webp'));
    const last = (await record())!;
    expect(last.thumbnails?.map(({ variant }) => variant)).toEqual(['small', 'large', 'web']);
    expect(last).not.toHaveProperty('onRequest');
  });

  test('is made again with the next upload, together with the eager ones', async () => {
    await happen(world, put('red jpeg'));
    await endpoint.get(keyOf('large.jpg'));
    await happen(world, put('blue jpeg'));
    const { sequencer, thumbnails, onRequest } = (await record())!;
    expect(thumbnails?.map(({ variant }) => variant)).toEqual(['small', 'large']);
    expect(onRequest?.map(({ variant }) => variant)).toEqual(['web']);
    expect((await stored('large.jpg')).Metadata).toMatchObject({ sequencer });
  });
});

test('a second request finds it, and makes nothing', async () => {
  await happen(world, put('red jpeg'));
  const first = await endpoint.get(keyOf('large.jpg'));
  const calls = await callsOf(async () => {
    expect(await endpoint.get(keyOf('large.jpg'))).toEqual(first);
  });
  expect(calls).not.toContain('PutObject');
  expect(calls).not.toContain('UpdateItem');
});

test('two first requests at once both get it', async () => {
  await happen(world, put('red jpeg'));
  const answers = await Promise.all([endpoint.get(keyOf('large.jpg')), endpoint.get(keyOf('large.jpg'))]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect(answers[0]?.body).toBe(answers[1]?.body);
  expect((await record())?.thumbnails).toHaveLength(2);
});

test('HEAD makes it too, and a client that has it gets no body', async () => {
  await happen(world, put('red jpeg'));
  const head = await endpoint.get(keyOf('large.jpg'), { method: 'HEAD' });
  expect(head).toMatchObject({ statusCode: 200, headers: { 'content-type': 'image/jpeg' } });
  expect(head.body).toBeUndefined();
  const etag = head.headers['etag'] as string;
  const again = await endpoint.get(keyOf('large.jpg'), { headers: { 'if-none-match': etag } });
  expect(again).toMatchObject({ statusCode: 304, headers: { etag } });
});

test('a missing eager variant is made in the same way', async () => {
  await happen(world, put('red jpeg'));
  const before = await record();
  await endpoint.cloud.s3.send(
    new DeleteObjectCommand({ Bucket: BUCKETS.thumbnails, Key: keyOf('small.jpg') }),
  );
  expect(await picture(await endpoint.get(keyOf('small.jpg')))).toBe('red jpeg 4x3');
  expect(await record()).toEqual(before);
});

test('a variant that was declared after the image came is made, and listed', async () => {
  await happen(world, put('red jpeg'));
  await endpoint.cloud.records.apply({
    Key: { id: recordId(source()) },
    UpdateExpression: 'REMOVE onRequest',
    ConditionExpression: '#status = :done',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':done': 'DONE' },
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  expect(await picture(await endpoint.get(keyOf('web.webp')))).toBe('red webp 5x4');
  expect((await record())?.thumbnails?.map(({ variant }) => variant)).toEqual(['small', 'web']);
});

describe('an original from before the workflow, which has no record,', () => {
  test('is examined, and gets a record that is older than any of its events', async () => {
    const event = (await world.perform(put('red png'))) as ObjectEvent;
    expect(await picture(await endpoint.get(keyOf('large.png')))).toBe('red png 6x5');
    expect(await record()).toMatchObject({
      status: 'DONE',
      sequencer: BEFORE_ANY_EVENT,
      etag: event.detail.object.etag,
      image: { format: 'png', width: 8, height: 6, frames: 1, bytes: endpoint.contents['red png'].length },
      preset: { name: 'photos' },
      thumbnails: [{ variant: 'large', key: keyOf('large.png'), width: 6, height: 5 }],
      execution: 'on request: b1c5',
    });

    await world.deliver(event);
    const after = (await record())!;
    expect(after.sequencer).not.toBe(BEFORE_ANY_EVENT);
    expect(after.thumbnails?.map(({ variant }) => variant)).toEqual(['small', 'large']);
  });

  test.each([
    ['text', 'UnsupportedFormat', 'large.jpg'],
    ['broken png', 'CorruptImage', 'large.png'],
  ] as const)('is refused by name if it is %s', async (content, error, file) => {
    await world.perform(put(content));
    expect(problem(await endpoint.get(keyOf(file)))).toMatchObject({
      statusCode: 404,
      cache: 'public, max-age=60',
      error,
    });
    await expect(stored(file)).rejects.toMatchObject({ name: 'NotFound' });
    expect(await record()).toMatchObject({ status: 'FAILED', error: { name: error } });
    expect(endpoint.reports.splice(0)).toMatchObject([{ error: { Error: error } }]);
  });
});

describe('nothing can be shown', () => {
  test('while the image is processed: try again', async () => {
    const event = (await world.perform(put('red jpeg'))) as ObjectEvent;
    let answer: HttpAnswer | undefined;
    const once = watched(
      async (command, perform) => {
        // Validate has claimed the record; next, Thumbnail looks for existing thumbnails.
        if (command === 'PutObject' && !answer) {
          answer = await watched(
            (_, other) => other(),
            () => endpoint.get(keyOf('large.jpg')),
          );
        }
        return perform();
      },
      () => world.deliver(event),
    );
    await once;
    expect(problem(answer as HttpAnswer)).toMatchObject({ statusCode: 503, cache: 'no-store' });
    expect(answer?.headers['retry-after']).toBe('2');
  });

  test('of an image that failed, for the reason the record has', async () => {
    await happen(world, put('broken png'));
    const before = await record();
    expect(problem(await endpoint.get(keyOf('large.png')))).toMatchObject({
      statusCode: 404,
      cache: 'public, max-age=60',
      error: 'CorruptImage',
      detail: before?.error?.message,
    });
    expect(await record()).toEqual(before);
  });

  test('of an image that was deleted or never existed; the answer is not cached, since it may still come', async () => {
    const never = await endpoint.get(keyOf('large.jpg'));
    await happen(world, put('red jpeg'));
    await happen(world, remove);
    for (const answer of [never, await endpoint.get(keyOf('large.jpg'))]) {
      expect(problem(answer)).toMatchObject({ statusCode: 404, cache: 'no-store', title: 'Not Found' });
    }
  });

  test('of an original that is gone, whose event has not arrived yet', async () => {
    await happen(world, put('red jpeg'));
    await world.perform(remove);
    expect(problem(await endpoint.get(keyOf('large.jpg')))).toMatchObject({
      statusCode: 404,
      cache: 'no-store',
    });
  });

  test('of an original that was overwritten, whose event has not arrived yet: try again', async () => {
    await happen(world, put('red jpeg'));
    await world.perform(put('blue jpeg'));
    expect(problem(await endpoint.get(keyOf('large.jpg')))).toMatchObject({
      statusCode: 503,
      cache: 'no-store',
    });
    await expect(stored('large.jpg')).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('in a format that the variant does not have for this image; the next version may have it, so not for long', async () => {
    await happen(world, put('red jpeg'));
    const answer = problem(await endpoint.get(keyOf('large.png')));
    expect(answer).toMatchObject({ statusCode: 404, cache: 'public, max-age=60' });
  });

  test('of a variant that is not declared, without any call to AWS', async () => {
    await happen(world, put('red jpeg'));
    const calls = await callsOf(async () => {
      const answer = problem(await endpoint.get(keyOf('huge.jpg')));
      expect(answer).toMatchObject({ statusCode: 404, cache: 'public, max-age=60' });
    });
    expect(calls).toEqual([]);
  });

  test('by another method', async () => {
    const answer = await endpoint.get(keyOf('large.jpg'), { method: 'POST' });
    expect(problem(answer)).toMatchObject({ statusCode: 405, title: 'Method Not Allowed' });
    expect(answer.headers['allow']).toBe('GET, HEAD');
  });
});

describe('a fault of AWS', () => {
  const failing = (name: string, status: number) => () =>
    watched(
      () =>
        Promise.reject(
          Object.assign(new Error('internals'), { name, $metadata: { httpStatusCode: status } }),
        ),
      () => endpoint.get(keyOf('large.jpg')),
    );

  test.each([
    ['ThrottlingException', 400],
    ['InternalError', 500],
  ])('that is temporary gives a 503: %s', async (name, status) => {
    const warned = jest.spyOn(console, 'warn').mockImplementation();
    const answer = await failing(name, status)();
    warned.mockRestore();
    expect(problem(answer)).toMatchObject({ statusCode: 503, cache: 'no-store' });
    expect(answer.headers['retry-after']).toBe('1');
  });

  test('any other error gives a 500, whose cause is only in the log', async () => {
    const logged = jest.spyOn(console, 'error').mockImplementation();
    const answer = await failing('AccessDenied', 403)();
    expect(logged).toHaveBeenCalledWith(expect.objectContaining({ name: 'AccessDenied' }));
    logged.mockRestore();
    expect(problem(answer)).toMatchObject({ statusCode: 500, cache: 'no-store' });
    expect(answer.body).not.toContain('internals');
  });
});
