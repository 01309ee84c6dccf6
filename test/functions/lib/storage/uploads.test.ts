import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import {
  CorruptImage,
  EmptyObject,
  ImageTooLarge,
  NotYetVisible,
  Superseded,
} from '../../../../contract/errors';
import { clientConfig } from '../../../../functions/lib/runtime/client-config';
import { currentVersion, readHead, readVersion } from '../../../../functions/lib/storage/uploads';
import { access, s3Error, script } from '../../server';
import { sourceAt } from '../../support';

const versioned = sourceAt(1, { key: 'uploads/Größe + 100%20.jpg' });
const unversioned = sourceAt(1, { version: null });
const suspended = sourceAt(1, { version: 'null' });
const limits = { bytes: 100, pixels: 1, side: 1 };

let server: Awaited<ReturnType<typeof script>> | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function s3(answer: (response: ServerResponse) => unknown): Promise<S3Client> {
  server = await script((response) => void answer(response));
  return new S3Client({ ...clientConfig(), ...access, endpoint: server.endpoint });
}

const object = (body: string | Buffer, headers: Record<string, string> = {}, status = 200) => {
  const length = String(Buffer.byteLength(body));
  return (response: ServerResponse) =>
    response
      .writeHead(status, {
        etag: '"etag-1"',
        'x-amz-version-id': 'version-1',
        'content-length': length,
        ...headers,
      })
      .end(body);
};

/** The start of a large object, whose rest is sent only if someone reads on, and whether its connection was closed. */
function unending(headers: Record<string, string> = {}) {
  let answer = (_: ServerResponse) => {};
  const closed = new Promise<void>((resolve) => {
    answer = (response) => {
      response.on('close', resolve).writeHead(200, {
        etag: '"etag-1"',
        'x-amz-version-id': 'version-1',
        'content-length': '1000000',
        ...headers,
      });
      response.write('the start');
    };
  });
  return { answer, closed };
}

describe('the current version of an object', () => {
  test('has its version, its etag without quotes, and its size', async () => {
    const client = await s3(object('', { 'content-length': '466123' }));
    expect(await currentVersion(client, versioned)).toEqual({
      version: 'version-1',
      etag: 'etag-1',
      size: 466_123,
    });
    expect(server?.asked).toMatchObject([{ method: 'HEAD', url: expect.not.stringContaining('versionId') }]);
  });

  test('has no version where the bucket has none', async () => {
    const client = await s3((response) =>
      response.writeHead(200, { etag: '"e"', 'content-length': '3' }).end(),
    );
    expect(await currentVersion(client, unversioned)).toEqual({ version: null, etag: 'e', size: 3 });
  });

  test('is null if there is no object, or a delete marker', async () => {
    expect(await currentVersion(await s3((response) => s3Error(response, 404, '')), versioned)).toBeNull();
  });

  test.each([403, 500])('is unknown if S3 answers %d', async (status) => {
    const client = await s3((response) => s3Error(response, status, ''));
    await expect(currentVersion(client, versioned)).rejects.toMatchObject({
      $metadata: { httpStatusCode: status },
    });
  });
});

