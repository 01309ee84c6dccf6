import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { startEngine, USER_CREDENTIALS } from '../../local-aws';
import { CLOSING_ORDER, Shutdown } from '../../local-aws/engine/shutdown';
import { build, run } from '../../local-aws/example/run';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'example-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the example of the README runs: an uploaded text ends in a mail', async () => {
  const { path: line, mail } = await run(folder);
  expect(line).toMatch(/^Summarize ✓ .* → Tell ✓ /);
  expect(mail).toContain('Subject: A text was summarized');
  expect(mail).toContain('To: reader@example.com');
  expect(mail).toContain('haiku.txt has 8 words.');
});

test('every part that must be closed registers when the engine opens', async () => {
  const parts = jest.spyOn(Shutdown.prototype, 'on');
  const stackFile = await build(path.join(folder, 'stack'));
  const engine = await startEngine({ dataDir: path.join(folder, 'data'), port: 0, stackFile });
  await engine.close();
  expect(new Set(parts.mock.calls.map(([part]) => part))).toEqual(new Set(CLOSING_ORDER));
  parts.mockRestore();
});

test('a web page can neither call the engine nor run among its objects', async () => {
  const stackFile = await build(path.join(folder, 'stack'));
  const engine = await startEngine({ dataDir: path.join(folder, 'data'), port: 0, stackFile, log: () => {} });
  const bucket = engine.stack.buckets[0]?.name as string;
  const s3 = new S3Client({ endpoint: engine.endpoint, region: 'us-east-1', credentials: USER_CREDENTIALS });
  const ask = (headers: Record<string, string>, method = 'POST', target = `/${bucket}`) =>
    new Promise<number | undefined>((resolve) => {
      const sent = request(`${engine.endpoint}${target}`, { method, headers }, (response) =>
        resolve(response.resume().statusCode),
      );
      sent.end();
    });
  const form = { 'content-type': 'multipart/form-data; boundary=x' };
  const scan = { 'x-amz-target': 'DynamoDB_20120810.Scan', 'content-type': 'application/x-amz-json-1.0' };
  expect(await ask({ ...form, origin: 'http://127.0.0.1:4999' })).toBe(403);
  expect(await ask({ ...form, 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await ask({ ...scan, host: 'evil.example' }, 'POST', '/')).toBe(421);

  const page = '<script>fetch("/")</script>';
  await s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: 'a.html', Body: page, ContentType: 'text/html' }),
  );
  const shown = await fetch(await getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: 'a.html' })));
  expect(await shown.text()).toBe(page);
  expect(shown.headers.get('content-security-policy')).toBe('sandbox');
  expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
  await engine.close();
});
