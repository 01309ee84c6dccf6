import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { createLambda, type Lambda } from '../../../local-aws/lambda';
import { createFunctionUrl } from '../../../local-aws/lambda/function-url';
import type { HttpEvent } from '../../../local-aws/lambda/http-event';
import { Principals, USER_CREDENTIALS, userArn } from '../../../local-aws/principals';
import { AwsError, type Call } from '../../../local-aws/service';
import type { LambdaFunction } from '../../../local-aws/stack/model';
import { functionOf } from './zip';

/** Real requests to the URL of a real function. */

const ACCOUNT = '123456789012';
const DOMAIN = 'abc.lambda-url.eu-west-1.on.aws';

let folder: string;
let lambda: Lambda;
let server: Server | undefined;
let url: string;
let calls: Call[];
let denies: string | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'function-url-'));
  calls = [];
  denies = undefined;
});
afterEach(async () => {
  await new Promise((resolve) => {
    server?.close(resolve);
    server?.closeAllConnections();
  });
  await lambda?.close();
  rmSync(folder, { recursive: true });
});

async function serve(code: string, overrides: Partial<LambdaFunction> = {}): Promise<void> {
  const fn = functionOf(folder, code, overrides);
  const principals = new Principals(ACCOUNT, []);
  lambda = createLambda({
    functions: [fn],
    dataDir: folder,
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-west-1',
    credentials: () => ({ arn: fn.role, ...USER_CREDENTIALS }),
    modulePaths: [],
  });
  server = createFunctionUrl({
    url: {
      id: 'abc',
      domain: DOMAIN,
      functionName: fn.name,
      functionArn: fn.arn,
      versionArn: fn.qualifiedArn,
    },
    account: ACCOUNT,
    find: principals.find,
    gate: async (call) => {
      calls.push(call);
      if (call.action === denies) throw new AwsError('AccessDenied', 'no', 403);
    },
    invoke: lambda.invoke,
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Signed {
  method?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
  service?: string;
}

/** Signs with AWS's own signer. @returns all headers of the request */
async function signatureFor(target: string, options: Signed = {}): Promise<Record<string, string>> {
  const { method = 'GET', query = {}, headers = {}, body, service = 'lambda' } = options;
  const signer = new SignatureV4({
    service,
    region: 'eu-west-1',
    credentials: USER_CREDENTIALS,
    sha256: Sha256,
  });
  const { host, hostname, port } = new URL(url);
  const signed = await signer.sign({
    method,
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: target,
    query,
    headers: { host, ...headers },
    body,
  });
  return signed.headers;
}

async function call(target: string, options: Signed = {}): Promise<Response> {
  const { method, query = {}, body } = options;
  const search = new URLSearchParams(query).toString();
  const headers = await signatureFor(target, options);
  return fetch(`${url}${target}${search && `?${search}`}`, { method, headers, body });
}

const ECHO = 'exports.handler = async (event) => event;';

test('the function gets the request in payload format 2.0, its path as it was sent', async () => {
  await serve(ECHO);
  const response = await call('/a%2Fb%20c/%C3%BC.png', {
    method: 'POST',
    query: { v: '1', w: 'ä' },
    headers: { 'content-type': 'application/json', cookie: 'a=1; b=2', 'x-own': 'yes' },
    body: '{"ü":1}',
  });
  expect(response.headers.get('content-type')).toBe('application/json');
  const event = (await response.json()) as HttpEvent;
  expect(event).toEqual({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/a%2Fb%20c/%C3%BC.png',
    rawQueryString: 'v=1&w=%C3%A4',
    cookies: ['a=1', 'b=2'],
    headers: expect.objectContaining({ host: DOMAIN, 'x-own': 'yes', 'content-type': 'application/json' }),
    queryStringParameters: { v: '1', w: 'ä' },
    requestContext: {
      accountId: ACCOUNT,
      apiId: 'abc',
      authorizer: { iam: expect.objectContaining({ userArn: userArn(ACCOUNT), accountId: ACCOUNT }) },
      domainName: DOMAIN,
      domainPrefix: 'abc',
      http: {
        method: 'POST',
        path: '/a%2Fb%20c/%C3%BC.png',
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: expect.any(String),
      },
      requestId: expect.any(String),
      routeKey: '$default',
      stage: '$default',
      time: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.any(Number),
    },
    body: '{"ü":1}',
    isBase64Encoded: false,
  });
  expect(event.headers['authorization']).toBeUndefined();
});

test('a body that is not text arrives in Base64', async () => {
  await serve(ECHO);
  const response = await call('/', { method: 'POST', headers: { 'content-type': 'image/png' }, body: 'abc' });
  const event = (await response.json()) as HttpEvent;
  expect([event.body, event.isBase64Encoded]).toEqual(['YWJj', true]);
});

test('signed callers need both permissions on the function', async () => {
  await serve(ECHO);
  await call('/');
  const resource = expect.stringMatching(/:function:fn-[0-9a-f-]+$/);
  expect(calls).toEqual([
    {
      principal: expect.anything(),
      action: 'lambda:InvokeFunctionUrl',
      resource,
      context: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' },
    },
    {
      principal: expect.anything(),
      action: 'lambda:InvokeFunction',
      resource,
      context: { 'lambda:InvokedViaFunctionUrl': 'true' },
    },
  ]);
});

test.each(['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'])('without %s: 403', async (action) => {
  await serve(ECHO);
  denies = action;
  const refused = await call('/');
  expect([refused.status, await refused.json()]).toEqual([403, { Message: 'Forbidden' }]);
});

test("a request that isn't signed, or not for Lambda, or whose signature is for another request, is refused", async () => {
  await serve(ECHO);
  const anonymous = await fetch(url);
  expect([anonymous.status, await anonymous.json()]).toEqual([403, { Message: 'Forbidden' }]);
  expect(
    (await call('/', { service: 's3', headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } })).status,
  ).toBe(403);
  const forged = await fetch(`${url}/other`, { headers: await signatureFor('/') });
  expect([forged.status, forged.headers.get('x-amzn-errortype')]).toEqual([403, 'SignatureDoesNotMatch']);
  expect(calls).toEqual([]);
});

test.each([
  ['a value', '"hello"', 200, 'application/json', '"hello"'],
  ['an object without a status', '{ ok: true }', 200, 'application/json', '{"ok":true}'],
  ['a status alone', '{ statusCode: 204 }', 204, 'application/json', ''],
  [
    'headers and text',
    '{ statusCode: 201, headers: { "Content-Type": "text/plain", "Content-Length": "9" }, body: "made" }',
    201,
    'text/plain',
    'made',
  ],
  ['bytes', '{ statusCode: 200, body: "YWJj", isBase64Encoded: true }', 200, 'application/json', 'abc'],
  ['no status it could be', '{ statusCode: "many" }', 502, 'text/plain', 'Internal Server Error'],
  [
    'a body that is not text',
    '{ statusCode: 200, body: { a: 1 } }',
    502,
    'text/plain',
    'Internal Server Error',
  ],
])('an answer of %s', async (_, result, status, type, body) => {
  await serve(`exports.handler = async () => (${result});`);
  const response = await call('/');
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    status,
    type,
    body,
  ]);
});

test('cookies become headers', async () => {
  await serve('exports.handler = async () => ({ statusCode: 200, cookies: ["a=1", "b=2"] });');
  expect((await call('/')).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test('an answer of more than 6 MB is a 502', async () => {
  await serve(
    'exports.handler = async () => ({ statusCode: 200, body: "x".repeat(6 * 1024 * 1024 + 200) });',
  );
  expect((await call('/')).status).toBe(502);
});

test('a function that runs into its timeout is a 502', async () => {
  await serve('exports.handler = () => new Promise(() => setInterval(() => {}, 1000));', {
    timeoutSeconds: 1,
  });
  expect((await call('/')).status).toBe(502);
});

test('requests above the reserved concurrency are throttled', async () => {
  await serve('exports.handler = () => new Promise((resolve) => setTimeout(resolve, 300, "done"));', {
    reservedConcurrency: 1,
  });
  const answers = await Promise.all([call('/'), call('/'), call('/')]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 429, 429]);
  const throttled = answers.find(({ status }) => status === 429)!;
  expect(await throttled.json()).toMatchObject({ message: 'Rate Exceeded.' });
});
