import { type Endpoint, startEndpoint } from './harness';

const SHOP = 'https://shop.example';
const RULES = [
  {
    origins: [SHOP, 'https://*.shop.example'],
    methods: ['POST', 'GET'],
    headers: ['x-own-*'],
    expose: ['ETag'],
    maxAge: 60,
  },
  { origins: ['*'], methods: ['HEAD'], headers: [], expose: [] },
];

let endpoint: Endpoint;
const origins = new Set<string>();
beforeAll(async () => {
  endpoint = await startEndpoint({
    origins,
    buckets: [
      { name: 'open', versioning: false, eventBridge: false, cors: RULES },
      { name: 'plain', versioning: false, eventBridge: false },
    ],
  });
});
afterEach(() => origins.clear());
afterAll(() => endpoint.stop());

async function ask(path: string, headers: Record<string, string>, method = 'OPTIONS') {
  const response = await fetch(`${endpoint.url}/${path}`, { method, headers });
  return {
    status: response.status,
    answer: await response.text(),
    headers: Object.fromEntries(response.headers),
  };
}

const preflight = (origin: string, method: string, asked?: string, bucket = 'open') =>
  ask(bucket, {
    origin,
    'access-control-request-method': method,
    ...(asked !== undefined && { 'access-control-request-headers': asked }),
  });

test('a preflight gets what the first matching rule allows', async () => {
  const { status, headers } = await preflight(SHOP, 'POST', 'X-Own-A, x-own-b');
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'access-control-allow-origin': SHOP,
    'access-control-allow-methods': 'POST, GET',
    'access-control-allow-headers': 'x-own-a, x-own-b',
    'access-control-expose-headers': 'ETag',
    'access-control-max-age': '60',
    'access-control-allow-credentials': 'true',
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  });
  const everyone = await preflight('https://anyone.example', 'HEAD');
  expect(everyone.headers).toMatchObject({ 'access-control-allow-origin': '*' });
  expect(everyone.headers).not.toHaveProperty('access-control-allow-credentials');
  expect((await preflight('https://a.shop.example', 'GET')).status).toBe(200);
});

test.each([
  ['another origin', preflight.bind(null, 'https://evil.example', 'POST')],
  ['an origin that only starts like an allowed one', preflight.bind(null, `${SHOP}.evil.example`, 'POST')],
  ['another method', preflight.bind(null, SHOP, 'DELETE')],
  ['another header', preflight.bind(null, SHOP, 'POST', 'x-own-a, x-other')],
])('%s is refused', async (_, refused) => {
  const { status, answer, headers } = await refused();
  expect(status).toBe(403);
  expect(answer).toContain(
    '<Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed.',
  );
  expect(answer).toContain('<ResourceType>BUCKET</ResourceType>');
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

test('a preflight for a bucket without rules, for a missing bucket, or without an origin or method is refused', async () => {
  expect(await preflight(SHOP, 'POST', undefined, 'plain')).toMatchObject({
    status: 403,
    answer: expect.stringContaining('CORSResponse: CORS is not enabled for this bucket.'),
  });
  expect(await preflight(SHOP, 'POST', undefined, 'nowhere')).toMatchObject({
    status: 403,
    answer: expect.stringContaining('CORSResponse: Bucket not found'),
  });
  expect((await ask('open', {})).status).toBe(400);
  expect((await ask('open', { origin: SHOP })).status).toBe(400);
});

test('a page may read the answer to its request, and an error too', async () => {
  const { status, headers, answer } = await ask('open/a', { origin: SHOP }, 'GET');
  expect([status, answer]).toEqual([403, expect.stringContaining('AccessDenied')]);
  expect(headers).toMatchObject({
    'access-control-allow-origin': SHOP,
    'access-control-expose-headers': 'ETag',
    vary: expect.stringContaining('Origin'),
  });
  const stranger = await ask('open/a', { origin: 'https://evil.example' }, 'GET');
  expect(stranger.headers).not.toHaveProperty('access-control-allow-origin');
  expect((await ask('open/a', {}, 'GET')).headers).not.toHaveProperty('vary');
});

test('a page on this machine may upload, with a form or PUT, and nothing else, while it is allowed', async () => {
  const page = 'http://127.0.0.1:4600';
  expect((await preflight(page, 'POST', undefined, 'plain')).status).toBe(403);
  origins.add(page);
  const { status, headers } = await preflight(page, 'POST', 'content-type', 'plain');
  expect([status, headers['access-control-allow-origin']]).toEqual([200, page]);
  expect((await preflight(page, 'PUT', 'if-none-match', 'plain')).status).toBe(200);
  expect((await preflight(page, 'DELETE', undefined, 'plain')).status).toBe(403);
  expect((await preflight(page, 'GET', undefined, 'plain')).status).toBe(403);
  expect((await preflight('http://127.0.0.1:4601', 'POST', undefined, 'plain')).status).toBe(403);
});
