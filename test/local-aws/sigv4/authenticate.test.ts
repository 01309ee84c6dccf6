import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Sha256 } from '@aws-crypto/sha256-js';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { SignatureV4 } from '@smithy/signature-v4';
import { AwsError, type Principal } from '../../../local-aws/service';
import { type Authenticated, authenticate, readBody } from '../../../local-aws/sigv4';

const user: Principal = {
  arn: 'arn:aws:iam::000000000000:user/local',
  accessKeyId: 'AKIALOCAL',
  secretAccessKey: 's3cret',
};
const role: Principal = {
  arn: 'arn:aws:sts::000000000000:assumed-role/fn/fn',
  accessKeyId: 'ASIALOCAL',
  secretAccessKey: 'also secret',
  sessionToken: 'token==',
};
const find = (id: string) => [user, role].find((principal) => principal.accessKeyId === id);
const credentials = { accessKeyId: user.accessKeyId, secretAccessKey: user.secretAccessKey };

let server: Server;
let endpoint: string;
/** What the last request resulted in: an identity and a body, or an error. */
let outcome: { authenticated: Authenticated; body: Buffer } | AwsError;
let now: () => Date;

beforeEach(async () => {
  now = () => new Date();
  server = createServer(async (request, response) => {
    try {
      const authenticated = await authenticate(request, find, now());
      outcome = { authenticated, body: await readBody(request, authenticated) };
      response.end('{}');
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      outcome = error;
      response.writeHead(error.status).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

const s3 = (options = {}) =>
  new S3Client({ endpoint, region: 'eu-west-1', credentials, maxAttempts: 1, ...options });

/** Sends exactly these bytes, without a URL class, and adds no header but Host. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(endpoint);
    const sent = httpRequest({ hostname, port, path, method, headers }, (response: IncomingMessage) => {
      response.resume().on('end', () => resolve(response.statusCode!));
    });
    sent.on('error', reject).end(body);
  });
}

interface Signing {
  method?: string;
  secretAccessKey?: string;
  signingDate?: Date;
  headers?: Record<string, string>;
}

/** Signs headers for a raw request with the SDK's own signer. */
async function signed(path: string, signing: Signing = {}): Promise<Record<string, string>> {
  const { method = 'GET', signingDate = new Date(), secretAccessKey = user.secretAccessKey } = signing;
  const signer = new SignatureV4({
    service: 's3',
    region: 'eu-west-1',
    sha256: Sha256,
    uriEscapePath: false,
    credentials: { accessKeyId: user.accessKeyId, secretAccessKey },
  });
  const { host, hostname, protocol } = new URL(endpoint);
  const request = { method, protocol, hostname, path, headers: { host, ...signing.headers } };
  return (await signer.sign(request, { signingDate })).headers;
}

const expectIdentity = (expected: object) => expect(outcome).toMatchObject({ authenticated: expected });
const expectError = (code: string, status: number) => {
  expect(outcome).toBeInstanceOf(AwsError);
  expect(outcome).toMatchObject({ code, status });
};

describe('a request signed in its headers', () => {
  test.each([
    'plain',
    'a b+c',
    'ünïcødé/✓/😀',
    'a//b',
    '../up',
    "quote'(!)*",
    '%20',
    'trailing/',
    '~tilde',
    '?#&=',
  ])('of S3 with the key %j is the caller’s', async (Key) => {
    await s3().send(new PutObjectCommand({ Bucket: 'bucket', Key, Body: 'body', Metadata: { a: 'b  c' } }));
    expectIdentity({ principal: user, service: 's3', region: 'eu-west-1', presigned: false });
    expect(outcome).toMatchObject({ body: Buffer.from('body') });
  });

  test('of DynamoDB is the caller’s, session token included', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = role;
    const client = new DynamoDBClient({
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    });
    await client.send(new ListTablesCommand({}));
    expectIdentity({ principal: role, service: 'dynamodb' });
  });

  test('of SNS is the caller’s, and its body is read once', async () => {
    const client = new SNSClient({ endpoint, region: 'eu-west-1', credentials });
    await client.send(new PublishCommand({ TopicArn: 'arn', Message: 'ü' })).catch(() => undefined);
    expectIdentity({ principal: user, service: 'sns' });
    expect((outcome as { body: Buffer }).body.toString()).toContain('Message=%C3%BC');
  });

  test('without a hash of its body, as botocore sends to all but S3, is verified over the body', async () => {
    const signer = new SignatureV4({
      service: 'sns',
      region: 'eu-west-1',
      sha256: Sha256,
      credentials,
      applyChecksum: false,
    });
    const { host, hostname, protocol } = new URL(endpoint);
    const body = 'Action=Publish';
    const { headers } = await signer.sign({
      method: 'POST',
      protocol,
      hostname,
      path: '/',
      headers: { host },
      body,
    });
    expect(await raw('/', headers, 'POST', body)).toBe(200);
    expectIdentity({ service: 'sns' });
    expect(await raw('/', headers, 'POST', 'Action=Forge')).toBe(403);
    expectError('SignatureDoesNotMatch', 403);
  });

  test('with the wrong secret is refused, and the answer shows what was signed', async () => {
    await raw('/bucket/key', await signed('/bucket/key', { secretAccessKey: 'wrong' }));
    expectError('SignatureDoesNotMatch', 403);
    expect((outcome as AwsError).fields['CanonicalRequest']).toContain('GET\n/bucket/key\n');
  });

  test('is refused for another path, another method and another query', async () => {
    const headers = await signed('/bucket/key');
    for (const [path, method] of [
      ['/bucket/other', 'GET'],
      ['/bucket/key', 'DELETE'],
      ['/bucket/key?acl', 'GET'],
    ] as const) {
      await raw(path, headers, method);
      expectError('SignatureDoesNotMatch', 403);
    }
  });

  test('is refused when its body is not the one that was hashed', async () => {
    await raw('/bucket/key', await signed('/bucket/key', { method: 'PUT' }), 'PUT', 'x');
    expectError('XAmzContentSHA256Mismatch', 400);
  });

  test('is refused with an unsigned x-amz header', async () => {
    await raw('/bucket/key', { ...(await signed('/bucket/key')), 'x-amz-acl': 'public-read' });
    expectError('AccessDenied', 403);
    expect((outcome as AwsError).fields).toEqual({ HeadersNotSigned: 'x-amz-acl' });
  });

  test.each([16, -16])('is refused when the clocks are %i minutes apart', async (minutes) => {
    await raw(
      '/bucket/key',
      await signed('/bucket/key', { signingDate: new Date(Date.now() - minutes * 60_000) }),
    );
    expectError('RequestTimeTooSkewed', 403);
  });

  test('is refused from an unknown access key', async () => {
    await s3({ credentials: { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' } })
      .send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }))
      .catch(() => undefined);
    expectError('InvalidAccessKeyId', 403);
  });

  test.each([undefined, 'stale'])(
    'is refused from a role with the session token %p',
    async (sessionToken) => {
      const { accessKeyId, secretAccessKey } = role;
      await s3({ credentials: { accessKeyId, secretAccessKey, sessionToken } })
        .send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }))
        .catch(() => undefined);
      expectError('InvalidToken', 400);
    },
  );

  test.each([
    ['AWS AKIALOCAL:c2lnbmF0dXJl', 'InvalidRequest'],
    ['AWS4-HMAC-SHA256', 'InvalidRequest'],
    [
      'AWS4-HMAC-SHA256 Credential=AKIALOCAL/s3, SignedHeaders=host, Signature=00',
      'AuthorizationHeaderMalformed',
    ],
    [
      'AWS4-HMAC-SHA256 Credential=A/20261121/r/s3/aws4_request, SignedHeaders=, Signature=0',
      'AuthorizationHeaderMalformed',
    ],
    [
      'AWS4-HMAC-SHA256 Credential=A/20261121/r/s3/aws4_request, SignedHeaders=host, Signature=0',
      'AuthorizationHeaderMalformed',
    ],
  ])('is refused when it reads %j', async (authorization, code) => {
    await raw('/', { authorization, 'x-amz-date': '20261121T000000Z' });
    expectError(code, 400);
  });

  test('of S3 must say what its body is', async () => {
    const headers = await signed('/bucket/key');
    delete headers['x-amz-content-sha256'];
    await raw('/bucket/key', headers);
    expectError('InvalidRequest', 400);
  });
});

describe('a presigned URL', () => {
  const presign = (expiresIn = 60) =>
    getSignedUrl(
      s3(),
      new GetObjectCommand({ Bucket: 'bucket', Key: 'a b+ü//../c', ResponseContentType: 'text/plain' }),
      { expiresIn },
    );
  const pathOf = (url: string) => url.slice(endpoint.length);

  test('is the signer’s', async () => {
    expect(await raw(pathOf(await presign()))).toBe(200);
    expectIdentity({ principal: user, presigned: true, payload: 'UNSIGNED-PAYLOAD' });
  });

  test('is refused after it has expired', async () => {
    const url = await presign(60);
    now = () => new Date(Date.now() + 61_000);
    await raw(pathOf(url));
    expectError('AccessDenied', 403);
    expect((outcome as AwsError).message).toBe('Request has expired');
  });

  test('is refused when any part of it was changed', async () => {
    const url = pathOf(await presign());
    for (const tampered of [
      url.replace('/bucket/', '/other/'),
      url.replace('plain', 'html'),
      `${url}&versionId=1`,
    ]) {
      await raw(tampered);
      expectError('SignatureDoesNotMatch', 403);
    }
  });

  test('is refused when it would be valid for more than a week', async () => {
    await raw(pathOf(await presign()).replace('X-Amz-Expires=60', 'X-Amz-Expires=604801'));
    expectError('AuthorizationQueryParametersError', 400);
  });
});

test('a request without a signature is refused', async () => {
  await raw('/bucket/key');
  expectError('AccessDenied', 403);
});

test.each(['/%', '/%ff', '/b?%E0=1'])('the target %j is refused because it is not a URI', async (path) => {
  await raw(path);
  expectError('InvalidURI', 400);
});

test('a body above the limit is refused, and the answer still arrives', async () => {
  const headers = await signed('/bucket/key', {
    method: 'PUT',
    headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
  });
  expect(await raw('/bucket/key', headers, 'PUT', 'x'.repeat(16 * 1024 * 1024 + 1))).toBe(413);
  expectError('RequestEntityTooLarge', 413);
});
