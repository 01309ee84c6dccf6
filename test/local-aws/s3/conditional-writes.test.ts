import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type Endpoint, refusal, startEndpoint } from './harness';

let endpoint: Endpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => endpoint.stop());

const put = (Bucket: string, Body: string, condition = {}) =>
  endpoint.client.send(new PutObjectCommand({ Bucket, Key: 'key', Body, ...condition }));
const remove = (Bucket: string, condition = {}) =>
  endpoint.client.send(new DeleteObjectCommand({ Bucket, Key: 'key', ...condition }));
const content = async (Bucket: string) => {
  const { Body } = await endpoint.client.send(new GetObjectCommand({ Bucket, Key: 'key' }));
  return Body!.transformToString();
};

describe.each(['plain', 'versioned'])('in the bucket %s', (Bucket) => {
  test('If-None-Match: * writes only if there is no object', async () => {
    await put(Bucket, 'first', { IfNoneMatch: '*' });
    expect(await refusal(put(Bucket, 'second', { IfNoneMatch: '*' }))).toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
      Condition: 'If-None-Match',
    });
    expect(await content(Bucket)).toBe('first');
    expect(endpoint.events).toHaveLength(1);
  });

  test('a deleted object counts as nothing', async () => {
    await put(Bucket, 'first');
    await remove(Bucket);
    await put(Bucket, 'second', { IfNoneMatch: '*' });
    expect(await content(Bucket)).toBe('second');
    await remove(Bucket);
    expect(await refusal(put(Bucket, 'third', { IfMatch: '"x"' }))).toMatchObject({
      name: 'NoSuchKey',
      status: 404,
    });
  });

  test('If-Match writes only over the object it names', async () => {
    expect(await refusal(put(Bucket, 'x', { IfMatch: '"x"' }))).toMatchObject({
      name: 'NoSuchKey',
      status: 404,
    });
    const { ETag } = await put(Bucket, 'first');
    await put(Bucket, 'second', { IfMatch: ETag });
    expect(await refusal(put(Bucket, 'third', { IfMatch: ETag }))).toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
    });
    expect(await content(Bucket)).toBe('second');
  });

  test('If-Match deletes only the object it names', async () => {
    expect((await refusal(remove(Bucket, { IfMatch: '"x"' }))).status).toBe(404);
    expect((await refusal(remove(Bucket, { IfMatch: '*' }))).status).toBe(412);
    const { ETag } = await put(Bucket, 'first');
    expect(await refusal(remove(Bucket, { IfMatch: '"x"' }))).toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
    });
    const outcome = await endpoint.client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'key', ETag: '"x"' }] } }),
    );
    expect(outcome.Errors).toMatchObject([{ Key: 'key', Code: 'PreconditionFailed' }]);
    await remove(Bucket, { IfMatch: ETag });
    expect((await refusal(content(Bucket))).name).toBe('NoSuchKey');
  });

  test('of twenty writers that each expect nothing there, exactly one wins', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => put(Bucket, `writer ${index}`, { IfNoneMatch: '*' })),
    );
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(await content(Bucket)).toBe(`writer ${winners[0]}`);
    expect(endpoint.events).toHaveLength(1);
  });

  test('of twenty writers that each expect the same object there, exactly one wins', async () => {
    const { ETag } = await put(Bucket, 'first');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => put(Bucket, `writer ${index}`, { IfMatch: ETag })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

test('completing a multipart upload can be conditional, and can be retried if the condition was not met', async () => {
  const named = { Bucket: 'plain', Key: 'key' };
  await put('plain', 'first');
  const { UploadId } = await endpoint.client.send(new CreateMultipartUploadCommand(named));
  const { ETag } = await endpoint.client.send(
    new UploadPartCommand({ ...named, UploadId, PartNumber: 1, Body: 'second' }),
  );
  const complete = (condition: { IfNoneMatch?: string; IfMatch?: string }) =>
    endpoint.client.send(
      new CompleteMultipartUploadCommand({
        ...named,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
        ...condition,
      }),
    );
  expect(await refusal(complete({ IfNoneMatch: '*' }))).toMatchObject({
    name: 'PreconditionFailed',
    status: 412,
  });
  await complete({});
  expect(await content('plain')).toBe('second');
});

test('a write that names an ETag needs permission to read, as on AWS', async () => {
  const { ETag } = await put('plain', 'first');
  endpoint.calls.length = 0;
  await put('plain', 'second', { IfMatch: ETag });
  expect(endpoint.calls.map(({ action }) => action)).toEqual(['s3:PutObject', 's3:GetObject']);
});

test('If-None-Match with an ETag is refused on a write, as S3 does', async () => {
  expect(await refusal(put('plain', 'x', { IfNoneMatch: '"x"' }))).toMatchObject({
    name: 'NotImplemented',
    status: 501,
  });
});
