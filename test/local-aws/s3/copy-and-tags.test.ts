import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../local-aws/service';
import { bytes, type Endpoint, refusal, startEndpoint } from './harness';

let endpoint: Endpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => endpoint.stop());

const Key = 'source +/ü😀';
const copy = (more: Partial<CopyObjectCommandInput> = {}) =>
  endpoint.client.send(
    new CopyObjectCommand({
      Bucket: 'plain',
      Key: 'copy',
      CopySource: `versioned/${encodeURIComponent(Key)}`,
      ...more,
    }),
  );
const put = (Body: Buffer | string = 'first', more = {}) =>
  endpoint.client.send(
    new PutObjectCommand({
      Bucket: 'versioned',
      Key,
      Body,
      ContentType: 'image/png',
      Metadata: { a: '1' },
      Tagging: 'reason=a%20b&x=',
      ...more,
    }),
  );
const content = async (key = 'copy') => {
  const { Body } = await endpoint.client.send(new GetObjectCommand({ Bucket: 'plain', Key: key }));
  return Body!.transformToString();
};
const head = (key = 'copy') =>
  endpoint.client.send(new HeadObjectCommand({ Bucket: 'plain', Key: key, ChecksumMode: 'ENABLED' }));
const tagsOf = async (key: string, Bucket = 'plain', VersionId?: string) =>
  (await endpoint.client.send(new GetObjectTaggingCommand({ Bucket, Key: key, VersionId }))).TagSet;

describe('a copy', () => {
  test('has the bytes, headers, metadata, checksum and tags of its source', async () => {
    const { ETag, ChecksumCRC32 } = await put(bytes(100_000));
    const { CopyObjectResult } = await copy();
    expect(CopyObjectResult).toMatchObject({ ETag, ChecksumCRC32, LastModified: expect.any(Date) });
    expect(await head()).toMatchObject({
      ETag,
      ChecksumCRC32,
      ContentType: 'image/png',
      Metadata: { a: '1' },
      ContentLength: 100_000,
    });
    expect(await tagsOf('copy')).toEqual([
      { Key: 'reason', Value: 'a b' },
      { Key: 'x', Value: '' },
    ]);
    expect(endpoint.events.at(-1)?.detail).toMatchObject({
      reason: 'CopyObject',
      bucket: { name: 'plain' },
      object: { key: 'copy' },
    });
  });

  test('replaces metadata and tags when asked to', async () => {
    await put();
    await copy({
      MetadataDirective: 'REPLACE',
      Metadata: { b: '2' },
      TaggingDirective: 'REPLACE',
      Tagging: 'k=v',
    });
    expect((await head()).Metadata).toEqual({ b: '2' });
    expect(await tagsOf('copy')).toEqual([{ Key: 'k', Value: 'v' }]);
  });

  test('can be of an older version', async () => {
    const { VersionId } = await put('first');
    await put('second');
    const source = `/versioned/${encodeURIComponent(Key)}`;
    expect((await copy({ CopySource: `${source}?versionId=${VersionId}` })).CopySourceVersionId).toBe(
      VersionId,
    );
    expect(await content()).toBe('first');
  });

  test('is subject to conditions on its source', async () => {
    const { ETag } = await put();
    await copy({ CopySourceIfMatch: ETag });
    expect((await refusal(copy({ CopySourceIfMatch: '"x"' }))).status).toBe(412);
    expect((await refusal(copy({ CopySourceIfNoneMatch: ETag }))).status).toBe(412);
    expect((await refusal(copy({ CopySourceIfModifiedSince: new Date(Date.now() + 60_000) }))).status).toBe(
      412,
    );
  });

  test('onto itself must change something', async () => {
    await put();
    const itself = { Bucket: 'versioned', Key };
    expect((await refusal(copy(itself))).name).toBe('InvalidRequest');
    await copy({ ...itself, MetadataDirective: 'REPLACE', Metadata: { b: '2' } });
    const object = await endpoint.client.send(new GetObjectCommand(itself));
    expect(await object.Body!.transformToString()).toBe('first');
    expect(object.Metadata).toEqual({ b: '2' });
  });

  test.each(['', 'versioned', '/versioned/', '%ff/%ff'])('of %j is refused', async (CopySource) => {
    expect((await refusal(copy({ CopySource: CopySource || ' ' }))).name).toBe('InvalidArgument');
  });

  test('of nothing is NoSuchKey, of no bucket NoSuchBucket', async () => {
    expect(await refusal(copy({ CopySource: 'versioned/nothing' }))).toMatchObject({
      name: 'NoSuchKey',
      status: 404,
    });
    expect(await refusal(copy({ CopySource: 'nothing/nothing' }))).toMatchObject({
      name: 'NoSuchBucket',
      status: 404,
    });
  });

  test('needs permission for each of its actions', async () => {
    await put();
    endpoint.calls.length = 0;
    await copy();
    expect(endpoint.calls).toEqual([
      { action: 's3:GetObject', resource: `arn:aws:s3:::versioned/${Key}` },
      { action: 's3:GetObjectTagging', resource: `arn:aws:s3:::versioned/${Key}` },
      { action: 's3:PutObject', resource: 'arn:aws:s3:::plain/copy' },
      { action: 's3:PutObjectTagging', resource: 'arn:aws:s3:::plain/copy' },
    ]);
    endpoint.denied.set('s3:GetObject', new AwsError('AccessDenied', 'Access Denied', 403));
    expect((await refusal(copy())).status).toBe(403);
  });
});

describe('tags', () => {
  const replace = (TagSet: { Key: string; Value: string }[], VersionId?: string) =>
    endpoint.client.send(
      new PutObjectTaggingCommand({ Bucket: 'versioned', Key, Tagging: { TagSet }, VersionId }),
    );

  test('are read, replaced and removed, for each version on its own, and kept across a restart', async () => {
    const { VersionId } = await put();
    await put();
    await replace([{ Key: '<ü>', Value: '&' }], VersionId);
    endpoint = await endpoint.restart();
    expect(await tagsOf(Key, 'versioned', VersionId)).toEqual([{ Key: '<ü>', Value: '&' }]);
    expect(await tagsOf(Key, 'versioned')).toHaveLength(2);
    const found = await endpoint.client.send(new HeadObjectCommand({ Bucket: 'versioned', Key }));
    expect(found.TagCount).toBe(2);
    await endpoint.client.send(new DeleteObjectTaggingCommand({ Bucket: 'versioned', Key }));
    expect(await tagsOf(Key, 'versioned')).toEqual([]);
  });

  test.each([
    [
      'more than ten',
      Array.from({ length: 11 }, (_, index) => ({ Key: `${index}`, Value: '' })),
      'BadRequest',
    ],
    [
      'twice the same',
      [
        { Key: 'a', Value: '1' },
        { Key: 'a', Value: '2' },
      ],
      'InvalidTag',
    ],
    ['too long a key', [{ Key: 'k'.repeat(129), Value: '' }], 'InvalidTag'],
    ['too long a value', [{ Key: 'k', Value: 'v'.repeat(257) }], 'InvalidTag'],
  ])('%s are refused', async (_, tags, name) => {
    await put();
    expect(await refusal(replace(tags))).toMatchObject({ name, status: 400 });
  });

  test('need their own permissions', async () => {
    endpoint.calls.length = 0;
    await put();
    expect(endpoint.calls.map(({ action }) => action)).toEqual(['s3:PutObject', 's3:PutObjectTagging']);
  });
});
