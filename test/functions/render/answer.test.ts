import type { Stored } from '../../../functions/lib/storage/thumbnail-bucket';
import { answerWith, MAX_BODY_BYTES } from '../../../functions/render/answer';

const LAST_MODIFIED = new Date('2026-03-12T02:08:00.400Z');

function stored(changes: Partial<Stored> = {}) {
  const calls: string[] = [];
  const thumbnail: Stored = {
    etag: '"thumb-1"',
    contentType: 'image/jpeg',
    cacheControl: 'public, max-age=31536000',
    lastModified: LAST_MODIFIED,
    bytes: 3,
    read: async () => {
      calls.push('read');
      return Buffer.from([0xff, 0xd8, 0xff]);
    },
    discard: () => void calls.push('discard'),
    ...changes,
  };
  return { thumbnail, calls };
}

const headers = {
  'content-type': 'image/jpeg',
  etag: '"thumb-1"',
  'cache-control': 'public, max-age=31536000',
  'last-modified': 'Thu, 12 Mar 2026 02:08:00 GMT',
};
const { 'content-type': _, ...validators } = headers;

test('GET is answered with the thumbnail, as S3 would', async () => {
  const { thumbnail, calls } = stored();
  expect(await answerWith(thumbnail, { method: 'GET' })).toEqual({
    statusCode: 200,
    headers,
    body: '/9j/',
    isBase64Encoded: true,
  });
  expect(calls).toEqual(['read']);
});

test('HEAD is answered with the headers alone', async () => {
  const { thumbnail, calls } = stored();
  expect(await answerWith(thumbnail, { method: 'HEAD' })).toEqual({ statusCode: 200, headers });
  expect(calls).toEqual(['discard']);
});

test.each(['"thumb-1"', 'W/"thumb-1"', '"thumb-0", "thumb-1"', '"thumb-0",W/"thumb-1"', '*', ' * '])(
  'is not sent again to a client that has it: If-None-Match: %s',
  async (ifNoneMatch) => {
    const { thumbnail, calls } = stored();
    const answer = await answerWith(thumbnail, { method: 'GET', ifNoneMatch });
    expect(answer).toEqual({ statusCode: 304, headers: validators });
    expect(calls).toEqual(['discard']);
  },
);

test.each(['"thumb-0"', 'thumb-1', '', '"thumb'])(
  'If-None-Match: %s names another one',
  async (ifNoneMatch) => {
    const { thumbnail } = stored();
    expect(await answerWith(thumbnail, { method: 'GET', ifNoneMatch })).toMatchObject({
      statusCode: 200,
    });
  },
);

test('only what is before a tag says that it is weak', async () => {
  const { thumbnail } = stored({ etag: '"aW/b"' });
  for (const ifNoneMatch of ['"aW/b"', 'W/"aW/b"']) {
    expect((await answerWith(thumbnail, { method: 'GET', ifNoneMatch })).statusCode).toBe(304);
  }
});

describe('a thumbnail too large for Lambda to return', () => {
  test('is answered with a redirect to its own address, which the CDN then finds, and which is not cached', async () => {
    const { thumbnail, calls } = stored({ bytes: MAX_BODY_BYTES + 1 });
    const answer = await answerWith(thumbnail, { method: 'GET' });
    expect(answer).toEqual({ statusCode: 302, headers: { location: '#', 'cache-control': 'no-store' } });
    expect(calls).toEqual(['discard']);
  });

  test.each([
    'https://cdn.example.com/a.jpg/large.jpg',
    'https://cdn.example.com/uploads/Gr~C3~B6~C3~9Fe.jpg/large.jpg?v=0123456789',
    'https://cdn.example.com/a.jpg/large.jpg?v=0123456789&Expires=1800003600&Key-Pair-Id=KONE&Signature=ab~c_',
  ])('has the address %s, with its signature, although the CDN passes none on', async (url) => {
    const { thumbnail } = stored({ bytes: MAX_BODY_BYTES + 1 });
    const { headers } = await answerWith(thumbnail, { method: 'GET' });
    expect(new URL(headers['location'] as string, url).href.replace(/#$/, '')).toBe(url);
  });

  test('begins once the whole answer would exceed 6,291,556 bytes', async () => {
    const { thumbnail } = stored({
      bytes: MAX_BODY_BYTES,
      read: async () => Buffer.alloc(MAX_BODY_BYTES),
    });
    const answer = await answerWith(thumbnail, { method: 'GET' });
    expect(answer.statusCode).toBe(200);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(6_291_556);
    expect(MAX_BODY_BYTES).toBeGreaterThan(4_700_000);
  });
});
