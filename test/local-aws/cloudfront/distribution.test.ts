import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFrontClient, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Engine, startEngine } from '../../../local-aws/engine';
import { parseFaults } from '../../../local-aws/faults';
import { USER_CREDENTIALS } from '../../../local-aws/principals';
import type { Call } from '../../../local-aws/service';
import { MODULE_PATHS, writeStack } from './stack';

/** Real requests to a distribution in front of the real S3 endpoint and a real function. */

let folder: string;
let engine: Engine;
let s3: S3Client;
let cloudfront: CloudFrontClient;
let calls: Call[];
let logged: string[];
let clock: number;
/** Called before a call is allowed, which waits for it. */
let hold: Promise<void> | undefined;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cloudfront-'));
  logged = [];
  clock = Date.now();
  engine = await startEngine({
    dataDir: path.join(folder, 'data'),
    port: 0,
    stackFile: writeStack(folder),
    modulePaths: MODULE_PATHS,
    log: (line) => logged.push(line),
    now: () => clock,
    gate: async (call) => {
      calls.push(call);
      if (call.principal.arn === 'cloudfront.amazonaws.com') await hold;
    },
  });
  const client = { endpoint: engine.endpoint, region: 'eu-west-1', credentials: USER_CREDENTIALS };
  s3 = new S3Client(client);
  cloudfront = new CloudFrontClient({ ...client, maxAttempts: 1 });
});
beforeEach(() => {
  calls = [];
  hold = undefined;
});
afterAll(async () => {
  s3?.destroy();
  cloudfront?.destroy();
  await engine?.close();
  rmSync(folder, { recursive: true });
});

const urlOf = (kind: string) => engine.publicEndpoints.find((each) => each.kind === kind)!.url;
const get = (target: string, init: RequestInit = {}) => fetch(`${urlOf('cdn')}${target}`, init);
const cacheOf = ({ headers }: Response) => headers.get('x-cache');
/** How often the distribution requested an object from the bucket. */
const requested = () => calls.filter(({ action }) => action === 's3:GetObject').length;
const invoked = () => calls.filter(({ action }) => action === 'lambda:InvokeFunction').length;
const put = (Key: string, Body = 'the picture', CacheControl: string | undefined = 'max-age=600') =>
  s3.send(new PutObjectCommand({ Bucket: 'shop-photos', Key, Body, CacheControl, ContentType: 'image/png' }));

describe('public endpoints', () => {
  test('have their own addresses, which the outputs contain', () => {
    expect(engine.publicEndpoints).toEqual([
      { kind: 'cdn', name: expect.stringMatching(/^d\w{13}\.cloudfront\.net$/), url: expect.any(String) },
      {
        kind: 'function-url',
        name: 'shop-render',
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      },
    ]);
    expect(engine.stack.outputs).toEqual({
      delivery_url: urlOf('cdn'),
      render_url: `${urlOf('function-url')}/`,
    });
  });

  test('at the start, the engine logs which parts of a distribution it leaves out', () => {
    expect(logged).toEqual([
      expect.stringContaining(
        'runs here without HTTPS, HTTP/2 and HTTP/3 (it speaks plain HTTP/1.1), the domain images.shop.example, the price class',
      ),
    ]);
  });
});

