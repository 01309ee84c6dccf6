import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { Presigner } from '../../../functions/create-upload/presign';
import type { HttpEvent } from '../../../functions/lib/http/api';
import type { HttpAnswer } from '../../../functions/lib/http/problem';
import { authenticate } from '../../../local-aws/sigv4/authenticate';
import { bodyOf, postUploads, SUB } from '../http';
import { TABLE, UPLOADS } from '../support';
import { type RecordsTable, recordsTable } from '../table';

const environment = { ...process.env };

let table: RecordsTable;
let handler: (event: HttpEvent) => Promise<HttpAnswer>;
beforeAll(async () => {
  table = await recordsTable();
  Object.assign(process.env, {
    TABLE_NAME: TABLE,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
    UPLOADS_BUCKET: UPLOADS,
    UPLOADS_PREFIX: 'uploads/',
    ACCEPTED_FORMATS: 'jpeg,png',
    UPLOAD_SECONDS: '300',
    MAX_BYTES: '50000000',
    MAX_PIXELS: '50000000',
    MAX_SIDE: '16384',
  });
  delete process.env['AWS_ENDPOINT_URL'];
  handler = require('../../../functions/create-upload/handler').handler;
});
afterAll(async () => {
  await table?.close();
  process.env = environment;
});

const now = Date.parse('2026-03-12T02:08:00Z');

/** What is signed in the answer to a request at that moment. */
async function signed(run: typeof handler, body: object = {}) {
  jest.useFakeTimers({ now, advanceTimers: true });
  const event = postUploads();
  const request = JSON.stringify({ ...JSON.parse(event.body as string), ...body });
  const answer = await run({ ...event, body: request }).finally(() => jest.useRealTimers());
  return bodyOf(answer);
}

test('S3 enforces everything about the upload, and takes it once: all of it is signed, for five minutes', async () => {
  const { id, upload } = await signed(handler);
  const { origin, pathname, searchParams: query } = new URL(upload.url);
  expect(origin).toBe(`https://${UPLOADS}.s3.us-east-1.amazonaws.com`);
  expect(pathname).toMatch(new RegExp(`^/uploads/[0-9a-f]{32}/${id}$`));
  expect(upload).toMatchObject({
    method: 'PUT',
    headers: { 'Content-Type': 'image/jpeg', 'If-None-Match': '*', 'x-amz-meta-file-name': 'canyon.jpg' },
    expiresAt: '2026-03-12T02:13:00.000Z',
  });
  // S3 refuses the request if one of these is missing, or is another; the client sends the length by itself.
  expect(query.get('X-Amz-SignedHeaders')).toBe(
    'content-length;content-type;host;if-none-match;x-amz-meta-file-name',
  );
  expect(Object.fromEntries(query)).toMatchObject({
    'X-Amz-Date': '20260312T020800Z',
    'X-Amz-Expires': '300',
    'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
    'X-Amz-Security-Token': 'session',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  // A checksum would be that of the empty body that is there when it is signed.
  expect(upload.url).not.toContain('checksum');
});

test('a request with exactly the headers of the answer is signed rightly, and no other', async () => {
  const { upload } = await signed(handler);
  const { host, pathname, search } = new URL(upload.url);
  const keys = { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' };
  const sent = (headers: object) => {
    const given = Object.entries({ host, 'content-length': '466123', ...upload.headers, ...headers });
    const request = {
      method: 'PUT',
      url: `${pathname}${search}`,
      headers: Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), value])),
    };
    return authenticate(
      request as never,
      () => ({ arn: 'arn:aws:iam::111122223333:role/r', ...keys }),
      new Date(now),
    );
  };
  expect(await sent({})).toMatchObject({ presigned: true, service: 's3', region: 'us-east-1' });
  for (const changed of [
    { 'content-length': '466124' },
    { 'Content-Type': 'image/png' },
    { 'If-None-Match': '"e"' },
    { 'x-amz-meta-file-name': 'other.jpg' },
  ]) {
    await expect(sent(changed)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  }
});

