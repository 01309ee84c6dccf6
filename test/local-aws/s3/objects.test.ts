import { createReadStream, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { AwsError } from '../../../local-aws/service';
import { bytes, type Endpoint, refusal, startEndpoint } from './harness';

let endpoint: Endpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => endpoint.stop());

const Bucket = 'plain';
const put = (Key: string, Body: Buffer | string | Readable = 'body', more = {}) =>
  endpoint.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (Key: string, more = {}) => {
  const { Body, ...rest } = await endpoint.client.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...rest, bytes: Buffer.from(await Body!.transformToByteArray()) };
};
const head = (Key: string, more = {}) =>
  endpoint.client.send(new HeadObjectCommand({ Bucket, Key, ...more }));

describe('an object', () => {
  test.each([0, 1, 5_000_000])('of %i bytes comes back unchanged', async (size) => {
    const content = bytes(size);
    const { ETag } = await put('key', content);
    const object = await get('key');
    expect(object.bytes.equals(content)).toBe(true);
    expect(object).toMatchObject({ ETag, ContentLength: size, AcceptRanges: 'bytes' });
  });

  test('sent as a stream, which the SDK frames as aws-chunked, comes back without the framing', async () => {
    const content = bytes(300_000);
    const path = join(endpoint.dataDir, 'to-upload');
    writeFileSync(path, content);
    await put('stream', createReadStream(path));
    const object = await get('stream');
    expect(object.bytes.equals(content)).toBe(true);
    expect(object.ContentEncoding).toBeUndefined();
  });

  test('keeps its headers and metadata', async () => {
    const described = {
      ContentType: 'image/png',
      CacheControl: 'max-age=1209600',
      ContentDisposition: 'attachment; filename="a.png"',
      ContentEncoding: 'gzip',
      ContentLanguage: 'de',
      StorageClass: 'STANDARD_IA' as const,
      Metadata: { source: 'a%20b', 'with-dash': 'x' },
    };
    await put('key', 'body', { ...described, Expires: new Date('2030-01-01T00:00:00Z') });
    const found = await head('key');
    expect(found).toMatchObject(described);
    expect(found.ExpiresString).toBe('Tue, 01 Jan 2030 00:00:00 GMT');
  });

  test('is replaced as a whole', async () => {
    await put('key', bytes(1000), { Metadata: { old: '1' } });
    await put('key', 'new');
    const object = await get('key');
    expect(object.bytes.toString()).toBe('new');
    expect(object.Metadata).toEqual({});
    expect(filesUnder(endpoint.dataDir).filter((name) => name.endsWith('.data'))).toHaveLength(1);
  });

  test('is gone after it was deleted, and nothing of it stays on disk', async () => {
    await put('key');
    expect(await endpoint.client.send(new DeleteObjectCommand({ Bucket, Key: 'key' }))).toMatchObject({
      $metadata: { httpStatusCode: 204 },
    });
    expect(await refusal(get('key'))).toMatchObject({ name: 'NoSuchKey', status: 404, Key: 'key' });
    expect(filesUnder(endpoint.dataDir)).toEqual(['sequencer']);
  });

  test('that was never there can be deleted, without an event', async () => {
    await endpoint.client.send(new DeleteObjectCommand({ Bucket, Key: 'nothing' }));
    expect(endpoint.events).toEqual([]);
  });

  test('with more than 2 KB of metadata is refused', async () => {
    expect(await refusal(put('key', 'x', { Metadata: { a: 'x'.repeat(2048) } }))).toMatchObject({
      name: 'MetadataTooLarge',
    });
  });

  test('with an ACL is refused, as in a bucket with ObjectOwnership BucketOwnerEnforced', async () => {
    expect(await refusal(put('key', 'x', { ACL: 'public-read' }))).toMatchObject({
      name: 'AccessControlListNotSupported',
    });
    await put('key', 'x', { ACL: 'bucket-owner-full-control' });
  });
});

