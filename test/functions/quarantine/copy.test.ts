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

const source = sourceAt(1, { bucket: 'uploads', key: 'a/Größe + 100%20?.jpg', version: 'v=1&x' });

test('the exact version is copied inside S3, under its own key, tagged with the error', async () => {
  expect(await copyOriginal(await s3(copied), source, 'CorruptImage', 'quarantine')).toEqual({
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
  await copyOriginal(await s3(copied), { ...source, version: null }, 'CorruptImage', 'quarantine');
  const [request] = server?.asked ?? [];
  expect(request?.headers).toMatchObject({ 'x-amz-copy-source-if-match': '"etag-1"' });
  expect(request?.headers['x-amz-copy-source']).not.toContain('versionId');
});

test.each([
  [404, 'NoSuchKey', 'deleted'],
  [404, 'NoSuchVersion', 'deleted'],
  [412, 'PreconditionFailed', 'overwritten'],
  [400, 'InvalidRequest', 'larger than the 5 GB'],
])('an original that cannot be copied (%d %s) leaves a note', async (status, code, words) => {
  const client = await s3((response) => s3Error(response, status, code));
  expect(await copyOriginal(client, source, 'CorruptImage', 'quarantine')).toEqual({
    quarantine: null,
    note: expect.stringContaining(words),
  });
});

test('a copy that is denied fails unchanged', async () => {
  const client = await s3((response) => s3Error(response, 403, 'AccessDenied'));
  await expect(copyOriginal(client, source, 'CorruptImage', 'quarantine')).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});
