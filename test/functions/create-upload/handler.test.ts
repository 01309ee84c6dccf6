import { createHash } from 'node:crypto';
import type { HttpEvent } from '../../../functions/lib/http/api';
import type { HttpAnswer } from '../../../functions/lib/http/problem';
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
    FORM_SECONDS: '300',
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

test('the form is signed: S3 enforces its key, size, type and name, for five minutes', async () => {
  const now = Date.parse('2026-03-12T02:08:00Z');
  jest.useFakeTimers({ now, advanceTimers: true });
  const answer = await handler(postUploads()).finally(() => jest.useRealTimers());
  const { id, upload } = bodyOf(answer);
  const { Policy, 'X-Amz-Signature': signature, ...fields } = upload.fields;
  const { expiration, conditions } = JSON.parse(Buffer.from(Policy, 'base64').toString());

  expect(upload.url).toBe(`https://${UPLOADS}.s3.us-east-1.amazonaws.com/`);
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

/** The key of a form without its last segment, and that segment. */
async function folderAndId(event = postUploads()) {
  const { key } = bodyOf(await handler(event)).upload.fields;
  return key.split('/').slice(1) as [folder: string, id: string];
}

const as = (sub: string) => postUploads({ requestContext: { authorizer: { jwt: { claims: { sub } } } } });

test('every form has its own key, and all of a user are in one folder, even if the first are asked for at once', async () => {
  const forms = await Promise.all(Array.from({ length: 10 }, () => folderAndId(as('newcomer'))));
  expect(new Set(forms.map(([, id]) => id)).size).toBe(10);
  expect(new Set(forms.map(([folder]) => folder)).size).toBe(1);
});

test('the folder is random: nothing in a URL is the name of a user or a hash of it, and each user has another', async () => {
  const [folder] = await folderAndId();
  const hash = createHash('sha256').update(SUB).digest('hex');
  expect(folder).toMatch(/^[0-9a-f]{32}$/);
  expect([SUB, hash]).not.toContainEqual(expect.stringContaining(folder));
  expect(await folderAndId(as(`${SUB}0`))).not.toContain(folder);
});

test('without a caller there is no form, even if the API were open', async () => {
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
