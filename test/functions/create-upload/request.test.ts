import { readRequest } from '../../../functions/create-upload/request';
import type { HttpEvent } from '../../../functions/lib/http/api';
import { HttpProblem } from '../../../functions/lib/http/problem';
import { bodyOf, postUploads } from '../http';

const canyon = { fileName: 'canyon.jpg', contentType: 'image/jpeg', size: 466_123 };

function refused(event: HttpEvent) {
  try {
    readRequest(event);
  } catch (error) {
    if (error instanceof HttpProblem) return bodyOf(error.answer);
    throw error;
  }
  throw new Error('was not refused');
}

const faults = (body: unknown) => refused(postUploads({ body: JSON.stringify(body) })).faults;

test('reads what a browser sends', () => {
  expect(readRequest(postUploads())).toEqual(canyon);
});

test('reads a body that API Gateway considered binary', () => {
  const body = Buffer.from(JSON.stringify({ ...canyon, fileName: 'größer.jpg' })).toString('base64');
  expect(readRequest(postUploads({ body, isBase64Encoded: true })).fileName).toBe('größer.jpg');
});

test.each(['application/json; charset=utf-8', 'Application/JSON'])('accepts %s as JSON', (type) => {
  expect(readRequest(postUploads({ headers: { 'content-type': type } }))).toEqual(canyon);
});

test.each([
  undefined,
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/json-patch+json',
  'x-application/json',
])('does not accept %s as JSON', (type) => {
  expect(refused(postUploads({ headers: { 'content-type': type } }))).toMatchObject({
    status: 415,
    detail: `Expected content-type application/json but received "${type ?? 'nothing'}".`,
  });
});

test('all faults are named at once, with the values found', () => {
  expect(faults({ fileName: '', contentType: 7, size: 1.5, 'a/b~': 1 })).toEqual([
    { pointer: '/fileName', detail: 'Expected a file name but received ""' },
    { pointer: '/contentType', detail: 'Expected a content type such as "image/jpeg" but received 7' },
    { pointer: '/size', detail: 'Expected a whole number of bytes but received 1.5' },
    {
      pointer: '/a~1b~0',
      detail: 'Expected only fileName, contentType, size and method but received "a/b~"',
    },
  ]);
});

test.each(['PUT', 'POST'])('the method may be %s', (method) => {
  const body = JSON.stringify({ ...canyon, method });
  expect(readRequest(postUploads({ body }))).toEqual({ ...canyon, method });
});

test.each(['put', 'GET', null, 1])('the method %j is a fault', (method) => {
  const detail = `Expected "PUT" or "POST" but received ${JSON.stringify(method)}`;
  expect(faults({ ...canyon, method })).toEqual([{ pointer: '/method', detail }]);
});

test('a missing field is reported as missing', () => {
  expect(faults({})).toEqual([
    { pointer: '/fileName', detail: 'Expected a file name but it is missing' },
    { pointer: '/contentType', detail: 'Expected a content type such as "image/jpeg" but it is missing' },
    { pointer: '/size', detail: 'Expected a whole number of bytes but it is missing' },
  ]);
});

test.each([[null], [[]], ['text'], [7]])('%j is not a request', (body) => {
  expect(faults(body)).toEqual([
    {
      pointer: '',
      detail: `Expected an object with fileName, contentType and size but received ${JSON.stringify(body)}`,
    },
  ]);
});

test.each([undefined, '', '{', 'fileName=canyon.jpg'])('the body %j is not JSON', (body) => {
  expect(refused(postUploads({ body }))).toMatchObject({
    status: 400,
    detail: 'The request is not valid: see faults.',
    faults: [{ pointer: '', detail: `Expected JSON but received ${JSON.stringify(body ?? '')}` }],
  });
});

test.each([
  [{ size: 0 }, '/size'],
  [{ size: -1 }, '/size'],
  [{ size: 2 ** 53 }, '/size'],
  [{ size: '1' }, '/size'],
  [{ fileName: 'x'.repeat(256) }, '/fileName'],
  [{ contentType: 'x'.repeat(256) }, '/contentType'],
])('%j is refused at %s', (change, pointer) => {
  expect(faults({ ...canyon, ...change })).toMatchObject([{ pointer }]);
});

test.each([
  [{ size: 0 }, 'Expected a file of at least one byte but received 0'],
  [
    { fileName: 'x'.repeat(256) },
    `Expected a file name of at most 255 characters but received "${'x'.repeat(58)}…`,
  ],
])('%j is refused with the limit', (change, detail) => {
  expect(faults({ ...canyon, ...change })).toMatchObject([{ detail }]);
});

test('the smallest and the longest are accepted', () => {
  const least = { fileName: 'x', contentType: '', size: 1 };
  const most = { fileName: 'x'.repeat(255), contentType: 'x'.repeat(255), size: 2 ** 53 - 1 };
  for (const given of [least, most]) {
    expect(readRequest(postUploads({ body: JSON.stringify(given) }))).toEqual(given);
  }
});

test('a request larger than any valid one is not parsed', () => {
  const longest = { fileName: '\u0001'.repeat(255), contentType: '\u0001'.repeat(255), size: 2 ** 53 - 1 };
  expect(readRequest(postUploads({ body: JSON.stringify(longest) }))).toEqual(longest);

  const body = 'x'.repeat(8_193);
  expect(refused(postUploads({ body }))).toMatchObject({ status: 413 });
  const encoded = Buffer.from(body).toString('base64');
  expect(refused(postUploads({ body: encoded, isBase64Encoded: true }))).toMatchObject({ status: 413 });
});

describe('the bytes of a request are counted as they were sent', () => {
  const padded = (text: string, bytes: number) => text + ' '.repeat(bytes - Buffer.byteLength(text));
  const ascii = JSON.stringify(canyon);
  const multibyte = JSON.stringify({ ...canyon, fileName: 'ö写🏔'.repeat(20) });

  test.each([
    ['in ASCII', ascii, false],
    ['in characters of several bytes', multibyte, false],
    ['in ASCII as base64', ascii, true],
    ['in characters of several bytes as base64', multibyte, true],
  ])('%s: 8,192 are read and one more is refused', (_, text, isBase64Encoded) => {
    const send = (bytes: number) => {
      const body = padded(text, bytes);
      return postUploads({
        body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
        isBase64Encoded,
      });
    };
    for (const bytes of [8_190, 8_191, 8_192]) expect(readRequest(send(bytes))).toEqual(JSON.parse(text));
    for (const bytes of [8_193, 8_194, 8_195]) {
      expect(refused(send(bytes))).toMatchObject({
        status: 413,
        detail: expect.stringContaining(`but received ${bytes}.`),
      });
    }
  });
});

test('a value of 60 characters is shown whole, and a longer one is cut to 60', () => {
  const detail = (size: string) => faults({ ...canyon, size })?.[0]?.detail;
  // Two of them are quotes.
  expect(detail('x'.repeat(58))).toMatch(/received "x{58}"$/);
  expect(detail('x'.repeat(59))).toMatch(/received "x{58}…$/);
});