describe('a private bucket', () => {
  test('is closed to everyone, and open through the distribution', async () => {
    await put('a b+ü.png');
    const target = `/${encodeURIComponent('a b+ü.png')}`;
    const direct = await fetch(`${engine.endpoint}/shop-photos${target}`);
    expect(direct.status).toBe(403);

    const first = await get(target);
    expect([first.status, await first.text(), cacheOf(first)]).toEqual([
      200,
      'the picture',
      'Miss from cloudfront',
    ]);
    expect(first.headers.get('content-type')).toBe('image/png');
    expect(first.headers.get('via')).toContain('.cloudfront.net (CloudFront)');
    expect(first.headers.get('age')).toBeNull();

    clock += 7_000;
    const second = await get(target);
    expect([second.status, await second.text(), cacheOf(second)]).toEqual([
      200,
      'the picture',
      'Hit from cloudfront',
    ]);
    expect(second.headers.get('age')).toBe('7');
    expect(requested()).toBe(1);
  });

  test('only listed query parameters tell answers apart, and only they reach an origin', async () => {
    await put('v.png', 'old');
    expect(await (await get('/v.png?v=1')).text()).toBe('old');
    await put('v.png', 'new');
    expect(await (await get('/v.png?utm=mail&v=1')).text()).toBe('old');
    const next = await get('/v.png?v=2&list-type=2');
    expect([await next.text(), cacheOf(next)]).toEqual(['new', 'Miss from cloudfront']);
    expect(requested()).toBe(2);
    const missing = await get('/unknown/x.png?utm=mail&v=%41');
    expect(await missing.json()).toMatchObject({ query: 'v=%41' });
  });

  test('stale content is revalidated', async () => {
    await put('stale.png', 'first', 'max-age=60');
    await get('/stale.png');
    clock += 61_000;
    const same = await get('/stale.png');
    expect([await same.text(), cacheOf(same)]).toEqual(['first', 'RefreshHit from cloudfront']);
    expect(cacheOf(await get('/stale.png'))).toBe('Hit from cloudfront');
    await put('stale.png', 'second', 'max-age=60');
    clock += 61_000;
    const other = await get('/stale.png');
    expect([await other.text(), cacheOf(other)]).toEqual(['second', 'Miss from cloudfront']);
  });

  test('the policy gives the time if the object does not', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'shop-photos', Key: 'plain.png', Body: 'plain' }));
    await get('/plain.png');
    clock += 99_000;
    expect(cacheOf(await get('/plain.png'))).toBe('Hit from cloudfront');
    clock += 2_000;
    expect(cacheOf(await get('/plain.png'))).toBe('RefreshHit from cloudfront');
  });

  test('HEAD, conditions and ranges are answered from the cache', async () => {
    await put('entity.png', '0123456789');
    const cold = await get('/entity.png', { method: 'HEAD' });
    expect([cold.status, cold.headers.get('content-length'), cacheOf(cold)]).toEqual([
      200,
      '10',
      'Miss from cloudfront',
    ]);
    const etag = (await get('/entity.png')).headers.get('etag')!;
    calls = [];
    const head = await get('/entity.png', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
    const known = await get('/entity.png', { headers: { 'if-none-match': etag } });
    expect([known.status, known.headers.get('etag'), cacheOf(known)]).toEqual([
      304,
      etag,
      'Hit from cloudfront',
    ]);
    const part = await get('/entity.png', { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-4/10',
      '234',
    ]);
    const beyond = await get('/entity.png', { headers: { range: 'bytes=10-' } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(calls).toEqual([]);
  });

  test('content too large for the cache passes through, ranges and conditions included', async () => {
    const large = Buffer.alloc(9 * 1024 * 1024, 'x');
    await put('large.png', large.toString());
    const whole = await get('/large.png');
    expect((await whole.arrayBuffer()).byteLength).toBe(large.length);
    const etag = whole.headers.get('etag')!;
    const part = await get('/large.png', { headers: { range: 'bytes=0-3' } });
    expect([part.status, await part.text(), cacheOf(part)]).toEqual([206, 'xxxx', 'Miss from cloudfront']);
    const known = await get('/large.png', { headers: { 'if-none-match': etag } });
    expect(known.status).toBe(304);
  });

  test('simultaneous first requests are one request to the bucket', async () => {
    await put('rush.png');
    let release = () => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const requests = Array.from({ length: 20 }, () => get('/rush.png'));
    while (requested() === 0) await sleep(5);
    await sleep(50);
    release();
    const answers = await Promise.all(requests);
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(answers.filter((each) => cacheOf(each) === 'Miss from cloudfront')).toHaveLength(1);
    expect(requested()).toBe(1);
  });
});

describe('an origin group', () => {
  test('gets from the function what the bucket does not have, and then from the cache and the bucket', async () => {
    const first = await get('/made/new.png?v=1');
    expect([first.status, await first.text(), cacheOf(first)]).toEqual([
      200,
      'made of made/new.png',
      'Miss from cloudfront',
    ]);
    expect(cacheOf(await get('/made/new.png?v=1'))).toBe('Hit from cloudfront');
    const other = await get('/made/new.png?v=2');
    expect([await other.text(), cacheOf(other)]).toEqual(['made of made/new.png', 'Miss from cloudfront']);
    expect(invoked()).toBe(1);
  });

  test('a 404 with a time is cached that long and no longer', async () => {
    expect((await get('/unknown/a.png')).status).toBe(404);
    await put('unknown/a.png');
    const kept = await get('/unknown/a.png');
    expect([kept.status, cacheOf(kept)]).toEqual([404, 'Error from cloudfront']);
    expect(invoked()).toBe(1);
    clock += 60_000;
    const now = await get('/unknown/a.png');
    expect([now.status, cacheOf(now)]).toEqual([200, 'Miss from cloudfront']);
  });

  test('a 404 that may not be cached never hides an image that exists by now', async () => {
    const before = await get('/later/a.png');
    expect([before.status, before.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    await put('later/a.png');
    expect((await get('/later/a.png')).status).toBe(200);
  });

  test('answers by HEAD too', async () => {
    expect((await get('/later/b.png', { method: 'HEAD' })).status).toBe(404);
    expect(invoked()).toBe(1);
  });

  test('a function that fails is a 502, which the distribution does not keep', async () => {
    const failed = await get('/broken/a.png');
    expect([failed.status, await failed.text(), cacheOf(failed)]).toEqual([
      502,
      'Internal Server Error',
      'Error from cloudfront',
    ]);
    await get('/broken/a.png');
    expect(invoked()).toBe(2);
    expect(engine.cloudwatch.metrics()).toContainEqual(
      expect.objectContaining({ name: 'Url5xxCount', dimensions: { FunctionName: 'shop-render' }, sum: 2 }),
    );
  });

  test('stale content is served while the function fails', async () => {
    await put('broken/b.png', 'kept', 'max-age=60');
    await get('/broken/b.png');
    await s3.send(new DeleteObjectCommand({ Bucket: 'shop-photos', Key: 'broken/b.png' }));
    clock += 61_000;
    const stale = await get('/broken/b.png');
    expect([stale.status, await stale.text(), invoked()]).toEqual([200, 'kept', 1]);
  });

  test('content that may not be cached is not served while the function fails', async () => {
    await put('broken/c.png', 'not kept', 'no-store');
    expect((await get('/broken/c.png')).status).toBe(200);
    await s3.send(new DeleteObjectCommand({ Bucket: 'shop-photos', Key: 'broken/c.png' }));
    expect((await get('/broken/c.png')).status).toBe(502);
  });
});

describe('viewers', () => {
  test('other methods are refused', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const refused = await get('/v.png', { method });
      expect([refused.status, cacheOf(refused)]).toEqual([403, 'Error from cloudfront']);
      expect(await refused.text()).toContain('not configured to allow the HTTP request method');
    }
    expect(calls).toEqual([]);
  });

  test('a path that cannot be decoded is a bad request', async () => {
    expect((await get('/%E0%A4%A')).status).toBe(400);
  });

  test('security headers and CORS come with images, errors and 304', async () => {
    await put('headers.png');
    const etag = (await get('/headers.png')).headers.get('etag')!;
    const answers = [
      await get('/headers.png', { headers: { origin: 'https://shop.example' } }),
      await get('/later/c.png', { headers: { origin: 'https://shop.example' } }),
      await get('/headers.png', { headers: { origin: 'https://shop.example', 'if-none-match': etag } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 304]);
    for (const { headers } of answers) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'");
      expect(headers.get('access-control-allow-origin')).toBe('https://shop.example');
      expect(headers.get('vary')).toBe('Origin');
    }
    const stranger = await get('/headers.png', { headers: { origin: 'https://evil.example' } });
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('an invalidation', () => {
  let references = 0;
  const invalidate = (
    Items: string[],
    { id = engine.stack.distributions[0]!.arn.split('/').at(-1)!, reference = `r${references++}` } = {},
  ) =>
    cloudfront.send(
      new CreateInvalidationCommand({
        DistributionId: id,
        InvalidationBatch: { Paths: { Quantity: Items.length, Items }, CallerReference: reference },
      }),
    );
  /** Requests a path and says whether it came from the cache. */
  const cached = async (target: string) => cacheOf(await get(target)) === 'Hit from cloudfront';
  const keep = async (...targets: string[]) => {
    for (const target of targets) await get(target);
    for (const target of targets) expect(await cached(target)).toBe(true);
  };

  test('of a path makes the cache forget it without a query, and one with a wildcard every query of it', async () => {
    for (const key of ['gone/a.png', 'gone/b.png', 'gone/a.png2']) await put(key);
    await keep('/gone/a.png', '/gone/a.png?v=1', '/gone/b.png', '/gone/a.png2');
    const { Invalidation, $metadata, Location } = await invalidate(['/gone/a.png']);
    expect($metadata.httpStatusCode).toBe(201);
    expect({ Invalidation, Location }).toMatchObject({
      Invalidation: {
        Id: expect.stringMatching(/^I[0-9A-F]{24}$/),
        Status: 'Completed',
        CreateTime: expect.any(Date),
        InvalidationBatch: { Paths: { Quantity: 1, Items: ['/gone/a.png'] } },
      },
    });
    expect(await cached('/gone/a.png?v=1')).toBe(true);
    expect(await cached('/gone/b.png')).toBe(true);
    expect(await cached('/gone/a.png')).toBe(false);
    await invalidate(['/gone/a.png?v=1', '/gone/b*']);
    expect(await cached('/gone/a.png?v=1')).toBe(false);
    expect(await cached('/gone/b.png')).toBe(false);
    expect(await cached('/gone/a.png2')).toBe(true);
    await invalidate(['/gone/a.png*']);
    expect([await cached('/gone/a.png'), await cached('/gone/a.png2')]).toEqual([false, false]);
  });

  test('also of an answer that an origin was still giving', async () => {
    await put('racing.png');
    let release = () => {};
    hold = new Promise((resolve) => {
      release = resolve;
    });
    const first = get('/racing.png');
    while (requested() === 0) await sleep(5);
    await invalidate(['/racing.png']);
    release();
    expect((await first).status).toBe(200);
    hold = undefined;
    expect(await cached('/racing.png')).toBe(false);
    expect(await cached('/racing.png')).toBe(true);
  });

  test('that is sent again is the same one, and its reference is for no other', async () => {
    const first = await invalidate(['/x'], { reference: 'once' });
    await put('x');
    await keep('/x');
    const again = await invalidate(['/x'], { reference: 'once' });
    expect(again.Invalidation).toEqual(first.Invalidation);
    expect(await cached('/x')).toBe(true);
    await expect(invalidate(['/y'], { reference: 'once' })).rejects.toMatchObject({
      name: 'InvalidationBatchAlreadyExists',
    });
  });

  test.each<[string, string[], string, number]>([
    ['no path', [], 'InvalidArgument', 400],
    ['a path without a slash', ['x'], 'InvalidArgument', 400],
    ['16 wildcards', Array.from({ length: 16 }, (_, n) => `/${n}*`), 'TooManyInvalidationsInProgress', 400],
  ])('with %s is refused', async (_, paths, name, status) => {
    await expect(invalidate(paths)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
  });

  test('of 15 wildcards is taken, and one of another distribution or by another caller is not', async () => {
    await invalidate(Array.from({ length: 15 }, (_, n) => `/${n}*`));
    await expect(invalidate(['/*'], { id: 'E0' })).rejects.toMatchObject({ name: 'NoSuchDistribution' });
    engine.inject(parseFaults([{ call: 'cloudfront:CreateInvalidation', fault: 'deny' }], 'faults'));
    await expect(invalidate(['/*'])).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('cloudfront:CreateInvalidation'),
    });
    engine.inject([]);
    const stranger = new CloudFrontClient({
      endpoint: engine.endpoint,
      region: 'us-east-1',
      credentials: { ...USER_CREDENTIALS, secretAccessKey: 'wrong' },
      maxAttempts: 1,
    });
    const refused = stranger.send(
      new CreateInvalidationCommand({
        DistributionId: 'E0',
        InvalidationBatch: { Paths: { Quantity: 1, Items: ['/*'] }, CallerReference: 'r' },
      }),
    );
    await expect(refused).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    stranger.destroy();
  });
});

test('every permission of the stack is needed', async () => {
  await get('/made/permissions.png');
  const { denied, ...needless } = engine.permissions();
  expect(needless).toEqual({ unneeded: [], notRunLocally: [] });
  // It may not list the bucket, so a missing object is a 403.
  expect(new Set(denied.map(({ action }) => action))).toEqual(new Set(['s3:ListBucket']));
});