describe('any legal key', () => {
  const keys = [
    'plain.jpg',
    'with space',
    'a+b',
    '%20',
    '%2F',
    'a//b',
    '/leading',
    '//',
    'trailing/',
    '.',
    '..',
    '../../etc/passwd',
    'dots/../up',
    './here',
    'ünïcødé',
    'e\u0301 is not é',
    '日本語/写真.jpg',
    '😀',
    '"quotes" and \'apostrophes\'',
    '<xml>&amp;</xml>',
    '?query=1&b#fragment',
    'back\\slash',
    'tab\tand\nnewline\rreturn',
    'control\u0001\u001f\u007f',
    '$(rm -rf)`;|*!~',
    'CON',
    'a'.repeat(1024),
    'ü'.repeat(512),
  ];

  test.each(keys)('%j is stored, found, listed and deleted', async (Key) => {
    await put(Key, Key);
    expect((await get(Key)).bytes.toString()).toBe(Key);
    expect((await head(Key)).ContentLength).toBe(Buffer.byteLength(Key));
    const { Contents } = await endpoint.client.send(
      new ListObjectsV2Command({ Bucket, EncodingType: 'url' }),
    );
    expect(Contents?.map((object) => decodeURIComponent(object.Key!.replaceAll('+', ' ')))).toEqual([Key]);
    expect(endpoint.events.at(-1)?.detail.object.key).toBe(Key);
    const { Deleted } = await endpoint.client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: xmlSafe(Key) ? Key : 'other' }] } }),
    );
    expect(Deleted).toHaveLength(1);
    if (xmlSafe(Key)) expect((await refusal(get(Key))).name).toBe('NoSuchKey');
  });

  test('all of them are different objects, kept apart on disk', async () => {
    for (const key of keys) await put(key, key);
    for (const key of keys) expect((await get(key)).bytes.toString()).toBe(key);
    for (const name of filesUnder(endpoint.dataDir)) {
      expect(name).toMatch(/^plain\/objects\/[0-9a-f]{64}\/(null\.json|[0-9a-f-]{36}\.data)$/);
    }
  });

  test('listed without encoding survives XML', async () => {
    const listable = keys.filter(xmlSafe);
    for (const key of listable) await put(key, 'x');
    const { Contents } = await endpoint.client.send(new ListObjectsV2Command({ Bucket }));
    expect(new Set(Contents?.map(({ Key }) => Key))).toEqual(new Set(listable));
  });

  test.each(['a'.repeat(1025), 'ü'.repeat(513)])('is at most 1,024 bytes long', async (key) => {
    expect(await refusal(put(key))).toMatchObject({ name: 'KeyTooLongError', status: 400 });
  });
});

describe('ranges', () => {
  const content = bytes(1000);
  beforeEach(() => put('key', content));

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=10-19', 10, 19],
    ['bytes=990-', 990, 999],
    ['bytes=-10', 990, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=500-5000', 500, 999],
  ])('%s is answered with those bytes', async (Range, start, end) => {
    const object = await get('key', { Range });
    expect(object.bytes.equals(content.subarray(start, end + 1))).toBe(true);
    expect(object).toMatchObject({
      ContentRange: `bytes ${start}-${end}/1000`,
      ContentLength: end - start + 1,
      $metadata: { httpStatusCode: 206 },
    });
    expect(object.ChecksumCRC32).toBeUndefined();
    expect(await head('key', { Range })).toMatchObject({ ContentLength: end - start + 1 });
  });

  test.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])('%s is refused', async (Range) => {
    expect(await refusal(get('key', { Range }))).toMatchObject({
      name: 'InvalidRange',
      status: 416,
      ActualObjectSize: '1000',
    });
  });

  test.each(['bytes=9-1', 'bytes=-', 'bytes=1-2,4-5', 'lines=1-2'])('%s is ignored', async (Range) => {
    expect((await get('key', { Range })).bytes).toHaveLength(1000);
  });

  test('of an empty object do not exist', async () => {
    await put('empty', Buffer.alloc(0));
    expect(await refusal(get('empty', { Range: 'bytes=0-' }))).toMatchObject({ name: 'InvalidRange' });
  });
});

