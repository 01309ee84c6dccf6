import type { ServerResponse } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { clientConfig } from '../../../functions/lib/runtime/client-config';
import { copyOriginal } from '../../../functions/quarantine/copy';
import { access, s3Error, script } from '../server';
import { sourceAt } from '../support';

let server: Awaited<ReturnType<typeof script>> | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function s3(answer: (response: ServerResponse) => unknown): Promise<S3Client> {
  server = await script((response) => void answer(response));
  return new S3Client({ ...clientConfig(), ...access, endpoint: server.endpoint });
}

const copied = (response: ServerResponse) =>
  response
    .writeHead(200, { 'content-type': 'application/xml' })
    .end('<CopyObjectResult><ETag>"etag-1"</ETag></CopyObjectResult>');

const MINUTE = 60_000;
const source = sourceAt(1, { bucket: 'uploads', key: 'a/Größe + 100%20?.jpg', version: 'v=1&x' });

test('the exact version is copied inside S3, under its own key, tagged with the error', async () => {
  expect(await copyOriginal(await s3(copied), source, 'CorruptImage', 'quarantine', MINUTE)).toEqual({
    quarantine: { bucket: 'quarantine', key: source.key },
    note: null,
  });
  const [request] = server?.asked ?? [];
  expect(request).toMatchObject({
    method: 'PUT',
    headers: {
      'x-amz-copy-source': 'uploads/a/Gr%C3%B6%C3%9Fe%20%2B%20100%2520%3F.jpg?versionId=v%3D1%26x',
      'x-amz-copy-source-if-match': '"etag-1"',
      'x-amz-tagging-directive': 'REPLACE',
      'x-amz-tagging': `error=CorruptImage&sequencer=${source.sequencer}`,
    },
  });
  expect(request?.url).toContain('/quarantine/a/Gr%C3%B6%C3%9Fe%20%2B%20100%2520%3F.jpg');
});

test('without versions the copy requires the content that the event names', async () => {
  await copyOriginal(await s3(copied), { ...source, version: null }, 'CorruptImage', 'quarantine', MINUTE);
  const [request] = server?.asked ?? [];
  expect(request?.headers).toMatchObject({ 'x-amz-copy-source-if-match': '"etag-1"' });
  expect(request?.headers['x-amz-copy-source']).toMatch(/%3F\.jpg$/);
});

const TOO_LARGE =
  'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120';
const CUSTOMER_KEY =
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.';
const GLACIER =
  'The source object of the COPY action is not in the active tier and is only stored in Amazon S3 Glacier.';

test.each([
  [404, 'NoSuchKey', '', 'no copy: the original was deleted in the meantime'],
  [404, 'NoSuchVersion', '', 'no copy: the original was deleted in the meantime'],
  [412, 'PreconditionFailed', '', 'no copy: the original was overwritten in the meantime'],
  [400, 'InvalidRequest', TOO_LARGE, 'no copy: the original is larger than the 5 GB that S3 copies at once'],
  [400, 'InvalidRequest', CUSTOMER_KEY, `no copy: S3 refuses it: InvalidRequest: ${CUSTOMER_KEY}`],
  [400, 'KMS.DisabledException', 'off', 'no copy: S3 refuses it: KMS.DisabledException: off'],
  [
    403,
    'ObjectNotInActiveTierError',
    GLACIER,
    `no copy: S3 refuses it: ObjectNotInActiveTierError: ${GLACIER}`,
  ],
  [403, 'InvalidObjectState', 'archived', 'no copy: S3 refuses it: InvalidObjectState: archived'],
])('an original that cannot be copied leaves a note: %d %s %s', async (status, code, message, note) => {
  const client = await s3((response) => s3Error(response, status, code, message));
  const copy = await copyOriginal(client, source, 'CorruptImage', 'quarantine', MINUTE);
  expect(copy).toEqual({ quarantine: null, note });
});

describe('a copy that takes longer than there is time leaves a note', () => {
  const note = expect.stringMatching(
    /^no copy: S3 did not finish it within 0\.\d s, so the original stays in/,
  );

  test.each<[string, (response: ServerResponse) => unknown]>([
    ['that is not answered', () => {}],
    // S3 answers at once, sends white space while it copies, and then says how it went.
    [
      'whose answer begins and does not end',
      (response) => response.writeHead(200).write('<?xml version="1.0"?> '),
    ],
  ])('%s', async (_, answer) => {
    const copy = await copyOriginal(await s3(answer), source, 'CorruptImage', 'quarantine', 200);
    expect(copy).toEqual({ quarantine: null, note });
  });

  test('for which no time is left', async () => {
    const copy = await copyOriginal(await s3(() => {}), source, 'CorruptImage', 'quarantine', -10);
    expect(copy).toEqual({ quarantine: null, note });
  });
});

test.each([
  [503, 'SlowDown'],
  [500, 'InternalError'],
  [400, 'RequestTimeout'],
  [404, 'NoSuchBucket'],
])('a fault that is not of the original fails unchanged: %d %s', async (status, code) => {
  const client = await s3((response) => s3Error(response, status, code));
  await expect(copyOriginal(client, source, 'CorruptImage', 'quarantine', MINUTE)).rejects.toMatchObject({
    name: code,
  });
});

test('a copy that is denied fails unchanged', async () => {
  const client = await s3((response) => s3Error(response, 403, 'AccessDenied'));
  await expect(copyOriginal(client, source, 'CorruptImage', 'quarantine', MINUTE)).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});
