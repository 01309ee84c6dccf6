import { Cache, type Entry } from '../../../local-aws/cloudfront/cache';
import { narrow } from '../../../local-aws/cloudfront/entity';
import { withPolicy } from '../../../local-aws/cloudfront/headers';
import type { Behavior, CachePolicy, Cors } from '../../../local-aws/cloudfront/model';
import { behaviorFor, cacheKey, type ViewerRequest } from '../../../local-aws/cloudfront/viewer';

const ENTRY: Entry = {
  status: 200,
  headers: { etag: '"1"', 'last-modified': 'Sat, 21 Nov 2026 12:00:00 GMT', 'content-length': '10' },
  body: Buffer.from('0123456789'),
  at: 0,
  lifetime: 60,
};
const BEFORE = 'Sat, 21 Nov 2026 11:59:59 GMT';
const AFTER = 'Sat, 21 Nov 2026 12:00:01 GMT';

test.each<[viewer: Record<string, string>, status: number, body: string]>([
  [{}, 200, '0123456789'],
  [{ 'if-none-match': '"2", "1"' }, 304, ''],
  [{ 'if-none-match': 'W/"1"' }, 304, ''],
  [{ 'if-none-match': '*' }, 304, ''],
  [{ 'if-none-match': '"2"', 'if-modified-since': AFTER }, 200, '0123456789'],
  [{ 'if-modified-since': AFTER }, 304, ''],
  [{ 'if-modified-since': BEFORE }, 200, '0123456789'],
  [{ 'if-modified-since': 'never' }, 200, '0123456789'],
  [{ 'if-match': '"2"' }, 412, ''],
  [{ 'if-match': '"1"' }, 200, '0123456789'],
  [{ 'if-unmodified-since': BEFORE }, 412, ''],
  [{ 'if-unmodified-since': AFTER }, 200, '0123456789'],
  [{ range: 'bytes=0-0' }, 206, '0'],
  [{ range: 'bytes=-3' }, 206, '789'],
  [{ range: 'bytes=8-99' }, 206, '89'],
  [{ range: 'bytes=10-' }, 416, ''],
  [{ range: 'bytes=0-1,4-5' }, 200, '0123456789'],
  [{ range: 'bytes=0-1', 'if-range': '"1"' }, 206, '01'],
  [{ range: 'bytes=0-1', 'if-range': '"2"' }, 200, '0123456789'],
  [{ range: 'bytes=0-1', 'if-range': BEFORE }, 200, '0123456789'],
])('%j is answered by %i', (viewer, status, body) => {
  const answer = narrow(ENTRY, viewer);
  expect([answer.status, answer.body.toString()]).toEqual([status, body]);
});

test('an error is returned in full', () => {
  expect(narrow({ ...ENTRY, status: 404 }, { range: 'bytes=0-0', 'if-none-match': '*' }).status).toBe(404);
});

describe('the cache', () => {
  const entry = (size: number): Entry => ({ ...ENTRY, body: Buffer.alloc(size) });

  test('evicts what was requested least recently', () => {
    const cache = new Cache(3 * 2_048);
    for (const key of ['a', 'b', 'c']) cache.set(key, entry(900));
    cache.get('a');
    cache.set('d', entry(900));
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key))).toEqual(['a', 'c', 'd']);
  });

  test('counts an entry once, however often it is replaced', () => {
    const cache = new Cache(2 * 2_048);
    cache.set('a', entry(900));
    for (let n = 0; n < 10; n++) cache.set('b', entry(900));
    expect(cache.get('a')).toBeDefined();
    cache.delete('b');
    cache.set('c', entry(900));
    expect(cache.get('a')).toBeDefined();
  });
});

