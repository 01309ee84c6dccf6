import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { clientConfig } from '../../../../functions/lib/runtime/client-config';
import { ThumbnailBucket } from '../../../../functions/lib/storage/thumbnail-bucket';
import { type Asked, access, s3Error, script } from '../../server';
import { sourceAt, THUMBNAILS } from '../../support';

let server: Awaited<ReturnType<typeof script>> | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function bucketThat(
  answer: (response: ServerResponse, asked: Asked) => unknown,
  prefix = '',
): Promise<ThumbnailBucket> {
  server = await script((response, asked) => void answer(response, asked));
  const s3 = new S3Client({ ...clientConfig(), ...access, endpoint: server.endpoint });
  return new ThumbnailBucket(s3, THUMBNAILS, prefix);
}

const asked = () => server?.asked ?? [];
const ok = (response: ServerResponse, headers: Record<string, string> = {}) =>
  response.writeHead(200, { etag: '"thumb-1"', ...headers }).end();
const thumbnail = (sequencer: string, etag = '"thumb-1"') => ({
  etag,
  'content-length': '9876',
  'x-amz-meta-sequencer': sequencer,
  'x-amz-meta-preset': '0123456789ab',
});

const KEY = 'uploads/canyon.jpg/thumbnail.jpg';
const HEADERS = { ContentType: 'image/jpeg', CacheControl: 'public, max-age=1209600' };

describe('looking at a key', () => {
  test('finds nothing', async () => {
    const bucket = await bucketThat((response) => response.writeHead(404).end());
    expect(await bucket.find(KEY)).toBeNull();
  });

  test('finds a thumbnail with the version and the preset it was made from', async () => {
    const bucket = await bucketThat((response) => ok(response, thumbnail('0A')));
    expect(await bucket.find(KEY)).toEqual({
      etag: '"thumb-1"',
      sequencer: '0A',
      preset: '0123456789ab',
      bytes: 9876,
    });
    expect(asked()[0]).toMatchObject({ method: 'HEAD', url: `/${THUMBNAILS}/${KEY}` });
  });

  test('finds an object of unknown origin, which is older than any thumbnail', async () => {
    const bucket = await bucketThat((response) => ok(response, { 'content-length': '3' }));
    expect(await bucket.find(KEY)).toEqual({ etag: '"thumb-1"', sequencer: '', preset: '', bytes: 3 });
  });
});