describe('reading the head of an object', () => {
  test('requests its first bytes and also gets its whole size', async () => {
    const client = await s3(object('0123456789', { 'content-range': 'bytes 0-9/466123' }, 206));
    const { bytes, totalBytes } = await readHead(client, versioned, 10, limits);
    expect(Buffer.from(bytes).toString()).toBe('0123456789');
    expect(totalBytes).toBe(466_123);
    expect(server?.asked[0]).toMatchObject({ method: 'GET', headers: { range: 'bytes=0-9' } });
    expect(server?.asked[0]?.url).toContain('/uploads/Gr%C3%B6%C3%9Fe%20%2B%20100%2520.jpg');
  });

  test('reads all of an object that is shorter', async () => {
    const client = await s3(object('abc', { 'content-range': 'bytes 0-2/3' }, 206));
    expect(await readHead(client, versioned, 10, limits)).toMatchObject({ totalBytes: 3 });
  });

  test('is at most as long as requested, and its size right, even if S3 sends all of it', async () => {
    const { bytes, totalBytes } = await readHead(await s3(object('0123456789')), versioned, 4, limits);
    expect([Buffer.from(bytes).toString(), totalBytes]).toEqual(['0123', 10]);
  });

  test('is whole if it comes in pieces of unknown number', async () => {
    const client = await s3((response) => {
      response.writeHead(206, {
        etag: '"etag-1"',
        'x-amz-version-id': 'version-1',
        'content-range': 'bytes 0-5/6',
      });
      response.write('012', () => setImmediate(() => response.end('345')));
    });
    const { bytes } = await readHead(client, versioned, 10, limits);
    expect(Buffer.from(bytes).toString()).toBe('012345');
  });

  test.each([
    ['of another version', { 'x-amz-version-id': 'version-2' }],
    ['that is packed, and so is read anew', { 'content-encoding': 'gzip' }],
  ])('frees the connection of an object %s', async (_, headers) => {
    const { answer, closed } = unending(headers);
    let requests = 0;
    const client = await s3((response) => (requests++ === 0 ? answer : object('x'))(response));
    await readHead(client, versioned, 1_000_000, limits).catch(() => {});
    await closed;
  });

  test('requests the current object rather than the version, which shows whether the event is current', async () => {
    const client = await s3(object('abc', { 'content-range': 'bytes 0-2/3' }, 206));
    await readHead(client, versioned, 10, limits);
    expect(server?.asked[0]?.url).not.toContain('versionId');
  });

  test.each([
    [
      'another version',
      versioned,
      { 'x-amz-version-id': 'version-2' },
      'is now version-2 (etag-1); this event is for version-1 (etag-1)',
    ],
    ['other content', unversioned, { etag: '"etag-2"' }, 'is now etag-2; this event is for etag-1'],
    [
      'other content in the version "null", which is every one of a bucket whose versioning was suspended',
      suspended,
      { 'x-amz-version-id': 'null', etag: '"etag-2"' },
      'is now null (etag-2); this event is for null (etag-1)',
    ],
  ])('is superseded by %s', async (_, source, headers, message) => {
    const client = await s3(object('abc', { 'content-range': 'bytes 0-2/3', ...headers }, 206));
    const reading = readHead(client, source, 10, limits);
    await expect(reading).rejects.toBeInstanceOf(Superseded);
    await expect(reading).rejects.toThrow(message);
  });

  test('fails with EmptyObject for an object of 0 bytes, which has no ranges', async () => {
    const client = await s3((response) => s3Error(response, 416, 'InvalidRange'));
    const reading = readHead(client, versioned, 10, limits);
    await expect(reading).rejects.toBeInstanceOf(EmptyObject);
    await expect(reading).rejects.toThrow(
      `Expected an image at s3://${versioned.bucket}/${versioned.key} but the object has 0 bytes. Upload it again`,
    );
  });

  test('is superseded by the deletion if a delete marker hides the object', async () => {
    const client = await s3((response) => {
      response.setHeader('x-amz-delete-marker', 'true');
      s3Error(response, 404, 'NoSuchKey');
    });
    await expect(readHead(client, versioned, 10, limits)).rejects.toBeInstanceOf(Superseded);
  });

  test('is for the caller to judge if the object is simply not there', async () => {
    const client = await s3((response) => s3Error(response, 404, 'NoSuchKey'));
    const reading = readHead(client, versioned, 10, limits);
    await expect(reading).rejects.toBeInstanceOf(NotYetVisible);
    await expect(reading).rejects.toThrow(
      `S3 has no object s3://${versioned.bucket}/${versioned.key}, and doesn't say that it was deleted`,
    );
  });

  test('is superseded by no other value of the header that stands for a delete marker', async () => {
    const client = await s3((response) => {
      response.setHeader('x-amz-delete-marker', 'false');
      s3Error(response, 404, 'NoSuchKey');
    });
    await expect(readHead(client, versioned, 10, limits)).rejects.toBeInstanceOf(NotYetVisible);
  });
});