describe('a request', () => {
  const behaviors = ['*.png', '/api/*', 'img?.webp', '*'].map((pathPattern) => ({ pathPattern }) as Behavior);

  test.each([
    ['/a/b.png', '*.png'],
    ['/api/x', '/api/*'],
    ['/api', '*'],
    ['/img1.webp', 'img?.webp'],
    ['/a.PNG', '*'],
    ['/aXpng', '*'],
  ])('%s falls under %s', (path, pattern) => {
    expect(behaviorFor({ behaviors }, path).pathPattern).toBe(pattern);
  });

  const viewer: ViewerRequest = {
    method: 'GET',
    path: '/a',
    query: [
      { name: 'v', raw: 'v=%31' },
      { name: 'utm', raw: 'utm=1' },
    ],
    headers: { accept: 'image/webp', 'x-other': '1' },
    address: '127.0.0.1',
  };
  const policy = (queryStrings: CachePolicy['queryStrings']): CachePolicy => ({
    minTtl: 0,
    defaultTtl: 0,
    maxTtl: 0,
    queryStrings,
    headers: ['accept', 'origin'],
  });

  test.each<[CachePolicy['queryStrings'], string]>([
    [{ only: [] }, ''],
    [{ only: ['v'] }, 'v=%31'],
    [{ allBut: ['v'] }, 'utm=1'],
    [{ allBut: [] }, 'v=%31&utm=1'],
  ])('passes on %j and nothing else', (selection, query) => {
    expect(cacheKey(viewer, policy(selection))).toMatchObject({ query, headers: { accept: 'image/webp' } });
  });

  test('has its own cache entry if a part differs that reaches the origin', () => {
    const key = (change: Partial<ViewerRequest>) =>
      cacheKey({ ...viewer, ...change }, policy({ only: ['v'] })).key;
    const same = key({});
    expect(key({ query: [viewer.query[0]!] })).toBe(same);
    expect(key({ headers: { accept: 'image/webp' } })).toBe(same);
    expect(key({ headers: { accept: 'image/avif' } })).not.toBe(same);
    expect(key({ query: [] })).not.toBe(same);
    expect(key({ path: '/b' })).not.toBe(same);
  });
});

describe('a response headers policy', () => {
  test('sets, keeps and removes', () => {
    const policy = {
      set: [
        { name: 'X-Own', value: 'policy', override: true },
        { name: 'Referrer-Policy', value: 'no-referrer', override: false },
        { name: 'X-New', value: 'new', override: false },
      ],
      remove: ['server'],
    };
    const headers = { server: 'AmazonS3', 'x-own': 'origin', 'referrer-policy': 'origin' };
    expect(withPolicy(headers, {}, 'GET', policy)).toEqual({
      'x-own': 'policy',
      'referrer-policy': 'origin',
      'x-new': 'new',
    });
  });

  const cors = (change: Partial<Cors> = {}): Cors => ({
    origins: ['https://*.shop.example', 'local.example'],
    methods: ['GET'],
    headers: ['*'],
    expose: ['ETag'],
    credentials: false,
    maxAge: 600,
    override: true,
    ...change,
  });
  const answer = (origin: string | undefined, change: Partial<Cors> = {}, method = 'GET') =>
    withPolicy(
      { 'access-control-allow-origin': 'of the origin' },
      { origin, 'access-control-request-method': 'GET' },
      method,
      {
        set: [],
        remove: [],
        cors: cors(change),
      },
    );

  test.each([
    ['https://a.shop.example', true],
    ['http://a.shop.example', false],
    ['https://shop.example', false],
    ['https://evilshop.example', false],
    ['http://local.example', true],
    ['https://local.example.evil.net', false],
  ])('lets %s read: %s', (origin, allowed) => {
    const headers = answer(origin);
    expect(headers['access-control-allow-origin']).toBe(allowed ? origin : undefined);
    expect(headers['vary']).toBe('Origin');
  });

  test('sends no CORS headers without an origin, and the same ones to everyone if all may read', () => {
    expect(answer(undefined)).toEqual({ 'access-control-allow-origin': 'of the origin' });
    expect(answer('https://x.example', { origins: ['*'] })).toEqual({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'ETag',
    });
  });

  test('leaves the header of the origin unless it overrides it', () => {
    expect(answer('https://a.shop.example', { override: false })).toEqual({
      'access-control-allow-origin': 'of the origin',
    });
  });

  test('answers a preflight', () => {
    expect(answer('https://a.shop.example', { credentials: true }, 'OPTIONS')).toEqual({
      vary: 'Origin',
      'access-control-allow-origin': 'https://a.shop.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': '*',
      'access-control-max-age': '600',
    });
  });
});
