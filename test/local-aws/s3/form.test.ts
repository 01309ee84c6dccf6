import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { AwsError } from '../../../local-aws/service';
import { bytes, type Endpoint, startEndpoint } from './harness';

let endpoint: Endpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => endpoint.stop());

const KEY = 'uploads/a b+ü.png';

/** A form like those of create-upload: one key, one type, at most ten bytes. */
const presign = (options: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(endpoint.client, {
    Bucket: 'plain',
    Key: KEY,
    Conditions: [
      ['content-length-range', 1, 10],
      ['eq', '$Content-Type', 'image/png'],
    ],
    Fields: { 'Content-Type': 'image/png' },
    Expires: 60,
    ...options,
  });

function formOf(
  fields: Record<string, string>,
  content: string | Buffer | null = '0123456789',
  name = 'c:\\x\\me.png',
) {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  if (content !== null) form.append('file', new Blob([content]), name);
  return form;
}

async function post(body: FormData | string, init: RequestInit = {}, bucket = 'plain') {
  const response = await fetch(`${endpoint.url}/${bucket}`, {
    method: 'POST',
    body,
    redirect: 'manual',
    ...init,
  });
  const answer = await response.text();
  const field = (name: string) =>
    new RegExp(`<${name}>(.*?)</${name}>`, 's')
      .exec(answer)?.[1]
      ?.replaceAll('&quot;', '"')
      .replaceAll('&apos;', "'");
  return {
    status: response.status,
    headers: response.headers,
    answer,
    code: field('Code'),
    message: field('Message'),
    field,
  };
}

const keys = async () =>
  ((await endpoint.client.send(new ListObjectsV2Command({ Bucket: 'plain' }))).Contents ?? []).map(
    ({ Key }) => Key,
  );

describe('A form', () => {
  test('that the SDK has made uploads a file, with its type and metadata, and sends an event', async () => {
    const { url, fields } = await presign({
      Conditions: [['starts-with', '$x-amz-meta-file-name', '']],
      Fields: {
        'Content-Type': 'image/png',
        'Cache-Control': 'no-store',
        'x-amz-meta-file-name': 'b%C3%BCro.png',
        tagging: '<Tagging><TagSet><Tag><Key>from</Key><Value>page</Value></Tag></TagSet></Tagging>',
      },
    });
    const response = await fetch(url, { method: 'POST', body: formOf(fields) });
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(response.headers.get('location')).toBe(`${endpoint.url}/plain/uploads/a%20b%2B%C3%BC.png`);

    const stored = await endpoint.client.send(new GetObjectCommand({ Bucket: 'plain', Key: KEY }));
    expect(await stored.Body?.transformToString()).toBe('0123456789');
    expect(stored).toMatchObject({
      ContentType: 'image/png',
      CacheControl: 'no-store',
      Metadata: { 'file-name': 'b%C3%BCro.png' },
      ETag: response.headers.get('etag'),
    });
    const tags = await endpoint.client.send(new GetObjectTaggingCommand({ Bucket: 'plain', Key: KEY }));
    expect(tags.TagSet).toEqual([{ Key: 'from', Value: 'page' }]);
    expect(endpoint.events).toMatchObject([
      { 'detail-type': 'Object Created', detail: { reason: 'POST Object', object: { key: KEY, size: 10 } } },
    ]);
    expect(endpoint.calls).toContainEqual({
      action: 's3:PutObject',
      resource: `arn:aws:s3:::plain/${KEY}`,
    });
  });

  test('names the file in the key, without its folders', async () => {
    const { fields } = await presign({ Key: 'uploads/${filename}' });
    expect((await post(formOf(fields))).status).toBe(204);
    expect(await keys()).toEqual(['uploads/me.png']);
  });

  test('is answered as it asks: with 200, with a document, or with a redirection', async () => {
    const asking = (name: string, value: string) =>
      presign({ Fields: { 'Content-Type': 'image/png', [name]: value } });
    expect((await post(formOf((await asking('success_action_status', '200')).fields))).status).toBe(200);
    const created = await post(formOf((await asking('success_action_status', '201')).fields));
    expect(created.status).toBe(201);
    expect([created.field('Bucket'), created.field('Key')]).toEqual(['plain', KEY]);
    const led = await post(
      formOf((await asking('success_action_redirect', 'https://shop.example/done?a=1')).fields),
    );
    expect(led.status).toBe(303);
    expect(Object.fromEntries(new URL(led.headers.get('location')!).searchParams)).toEqual({
      a: '1',
      bucket: 'plain',
      key: KEY,
      etag: led.headers.get('etag'),
    });
  });

  test('goes through curl as through a browser', async () => {
    if (!hasCurl()) return console.warn('Skipped: curl is not installed');
    const folder = mkdtempSync(path.join(tmpdir(), 'form-'));
    try {
      const file = path.join(folder, 'photo.png');
      const { url, fields } = await presign({ Conditions: [['content-length-range', 1, 300_000]] });
      const upload = async (size: number) => {
        writeFileSync(file, bytes(size));
        const given = Object.entries(fields).flatMap(([name, value]) => ['-F', `${name}=${value}`]);
        const { stdout } = await promisify(execFile)('curl', [
          '-sS',
          '--max-time',
          '20',
          '-w',
          '%{http_code}',
          ...given,
          '-F',
          `file=@${file}`,
          url,
        ]);
        return stdout;
      };
      expect(await upload(300_000)).toBe('204');
      const head = await endpoint.client.send(new HeadObjectCommand({ Bucket: 'plain', Key: KEY }));
      expect(head.ContentLength).toBe(300_000);
      expect(await upload(3_000_000)).toMatch(/<Code>EntityTooLarge<\/Code>.*400$/s);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('S3 refuses', () => {
  afterEach(() => expect(endpoint.events).toEqual([]));

  test('a form without a policy', async () => {
    expect(await post(formOf({ key: KEY }))).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: 'Access Denied',
    });
  });

  test('a form whose signer may not write there', async () => {
    const { fields } = await presign();
    endpoint.denied.set('s3:PutObject', new AwsError('AccessDenied', 'not you', 403));
    expect(await post(formOf(fields))).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: 'not you',
    });
  });

  test('a policy that has expired', async () => {
    const { fields } = await presign({ Expires: 1 });
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 2000);
    try {
      expect(await post(formOf(fields))).toMatchObject({
        status: 403,
        code: 'AccessDenied',
        message: 'Invalid according to Policy: Policy expired.',
      });
    } finally {
      jest.restoreAllMocks();
    }
  });

  test('a file that is too large, or too small, for the policy', async () => {
    const { fields } = await presign();
    const large = await post(formOf(fields, bytes(500_000)));
    expect(large).toMatchObject({ status: 400, code: 'EntityTooLarge' });
    expect(large.message).toBe('Your proposed upload exceeds the maximum allowed size');
    expect(large.field('MaxSizeAllowed')).toBe('10');
    expect(Number(large.field('ProposedSize'))).toBeGreaterThan(500_000);
    expect(await post(formOf(fields, '01234567890'))).toMatchObject({ code: 'EntityTooLarge' });
    const small = await post(formOf(fields, ''));
    expect(small).toMatchObject({ status: 400, code: 'EntityTooSmall' });
    expect([small.field('ProposedSize'), small.field('MinSizeAllowed')]).toEqual(['0', '1']);
  });

  test.each([
    ['another key', { key: 'uploads/b' }, `Policy Condition failed: ["eq", "$key", "${KEY}"]`],
    [
      'another type',
      { 'Content-Type': 'text/html' },
      'Policy Condition failed: ["eq", "$content-type", "image/png"]',
    ],
    [
      'a field that the policy does not mention',
      { 'x-amz-meta-evil': '1' },
      'Extra input fields: x-amz-meta-evil',
    ],
    ['another status', { success_action_status: '200' }, 'Extra input fields: success_action_status'],
  ])('%s', async (_, changed, message) => {
    const { fields } = await presign();
    expect(await post(formOf({ ...fields, ...changed }))).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      message: `Invalid according to Policy: ${message}`,
    });
  });

  test('a form for another bucket, or for none', async () => {
    const { fields } = await presign();
    const { bucket: _, ...others } = fields;
    expect(await post(formOf(others), {}, 'versioned')).toMatchObject({
      message: 'Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "plain"]',
    });
    const elsewhere = await presign({ Bucket: 'nowhere' });
    expect(await post(formOf(elsewhere.fields), {}, 'nowhere')).toMatchObject({
      status: 404,
      code: 'NoSuchBucket',
    });
  });

  test('but not a form with fields whose names are ignored', async () => {
    const { fields } = await presign();
    const form = formOf({ 'x-ignore-csrf': '1', ...fields });
    endpoint.denied.set('s3:PutObject', new AwsError('AccessDenied', 'asked', 403));
    expect(await post(form)).toMatchObject({ message: 'asked' });
  });

  test('a wrong signature, key or token', async () => {
    const { fields } = await presign();
    const changed = (name: string, value: string) => post(formOf({ ...fields, [name]: value }));
    const later = JSON.parse(Buffer.from(fields['Policy']!, 'base64').toString()) as Record<string, unknown>;
    const forged = Buffer.from(JSON.stringify({ ...later, expiration: '2099-01-01T00:00:00Z' })).toString(
      'base64',
    );
    expect(await changed('Policy', forged)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect(await changed('X-Amz-Signature', 'f'.repeat(64))).toMatchObject({ code: 'SignatureDoesNotMatch' });
    expect(await changed('X-Amz-Signature', 'f')).toMatchObject({ status: 400, code: 'InvalidArgument' });
    expect(
      await changed('X-Amz-Credential', fields['X-Amz-Credential']!.replace('AKIALOCAL', 'AKIAOTHER')),
    ).toMatchObject({
      code: 'InvalidAccessKeyId',
    });
    expect(
      await changed('X-Amz-Credential', fields['X-Amz-Credential']!.replace('/s3/', '/sqs/')),
    ).toMatchObject({
      code: 'InvalidArgument',
    });
    expect(await changed('X-Amz-Security-Token', 'x')).toMatchObject({ code: 'InvalidToken' });
    const { 'X-Amz-Signature': _, ...unsigned } = fields;
    expect(await post(formOf(unsigned))).toMatchObject({
      code: 'InvalidArgument',
      message: expect.stringContaining("a field named 'X-Amz-Signature'"),
    });
  });

  test('a form without a file, or with two', async () => {
    const { fields } = await presign();
    const wrong = { status: 400, code: 'IncorrectNumberOfFilesInPostRequest' };
    expect(await post(formOf(fields, null))).toMatchObject(wrong);
    const two = formOf(fields);
    two.append('file', new Blob(['9']), 'b.png');
    expect(await post(two)).toMatchObject(wrong);
  });

  test('fields of more than 20 KB, and a field that is there twice', async () => {
    const { fields } = await presign();
    const tooLarge = { status: 400, code: 'MaxPostPreDataLengthExceededError' };
    expect(await post(formOf({ 'x-amz-meta-a': 'a'.repeat(20_481), ...fields }))).toMatchObject(tooLarge);
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`x-ignore-${n}`, '']));
    expect(await post(formOf({ ...many, ...fields }))).toMatchObject(tooLarge);
    const twice = new FormData();
    for (const [name, value] of [['key', 'a'], ...Object.entries(fields)]) twice.append(name!, value!);
    twice.append('file', new Blob(['1']), 'a');
    expect(await post(twice)).toMatchObject({ status: 400, code: 'InvalidArgument' });
  });

  test('a body that is not a form', async () => {
    const malformed = { status: 400, code: 'MalformedPOSTRequest' };
    const typed = (type: string) => ({ headers: { 'content-type': type } });
    expect(await post('x', typed('multipart/form-data'))).toMatchObject(malformed);
    expect(await post('nothing of the kind', typed('multipart/form-data; boundary=b'))).toMatchObject(
      malformed,
    );
    expect(await post('a=b', typed('text/plain'))).toMatchObject({ status: 403, code: 'AccessDenied' });
  });
});