describe('conditional reads', () => {
  const before = new Date(Date.now() - 60_000);
  const after = new Date(Date.now() + 60_000);
  let etag: string;
  beforeEach(async () => {
    etag = (await put('key')).ETag!;
  });

  test.each([
    ['IfMatch, the same', () => ({ IfMatch: etag }), 200],
    ['IfMatch, without quotes', () => ({ IfMatch: etag.replaceAll('"', '') }), 200],
    ['IfMatch *', () => ({ IfMatch: '*' }), 200],
    ['IfMatch, another', () => ({ IfMatch: '"x"' }), 412],
    ['IfNoneMatch, the same', () => ({ IfNoneMatch: etag }), 304],
    ['IfNoneMatch, another', () => ({ IfNoneMatch: '"x"' }), 200],
    ['IfModifiedSince before', () => ({ IfModifiedSince: before }), 200],
    ['IfModifiedSince after', () => ({ IfModifiedSince: after }), 304],
    ['IfUnmodifiedSince before', () => ({ IfUnmodifiedSince: before }), 412],
    ['IfUnmodifiedSince after', () => ({ IfUnmodifiedSince: after }), 200],
    ['IfMatch, which overrides the date', () => ({ IfMatch: etag, IfUnmodifiedSince: before }), 200],
    ['IfNoneMatch, which overrides the date', () => ({ IfNoneMatch: '"x"', IfModifiedSince: after }), 200],
  ])('%s', async (_, condition, status) => {
    for (const read of [get, head]) {
      const outcome = read('key', condition());
      if (status === 200) expect((await outcome).$metadata.httpStatusCode).toBe(200);
      else expect((await refusal(outcome)).status).toBe(status);
    }
  });
});

describe('an object whose existence the caller may not know', () => {
  const denied = new AwsError('AccessDenied', 'Access Denied', 403);

  test('is answered with 403 rather than 404', async () => {
    endpoint.denied.set('s3:ListBucket', denied);
    expect(await refusal(get('nothing'))).toMatchObject({ name: 'AccessDenied', status: 403 });
    expect((await refusal(head('nothing'))).status).toBe(403);
  });

  test('is answered with 403 although it exists', async () => {
    await put('key');
    endpoint.denied.set('s3:GetObject', denied);
    expect(await refusal(get('key'))).toMatchObject({ name: 'AccessDenied', status: 403 });
  });
});

test('a refused upload leaves nothing behind and sends no event', async () => {
  endpoint.denied.set('s3:PutObject', new AwsError('AccessDenied', 'Access Denied', 403));
  expect((await refusal(put('key', bytes(3_000_000)))).status).toBe(403);
  expect(filesUnder(endpoint.dataDir)).toEqual([]);
  expect(endpoint.events).toEqual([]);
});

test('DeleteObjects answers for each key, and only for failures when quiet', async () => {
  for (const key of ['a', 'b', 'c']) await put(key);
  const remove = (keys: string[], Quiet = false) =>
    endpoint.client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Quiet, Objects: keys.map((Key) => ({ Key })) } }),
    );
  expect((await remove(['a', 'nothing'])).Deleted?.map(({ Key }) => Key)).toEqual(['a', 'nothing']);
  expect((await remove(['b'], true)).Deleted).toBeUndefined();
  endpoint.denied.set('s3:DeleteObject', new AwsError('AccessDenied', 'Access Denied', 403));
  expect((await remove(['c'], true)).Errors).toEqual([
    { Key: 'c', Code: 'AccessDenied', Message: 'Access Denied' },
  ]);
});

function xmlSafe(key: string): boolean {
  // The SDK puts control characters into XML unescaped, and no XML parser accepts them.
  return ![...key].some((character) => character < ' ' || character === '\u007f');
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(directory.length + 1));
}
