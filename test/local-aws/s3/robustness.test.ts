import { connect } from 'node:net';
import { Sha256 } from '@aws-crypto/sha256-js';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { type Endpoint, principal, REGION, startEndpoint } from './harness';

let endpoint: Endpoint;
let internalErrors: jest.SpyInstance;
beforeAll(async () => {
  internalErrors = jest.spyOn(console, 'error').mockImplementation();
  endpoint = await startEndpoint();
  await endpoint.client.send(new PutObjectCommand({ Bucket: 'versioned', Key: 'key', Body: 'body' }));
});
afterAll(() => endpoint.stop());

interface Sent {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: string;
}

/** Sends a request with a valid signature, whatever else it contains. */
async function send({ method, path, query, headers, body }: Sent): Promise<string> {
  const signer = new SignatureV4({
    service: 's3',
    region: REGION,
    credentials: principal,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const host = `127.0.0.1:${endpoint.port}`;
  const all = { ...headers, host, 'content-length': String(Buffer.byteLength(body)) };
  const unsigned = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...all };
  const request = { method, protocol: 'http:', hostname: '127.0.0.1', path, query, headers: unsigned };
  const signed = await signer.sign(request);
  const search = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const target = search.length > 0 ? `${path}?${search.join('&')}` : path;
  const lines = Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return raw(`${method} ${target} HTTP/1.1\r\n${lines.join('')}connection: close\r\n\r\n${body}`);
}

/** Sends these bytes and reads until the server closes. */
function raw(text: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(endpoint.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('close', () => resolve(answer)).on('error', () => {});
  });
}

const text = fc.string({
  unit: fc.constantFrom('a', '0', '-', '=', '"', ',', '*', '<', '&', ' ', '%', '\u00e9', '9'),
  maxLength: 20,
});
const name = fc.constantFrom(
  ...[
    'uploadId',
    'partNumber',
    'versionId',
    'uploads',
    'delete',
    'tagging',
    'versioning',
    'list-type',
    'versions',
  ],
  ...[
    'max-keys',
    'prefix',
    'delimiter',
    'marker',
    'continuation-token',
    'key-marker',
    'encoding-type',
    'acl',
  ],
  ...[
    'max-parts',
    'max-uploads',
    'upload-id-marker',
    'version-id-marker',
    'response-content-type',
    'location',
    'x-id',
  ],
);
const header = fc.constantFrom(
  ...[
    'range',
    'if-match',
    'if-none-match',
    'if-modified-since',
    'content-md5',
    'content-type',
    'content-encoding',
    'expires',
  ],
  ...[
    'x-amz-copy-source',
    'x-amz-copy-source-range',
    'x-amz-metadata-directive',
    'x-amz-tagging',
    'x-amz-meta-a',
  ],
  ...[
    'x-amz-checksum-crc32',
    'x-amz-checksum-sha256',
    'x-amz-checksum-nonsense',
    'x-amz-checksum-algorithm',
    'x-amz-checksum-type',
  ],
  ...[
    'x-amz-trailer',
    'x-amz-decoded-content-length',
    'x-amz-sdk-checksum-algorithm',
    'x-amz-storage-class',
    'x-amz-acl',
  ],
);
const value = fc.oneof(
  text,
  fc.constantFrom('bytes=0-', 'versioned/key', 'COPY', 'url', 'CRC32', 'null', '1', '', 'AAAAAA=='),
);
const sha256 = fc.constantFrom(
  'UNSIGNED-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
);
const sent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'),
  path: fc.constantFrom(
    '/',
    '//',
    '/versioned',
    '/versioned/',
    '/versioned/key',
    '/versioned/other',
    '/plain//..',
    '/missing/key',
  ),
  query: fc.dictionary(name, value, { maxKeys: 3 }),
  headers: fc
    .tuple(fc.dictionary(header, value, { maxKeys: 4 }), fc.option(sha256, { nil: undefined }))
    .map(([headers, payload]) => ({ ...headers, ...(payload && { 'x-amz-content-sha256': payload }) })),
  body: fc.oneof(
    text,
    fc.constantFrom(
      '',
      '0\r\n\r\n',
      '<Delete/>',
      '<Delete><Object><Key>a</Key></Object></Delete>',
      '<Tagging><TagSet/></Tagging>',
    ),
    fc.constantFrom(
      '<CompleteMultipartUpload><Part/></CompleteMultipartUpload>',
      '<!DOCTYPE a [<!ENTITY b "c">]><Delete>&b;</Delete>',
    ),
  ),
});

test('whatever a signed request asks for, its answer is never an internal error', async () => {
  await fc.assert(
    fc.asyncProperty(sent, async (request) => {
      internalErrors.mockClear();
      const answer = await send(request);
      expect(internalErrors.mock.calls).toEqual([]);
      expect(answer).toMatch(/^HTTP\/1\.1 ([2345]\d\d) /);
      expect(answer).not.toMatch(/^HTTP\/1\.1 500 /);
    }),
    { numRuns: 400 },
  );
});

test.each([
  ['no HTTP', '\u0000\u0001\u0002'],
  ['no path', 'GET HTTP/1.1\r\n\r\n'],
  ['no signature', 'GET /versioned/key HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ['a path that is no URI', 'GET /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ['an empty presigned query', 'GET /?X-Amz-Algorithm HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ['an empty Authorization', 'GET / HTTP/1.1\r\nhost: x\r\nauthorization:\r\nconnection: close\r\n\r\n'],
])('a request with %s is answered, and the server goes on', async (_, request) => {
  expect(await raw(request)).toMatch(/^HTTP\/1\.1 40[03] /);
  expect(await send({ method: 'HEAD', path: '/versioned', query: {}, headers: {}, body: '' })).toMatch(
    / 200 /,
  );
});

test('an error document says what happened, to what, and in which request', async () => {
  const answer = await send({ method: 'GET', path: '/versioned/a%3Cb', query: {}, headers: {}, body: '' });
  expect(answer).toContain('content-type: application/xml');
  const requestId = /x-amz-request-id: (\w+)/.exec(answer)![1];
  expect(answer.slice(answer.indexOf('<?xml'))).toBe(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&lt;b</Key><Resource>/versioned/a%3Cb</Resource><RequestId>${requestId}</RequestId><HostId>${requestId}</HostId></Error>`,
  );
});