test('a form that breaks off anywhere is answered, and leaves nothing behind', async () => {
  const { fields } = await presign({ Conditions: [['content-length-range', 1, 10]] });
  const encoded = new Response(formOf(fields));
  const type = encoded.headers.get('content-type')!;
  const whole = Buffer.from(await encoded.arrayBuffer());
  const lengths = Array.from({ length: 60 }, (_, n) => Math.floor((n * (whole.length - 5)) / 60));
  for (const length of [...lengths, whole.length - 6]) {
    const response = await post(whole.subarray(0, length) as unknown as string, {
      headers: { 'content-type': type },
    });
    expect([length, response.status, response.code]).toEqual([length, 400, 'MalformedPOSTRequest']);
  }
  expect(await keys()).toEqual([]);
  expect(endpoint.events).toEqual([]);
});

test('a caller who disconnects in the middle of a file leaves nothing behind', async () => {
  const { fields } = await presign();
  const encoded = new Response(formOf(fields));
  const whole = Buffer.from(await encoded.arrayBuffer());
  const request = send(`${endpoint.url}/plain`, {
    method: 'POST',
    headers: { 'content-type': encoded.headers.get('content-type')!, 'content-length': whole.length },
  });
  request.on('error', () => {});
  request.write(whole.subarray(0, whole.length - 60));
  await new Promise((resolve) => setTimeout(resolve, 100));
  request.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await keys()).toEqual([]);
  // It still serves other requests.
  expect((await post(formOf(fields))).status).toBe(204);
});

test('no more is stored than the policy allows, however much is sent', async () => {
  const { fields } = await presign();
  const encoded = new Response(formOf(fields, ''));
  const head = Buffer.from(await encoded.arrayBuffer());
  const length = 2_000_000_000;
  const request = send(`${endpoint.url}/plain`, {
    method: 'POST',
    headers: { 'content-type': encoded.headers.get('content-type')!, 'content-length': length },
  });
  request.on('error', () => {});
  // Everything up to the start of the file's content.
  request.write(head.subarray(0, head.lastIndexOf('\r\n--')));
  request.write(Buffer.alloc(200_000));
  const answer = await new Promise<string>((resolve) =>
    request.once('response', (response) => resolve(text(response))),
  );
  request.destroy();
  expect(answer).toContain(`<ProposedSize>${length}</ProposedSize><MaxSizeAllowed>10</MaxSizeAllowed>`);
});

function hasCurl(): boolean {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