describe('reading a version', () => {
  test('requests exactly that version', async () => {
    const client = await s3(object('whole'));
    expect(Buffer.from(await readVersion(client, versioned, limits)).toString()).toBe('whole');
    expect(server?.asked[0]?.url).toContain('versionId=version-1');
  });

  test('requests exactly that content for the version "null" too', async () => {
    const client = await s3(object('whole', { 'x-amz-version-id': 'null' }));
    await readVersion(client, suspended, limits);
    expect(server?.asked[0]?.headers).toMatchObject({ 'if-match': '"etag-1"' });
    expect(server?.asked[0]?.url).toContain('versionId=null');
  });

  test('requests exactly that content if the bucket is not versioned', async () => {
    const client = await s3(object('whole'));
    await readVersion(client, unversioned, limits);
    expect(server?.asked[0]?.headers).toMatchObject({ 'if-match': '"etag-1"' });
    expect(server?.asked[0]?.url).not.toContain('versionId');
  });

  test.each([
    [404, 'NoSuchVersion'],
    [405, 'MethodNotAllowed'],
    [412, 'PreconditionFailed'],
  ])('that is gone (%d %s) is superseded', async (status, code) => {
    const client = await s3((response) => s3Error(response, status, code));
    const reading = readVersion(client, versioned, limits);
    await expect(reading).rejects.toBeInstanceOf(Superseded);
    await expect(reading).rejects.toThrow(`(version version-1) was replaced or deleted: ${code}`);
  });

  test('that was overwritten where there are no versions is superseded, and named by its etag', async () => {
    const client = await s3((response) => s3Error(response, 412, 'PreconditionFailed'));
    await expect(readVersion(client, unversioned, limits)).rejects.toThrow(
      `s3://${unversioned.bucket}/${unversioned.key} (version etag-1) was replaced or deleted: PreconditionFailed`,
    );
  });

  test('is for the caller to judge if the object is simply not there', async () => {
    const client = await s3((response) => s3Error(response, 404, 'NoSuchKey'));
    await expect(readVersion(client, versioned, limits)).rejects.toBeInstanceOf(NotYetVisible);
  });

  test('that may not be read fails unchanged: a missing permission is not a deletion', async () => {
    const client = await s3((response) => s3Error(response, 403, 'AccessDenied'));
    await expect(readVersion(client, versioned, limits)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('of exactly the limit is read', async () => {
    const client = await s3(object('x'.repeat(100)));
    expect(await readVersion(client, versioned, limits)).toHaveLength(100);
  });

  test('is read whole, however many pieces it comes in', async () => {
    const bytes = Buffer.alloc(300_000, 'piece of ');
    const read = await readVersion(await s3(object(bytes)), versioned, { ...limits, bytes: 400_000 });
    expect(bytes.equals(read)).toBe(true);
  });

  test('above the limit is refused because of its header', async () => {
    const client = await s3(object('x'.repeat(101)));
    const reading = readVersion(client, versioned, limits);
    await expect(reading).rejects.toBeInstanceOf(ImageTooLarge);
    await expect(reading).rejects.toThrow('The file has 101 bytes; at most 100 are allowed.');
  });

  test('above the limit frees its connection', async () => {
    const { answer, closed } = unending();
    const reading = readVersion(await s3(answer), versioned, limits);
    await expect(reading).rejects.toThrow('The file has 1,000,000 bytes; at most 100 are allowed.');
    await closed;
  });

  test('that turns out to be longer while it streams is refused, and its download is stopped', async () => {
    let givenUp: Promise<unknown> | undefined;
    const client = await s3((response) => {
      givenUp = once(response, 'close');
      response.writeHead(200, { etag: '"etag-1"', 'x-amz-version-id': 'version-1' });
      const send = () => response.write(Buffer.alloc(65_536), (error) => error || setImmediate(send));
      send();
    });
    await expect(readVersion(client, versioned, limits)).rejects.toBeInstanceOf(ImageTooLarge);
    await givenUp;
  });
});

describe('an object stored with Content-Encoding: gzip', () => {
  const packed = { 'content-encoding': 'gzip' };
  const read = async (body: string | Buffer) =>
    readVersion(await s3(object(body, packed)), versioned, limits);

  test('is unpacked', async () => {
    expect(Buffer.from(await read(gzipSync('an image'))).toString()).toBe('an image');
  });

  test('is read whole for its head: that tells how many bytes the image has', async () => {
    const client = await s3(object(gzipSync('an image'), packed));
    const { bytes, totalBytes } = await readHead(client, versioned, 4, limits);
    expect([Buffer.from(bytes).toString(), totalBytes]).toEqual(['an image', 8]);
  });

  test('is taken as it is where it was never packed', async () => {
    expect(Buffer.from(await read('an image')).toString()).toBe('an image');
  });

  test('may unpack to exactly the limit of bytes', async () => {
    expect(await read(gzipSync(Buffer.alloc(100)))).toHaveLength(100);
  });

  test('is refused at the first byte past the limit, whatever would follow', async () => {
    const reading = read(gzipSync(Buffer.alloc(50_000)));
    await expect(reading).rejects.toBeInstanceOf(ImageTooLarge);
    await expect(reading).rejects.toThrow('The file has 101 bytes; at most 100 are allowed.');
  });

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, -9)],
    [
      'damaged',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 12), Buffer.from('zzzz'), bytes.subarray(16)]),
    ],
  ])('is corrupt if it is %s', async (_, damage) => {
    const reading = read(damage(gzipSync('an image, '.repeat(9))));
    await expect(reading).rejects.toBeInstanceOf(CorruptImage);
    await expect(reading).rejects.toThrow(
      /"Content-Encoding: gzip", and its packed bytes are damaged or cut off/,
    );
  });
});
