import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Sha256 } from '@aws-crypto/sha256-js';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { getSigningKey, SignatureV4 } from '@smithy/signature-v4';
import { ChunkSigner } from '../../../local-aws/sigv4/chunk-signer';
import { bytes, type Endpoint, principal, REGION, refusal, startEndpoint } from './harness';

let endpoint: Endpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => endpoint.stop());

const named = { Bucket: 'plain', Key: 'key' };
const put = (more: Partial<PutObjectCommandInput>) =>
  endpoint.client.send(new PutObjectCommand({ ...named, Body: 'The quick brown fox', ...more }));

/** Checksums of "The quick brown fox", each computed bit by bit from the definition of its polynomial. */
const CHECKSUMS = {
  CRC32: 't0V03g==',
  CRC32C: 'U35c9A==',
  CRC64NVME: 'sTtXPcXk1hs=',
  SHA1: createHash('sha1').update('The quick brown fox').digest('base64'),
  SHA256: createHash('sha256').update('The quick brown fox').digest('base64'),
} as const;

/** The length of each in bytes. */
const LENGTHS = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 };

describe.each(Object.keys(CHECKSUMS) as (keyof typeof CHECKSUMS)[])('the checksum %s', (algorithm) => {
  const field = `Checksum${algorithm}` as const;

  test.each([
    ['in a header', () => Buffer.from('The quick brown fox')],
    [
      'in the trailer of a stream',
      () => Readable.from([Buffer.from('The quick '), Buffer.from('brown fox')]),
    ],
  ])('%s is verified, stored and returned', async (_, body) => {
    const stored = await put({ Body: body(), ContentLength: 19, ChecksumAlgorithm: algorithm });
    expect(stored[field]).toBe(CHECKSUMS[algorithm]);
    const head = await endpoint.client.send(new HeadObjectCommand({ ...named, ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ [field]: stored[field], ChecksumType: 'FULL_OBJECT' });
    // The SDK verifies the checksum of what it reads.
    const { Body } = await endpoint.client.send(new GetObjectCommand({ ...named, ChecksumMode: 'ENABLED' }));
    expect(await Body!.transformToString()).toBe('The quick brown fox');
  });

  test('that is wrong is refused, and nothing is stored', async () => {
    const wrong = Buffer.alloc(LENGTHS[algorithm], 1).toString('base64');
    expect(await refusal(put({ [field]: wrong }))).toMatchObject({
      name: 'BadDigest',
      status: 400,
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    });
    expectNothingStored();
  });

  test('of the wrong length is refused', async () => {
    expect(await refusal(put({ [field]: 'AAA=' }))).toMatchObject({ name: 'InvalidRequest', status: 400 });
  });
});

test('without a checksum from the caller, S3 stores its own', async () => {
  const stored = await endpoint
    .clientWith({ requestChecksumCalculation: 'WHEN_REQUIRED' })
    .send(new PutObjectCommand({ ...named, Body: 'x' }));
  expect(stored).toMatchObject({ ChecksumCRC64NVME: expect.any(String), ChecksumType: 'FULL_OBJECT' });
});

test('two checksums are refused', async () => {
  expect(
    await refusal(put({ ChecksumSHA1: CHECKSUMS.SHA1, ChecksumSHA256: CHECKSUMS.SHA256 })),
  ).toMatchObject({
    name: 'InvalidRequest',
  });
});

test('Content-MD5 is verified', async () => {
  const md5 = createHash('md5').update('The quick brown fox').digest('base64');
  await put({ ContentMD5: md5 });
  expect(await refusal(put({ ContentMD5: 'x' }))).toMatchObject({ name: 'InvalidDigest', status: 400 });
  const other = createHash('md5').update('other').digest('base64');
  expect(await refusal(put({ ContentMD5: other }))).toMatchObject({ name: 'BadDigest', status: 400 });
});

test('a body other than the one that was signed is refused, and nothing is stored', async () => {
  const { headers } = await sign({ 'content-length': '5', 'x-amz-content-sha256': sha256('other') });
  expect(await exchange(headers, 'hello')).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
  expectNothingStored();
});

describe('an upload whose chunks are signed', () => {
  /** Frames a body as the SDKs for Java and Go do. */
  async function upload(options: {
    chunks: string[];
    trailer?: string;
    tamper?: (body: string) => string;
    length?: number;
  }) {
    const { chunks, trailer, tamper = (body) => body } = options;
    const { headers, signer } = await sign({
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer ? '-TRAILER' : ''}`,
      'x-amz-decoded-content-length': String(options.length ?? chunks.join('').length),
      ...(trailer && { 'x-amz-trailer': trailer.split(':')[0]! }),
    });
    const framed = [...chunks, ''].map(
      (chunk) =>
        `${chunk.length.toString(16)};chunk-signature=${signer.chunk(sha256(chunk))}\r\n${chunk}${chunk && '\r\n'}`,
    );
    const end = trailer
      ? `${trailer}\r\nx-amz-trailer-signature:${signer.trailer(sha256(`${trailer}\n`))}\r\n\r\n`
      : '\r\n';
    const body = tamper(framed.join('') + end);
    return exchange({ ...headers, 'content-length': String(Buffer.byteLength(body)) }, body);
  }

  const chunks = ['x'.repeat(8192), 'y'.repeat(8192), 'z'];

  test('is stored without its framing', async () => {
    expect(await upload({ chunks })).toContain('HTTP/1.1 200');
    const { Body } = await endpoint.client.send(new GetObjectCommand(named));
    expect(await Body!.transformToString()).toBe(chunks.join(''));
  });

  test('is stored when its trailer is signed too', async () => {
    expect(
      await upload({ chunks: ['The quick brown fox'], trailer: 'x-amz-checksum-crc32:t0V03g==' }),
    ).toContain('HTTP/1.1 200');
  });

  test.each([
    ['a chunk', (body: string) => body.replace('yyy', 'yxy')],
    ['the signature of a chunk', (body: string) => body.replace(/signature=./, 'signature=g')],
    [
      'the order of chunks',
      (body: string) => body.replaceAll('x', '?').replaceAll('y', 'x').replaceAll('?', 'y'),
    ],
    ['the end', (body: string) => body.slice(0, -90)],
  ])('is refused when somebody changed %s, and nothing is stored', async (_, tamper) => {
    expect(await upload({ chunks, tamper })).toMatch(/HTTP\/1.1 40[03]/);
    expectNothingStored();
  });

  test('is refused when somebody changed the trailer', async () => {
    const answer = await upload({
      chunks: ['The quick brown fox'],
      trailer: 'x-amz-checksum-crc32:t0V03g==',
      tamper: (body) => body.replace('t0V03g==', 'AAAAAA=='),
    });
    expect(answer).toContain('<Code>SignatureDoesNotMatch</Code>');
    expectNothingStored();
  });

  test.each([1, -1])(
    'is refused if its length differs by %i byte from what was announced',
    async (difference) => {
      const answer = await upload({ chunks, length: chunks.join('').length + difference });
      expect(answer).toContain('<Code>IncompleteBody</Code>');
      expectNothingStored();
    },
  );
});

describe('an upload with an unsigned trailer', () => {
  async function upload(body: string, more: Record<string, string> = {}) {
    const { headers } = await sign({
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '19',
      'x-amz-trailer': 'x-amz-checksum-crc32',
      'content-length': String(body.length),
      ...more,
    });
    return exchange(headers, body);
  }

  test.each([
    ['t0V03g==', 'HTTP/1.1 200'],
    ['AAAAAA==', '<Code>BadDigest</Code>'],
    ['AAAA', '<Code>InvalidRequest</Code>'],
  ])('and the checksum %s in it is answered with %s', async (checksum, expected) => {
    expect(
      await upload(`13\r\nThe quick brown fox\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`),
    ).toContain(expected);
  });

  test('that lacks the trailer it announced is refused', async () => {
    expect(await upload('13\r\nThe quick brown fox\r\n0\r\n\r\n')).toContain(
      '<Code>MalformedTrailerError</Code>',
    );
    expectNothingStored();
  });

  test('that announces an unknown trailer is refused', async () => {
    expect(await upload('', { 'x-amz-trailer': 'x-amz-meta-a' })).toContain('<Code>InvalidRequest</Code>');
  });
});

test('an upload whose sender disconnects leaves nothing behind', async () => {
  const { headers } = await sign({ 'content-length': '1000000', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' });
  const socket = connect(endpoint.port, '127.0.0.1');
  socket.write(head(headers));
  socket.write(bytes(500_000));
  await eventually(() => filesUnder().some((name) => name.includes('incoming')));
  socket.destroy();
  await eventually(() => filesUnder().length === 0);
  expect(endpoint.events).toEqual([]);
});

test('an upload without a length is refused', async () => {
  const { headers } = await sign({
    'transfer-encoding': 'chunked',
    'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
  });
  expect(await exchange(headers, '1\r\nx\r\n0\r\n\r\n')).toContain('<Code>MissingContentLength</Code>');
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Signs a PUT of the object, and prepares the signing of its chunks. */
async function sign(headers: Record<string, string>) {
  const signer = new SignatureV4({
    service: 's3',
    region: REGION,
    credentials: principal,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const host = `127.0.0.1:${endpoint.port}`;
  const request = {
    method: 'PUT',
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: '/plain/key',
    headers: { host, ...headers },
  };
  const signed = await signer.sign(request, { unsignableHeaders: new Set(['content-length']) });
  const time = signed.headers['x-amz-date']!;
  const date = time.slice(0, 8);
  const key = await getSigningKey(Sha256, principal, date, REGION, 's3');
  const seed = /Signature=(\w+)/.exec(signed.headers['authorization']!)![1]!;
  return {
    headers: signed.headers,
    signer: new ChunkSigner(key, time, `${date}/${REGION}/s3/aws4_request`, seed),
  };
}

function head(headers: Record<string, string>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `PUT /plain/key HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** Sends exactly these bytes and reads the whole answer. */
function exchange(headers: Record<string, string>, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(endpoint.port, '127.0.0.1', () =>
      socket.write(head({ ...headers, connection: 'close' }) + body),
    );
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}

function filesUnder(): string[] {
  return readdirSync(endpoint.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function expectNothingStored(): void {
  expect(filesUnder()).toEqual([]);
  expect(endpoint.events).toEqual([]);
}

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