test('a look that is denied fails unchanged: it is not the same as finding nothing', async () => {
  const bucket = await bucketThat((response) => response.writeHead(403).end());
  await expect(bucket.find(KEY)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
});

describe('opening a thumbnail', () => {
  const headers = {
    'content-type': 'image/jpeg',
    'cache-control': 'public, max-age=1209600',
    'last-modified': 'Thu, 12 Mar 2026 02:08:00 GMT',
    'content-length': '9',
  };

  test('has its headers, and is read on demand', async () => {
    const bucket = await bucketThat((response) =>
      response.writeHead(200, { etag: '"thumb-1"', ...headers }).end('thumbnail'),
    );
    const stored = await bucket.open(KEY);
    expect(stored).toMatchObject({
      etag: '"thumb-1"',
      contentType: 'image/jpeg',
      cacheControl: 'public, max-age=1209600',
      lastModified: new Date('2026-03-12T02:08:00Z'),
      bytes: 9,
    });
    expect((await stored?.read())?.toString()).toBe('thumbnail');
    expect(asked()[0]).toMatchObject({ method: 'GET', url: `/${THUMBNAILS}/${KEY}?x-id=GetObject` });
  });

  test('frees the connection if it is not read', async () => {
    let closed: Promise<unknown> | undefined;
    const bucket = await bucketThat((response) => {
      closed = once(response, 'close');
      response.writeHead(200, { etag: '"thumb-1"', ...headers, 'content-length': '1000000' }).write('thumb');
    });
    (await bucket.open(KEY))?.discard();
    await closed;
  });

  test('finds nothing', async () => {
    const bucket = await bucketThat((response) => s3Error(response, 404, 'NoSuchKey'));
    expect(await bucket.open(KEY)).toBeNull();
  });

  test('that is denied fails unchanged', async () => {
    const bucket = await bucketThat((response) => s3Error(response, 403, 'AccessDenied'));
    await expect(bucket.open(KEY)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('writing a thumbnail', () => {
  const data = Buffer.from('thumbnail');
  const source = sourceAt(10, { key: 'uploads/Größe + 東京.jpg' });
  const origin = { source, bytes: 466_123, hash: '0123456789ab' };

  test('carries its origin as ASCII metadata, its headers and its precondition', async () => {
    const bucket = await bucketThat((response) => ok(response));
    expect(await bucket.write(KEY, data, origin, { IfNoneMatch: '*' }, HEADERS)).toBe(true);
    expect(asked()[0]).toMatchObject({
      method: 'PUT',
      headers: {
        'if-none-match': '*',
        'content-type': 'image/jpeg',
        'cache-control': 'public, max-age=1209600',
        'x-amz-meta-source-bucket': source.bucket,
        'x-amz-meta-source-key': 'uploads%2FGr%C3%B6%C3%9Fe%20%2B%20%E6%9D%B1%E4%BA%AC.jpg',
        'x-amz-meta-source-version': 'version-10',
        'x-amz-meta-source-bytes': '466123',
        'x-amz-meta-sequencer': source.sequencer,
        'x-amz-meta-preset': '0123456789ab',
      },
    });
  });

  test('over another one only replaces that one', async () => {
    const bucket = await bucketThat((response) => ok(response));
    await bucket.write(KEY, data, origin, { IfMatch: '"thumb-1"' }, HEADERS);
    expect(asked()[0]?.headers).toMatchObject({ 'if-match': '"thumb-1"' });
    expect(asked()[0]?.headers).not.toHaveProperty('if-none-match');
  });

  test('names the etag if the source has no version', async () => {
    const bucket = await bucketThat((response) => ok(response));
    const unversioned = { ...origin, source: sourceAt(10, { version: null }) };
    await bucket.write(KEY, data, unversioned, { IfNoneMatch: '*' }, HEADERS);
    expect(asked()[0]?.headers).toMatchObject({ 'x-amz-meta-source-version': 'etag-10' });
  });

  test('keeps within the 2 KB of metadata even for the longest key', async () => {
    const bucket = await bucketThat((response) => ok(response));
    const key = '京'.repeat(341);
    await bucket.write(KEY, data, { ...origin, source: sourceAt(1, { key }) }, { IfNoneMatch: '*' }, HEADERS);
    const metadata = Object.entries(asked()[0]?.headers ?? {}).filter(([name]) =>
      name.startsWith('x-amz-meta-'),
    );
    expect(Object.fromEntries(metadata)['x-amz-meta-source-key']).toBe(
      `sha256:${createHash('sha256').update(key).digest('hex')}`,
    );
    const size = metadata.map(([name, value]) => name.slice('x-amz-meta-'.length) + value).join('').length;
    expect(size).toBeLessThanOrEqual(2048);
  });

  test.each([
    [1_200, /^a+$/],
    [1_201, /^sha256:[0-9a-f]{64}$/],
  ])('names a key of %d characters as %s', async (length, expected) => {
    const bucket = await bucketThat((response) => ok(response));
    const source = sourceAt(1, { key: 'a'.repeat(length) });
    await bucket.write(KEY, data, { ...origin, source }, { IfNoneMatch: '*' }, HEADERS);
    expect(asked()[0]?.headers['x-amz-meta-source-key']).toMatch(expected);
  });

  test.each([
    [412, 'PreconditionFailed'],
    [409, 'ConditionalRequestConflict'],
    [404, 'NoSuchKey'],
  ])('if the key has changed in the meantime (%d %s) is not an error', async (status, code) => {
    const bucket = await bucketThat((response) => s3Error(response, status, code));
    expect(await bucket.write(KEY, data, origin, { IfMatch: '"thumb-1"' }, HEADERS)).toBe(false);
  });

  test('that is denied fails unchanged', async () => {
    const bucket = await bucketThat((response) => s3Error(response, 403, 'AccessDenied'));
    await expect(bucket.write(KEY, data, origin, { IfNoneMatch: '*' }, HEADERS)).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});

describe('removing a thumbnail up to a version', () => {
  test.each([
    ['older', '09'],
    ['same', '0A'],
    ['unknown', ''],
  ])('removes one of the %s version, if it is still that one', async (_, sequencer) => {
    const bucket = await bucketThat((response, { method }) => {
      if (method === 'HEAD') return ok(response, thumbnail(sequencer));
      return response.writeHead(204).end();
    });
    await bucket.removeUpTo('0A', KEY);
    expect(asked().map(({ method }) => method)).toEqual(['HEAD', 'DELETE']);
    expect(asked()[1]?.headers).toMatchObject({ 'if-match': '"thumb-1"' });
  });

  test('leaves one of a newer version', async () => {
    const bucket = await bucketThat((response) => ok(response, thumbnail('0B')));
    await bucket.removeUpTo('0A', KEY);
    expect(asked().map(({ method }) => method)).toEqual(['HEAD']);
  });

  test("ignores keys outside the thumbnails' prefix, which a record from earlier settings may contain", async () => {
    const bucket = await bucketThat((response, { method }) => {
      if (method === 'HEAD') return ok(response, thumbnail('09'));
      return response.writeHead(204).end();
    }, 'thumbs/');
    await bucket.removeUpTo('0A', KEY);
    expect(asked()).toEqual([]);
    await bucket.removeUpTo('0A', `thumbs/${KEY}`);
    expect(asked().map(({ method }) => method)).toEqual(['HEAD', 'DELETE']);
  });

  test('is done if there is none', async () => {
    const bucket = await bucketThat((response) => response.writeHead(404).end());
    await bucket.removeUpTo('0A', KEY);
    expect(asked()).toHaveLength(1);
  });

  test('looks again if the key has changed in the meantime, and leaves the newer one it then finds', async () => {
    let found = thumbnail('09', '"thumb-1"');
    const bucket = await bucketThat((response, { method }) => {
      if (method === 'HEAD') return ok(response, found);
      found = thumbnail('0B', '"thumb-2"');
      return s3Error(response, 412, 'PreconditionFailed');
    });
    await bucket.removeUpTo('0A', KEY);
    expect(asked().map(({ method }) => method)).toEqual(['HEAD', 'DELETE', 'HEAD']);
  });
});

describe('removing a thumbnail from before a version', () => {
  test.each([
    ['older', '09', ['HEAD', 'DELETE']],
    ['same', '0A', ['HEAD']],
    ['newer', '0B', ['HEAD']],
  ])('if there is one of the %s version', async (_, sequencer, methods) => {
    const bucket = await bucketThat((response, { method }) => {
      if (method === 'HEAD') return ok(response, thumbnail(sequencer));
      return response.writeHead(204).end();
    });
    await bucket.removeBefore('0A', KEY);
    expect(asked().map(({ method }) => method)).toEqual(methods);
  });
});
