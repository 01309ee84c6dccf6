import type { HttpEvent } from '../../../functions/lib/http/api';
import type { HttpAnswer } from '../../../functions/lib/http/problem';
import { bodyOf, postUploads, SUB } from '../http';
import { UPLOADS } from '../support';

const environment = { ...process.env };

let handler: (event: HttpEvent) => Promise<HttpAnswer>;
beforeAll(() => {
  Object.assign(process.env, {
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
afterAll(() => {
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
    key: `uploads/${SUB}/${id}`,
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

test('every form has its own key', async () => {
  const ids = await Promise.all([1, 2, 3].map(async () => bodyOf(await handler(postUploads())).id));
  expect(new Set(ids).size).toBe(3);
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