test('a stack without forms signs none', async () => {
  const event = postUploads();
  const body = JSON.stringify({ ...JSON.parse(event.body as string), method: 'POST' });
  const answer = await handler({ ...event, body });
  expect(answer.statusCode).toBe(400);
  expect(bodyOf(answer).detail).toBe(
    'Expected "PUT" but received "POST": this API signs no forms. Leave "method" out.',
  );
});

test('the announced size is part of the signature', async () => {
  const presigner = new Presigner(new S3Client({ region: 'us-east-1' }), UPLOADS, 300);
  const signatureFor = async (bytes: number) => {
    const upload = { key: 'a.jpg', contentType: 'image/jpeg', fileName: 'a.jpg', bytes };
    jest.useFakeTimers({ now, advanceTimers: true });
    const { url } = await presigner.put(upload).finally(() => jest.useRealTimers());
    return new URL(url).searchParams.get('X-Amz-Signature');
  };
  expect(await signatureFor(1)).toBe(await signatureFor(1));
  expect(await signatureFor(1)).not.toBe(await signatureFor(2));
});

test('S3 enforces key, size, type and name of a form too, if there are forms', async () => {
  process.env['FORMS'] = 'on';
  jest.resetModules();
  const withForms = require('../../../functions/create-upload/handler').handler;
  delete process.env['FORMS'];
  const { id, upload } = await signed(withForms, { method: 'POST' });
  const { Policy, 'X-Amz-Signature': signature, ...fields } = upload.fields;
  const { expiration, conditions } = JSON.parse(Buffer.from(Policy, 'base64').toString());

  expect(upload).toMatchObject({ method: 'POST', url: `https://${UPLOADS}.s3.us-east-1.amazonaws.com/` });
  expect(fields).toMatchObject({
    key: expect.stringMatching(new RegExp(`^uploads/[0-9a-f]{32}/${id}$`)),
    'Content-Type': 'image/jpeg',
    'x-amz-meta-file-name': 'canyon.jpg',
    'X-Amz-Security-Token': 'session',
  });
  expect(signature).toMatch(/^[0-9a-f]{64}$/);
  const exact = Object.entries(fields).map(([name, value]) => ({ [name]: value }));
  expect(conditions).toHaveLength(exact.length + 1);
  expect(conditions).toEqual(expect.arrayContaining([['content-length-range', 466_123, 466_123], ...exact]));
  expect(upload.expiresAt).toBe(expiration);
  expect(Date.parse(expiration)).toBe(now + 300_000);
});

/** The key of an upload without its last segment, and that segment. */
async function folderAndId(event = postUploads()) {
  const { pathname } = new URL(bodyOf(await handler(event)).upload.url);
  return pathname.split('/').slice(2) as [folder: string, id: string];
}

const as = (sub: string) => postUploads({ requestContext: { authorizer: { jwt: { claims: { sub } } } } });

test('every upload has its own key, and all of a user are in one folder, even if the first are asked for at once', async () => {
  const uploads = await Promise.all(Array.from({ length: 10 }, () => folderAndId(as('newcomer'))));
  expect(new Set(uploads.map(([, id]) => id)).size).toBe(10);
  expect(new Set(uploads.map(([folder]) => folder)).size).toBe(1);
});

test('the folder is random: nothing in a URL is the name of a user or a hash of it, and each user has another', async () => {
  const [folder] = await folderAndId();
  const hash = createHash('sha256').update(SUB).digest('hex');
  expect(folder).toMatch(/^[0-9a-f]{32}$/);
  expect([SUB, hash]).not.toContainEqual(expect.stringContaining(folder));
  expect(await folderAndId(as(`${SUB}0`))).not.toContain(folder);
});

test('without a caller nothing is signed, even if the API were open', async () => {
  const answer = await handler(postUploads({ requestContext: {} }));
  expect(answer).toMatchObject({
    statusCode: 401,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer, AWS4-HMAC-SHA256',
    },
  });
});

test('a faulty request gets a problem document, and is not an error of the function', async () => {
  const answer = await handler(postUploads({ body: '{}' }));
  expect(answer.statusCode).toBe(400);
  expect(bodyOf(answer)).toMatchObject({ title: 'Bad Request', status: 400 });
});
