import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type Endpoint, startEndpoint } from './harness';

let endpoint: Endpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => endpoint.stop());

const named = { Bucket: 'plain', Key: 'a b+ü//😀' };
const put = (Body: string) => endpoint.client.send(new PutObjectCommand({ ...named, Body }));

test('a presigned GET reads the object, and names the headers of the answer', async () => {
  await put('body');
  const disposition = 'attachment; filename="a b.png"';
  const url = await getSignedUrl(
    endpoint.client,
    new GetObjectCommand({
      ...named,
      ResponseContentType: 'image/png',
      ResponseContentDisposition: disposition,
    }),
  );
  const response = await fetch(url);
  expect(await response.text()).toBe('body');
  expect(response.headers.get('content-type')).toBe('image/png');
  expect(response.headers.get('content-disposition')).toBe(disposition);
});

test('a header of the answer that is not Latin-1 is refused', async () => {
  await put('body');
  const url = await getSignedUrl(
    endpoint.client,
    new GetObjectCommand({ ...named, ResponseContentType: '写真' }),
  );
  const response = await fetch(url);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('cannot be represented using ISO-8859-1');
});

test('a presigned PUT stores what is sent to it, with the metadata that was signed', async () => {
  const url = await getSignedUrl(endpoint.client, new PutObjectCommand({ ...named, Metadata: { a: '1' } }));
  // The SDK puts the checksum of the empty body that it signed into the URL. S3 doesn't check the upload against it.
  expect(url).toContain('x-amz-checksum-crc32=AAAAAA');
  expect((await fetch(url, { method: 'PUT', body: Buffer.from('uploaded') })).status).toBe(200);
  const found = await endpoint.client.send(new HeadObjectCommand(named));
  expect(found).toMatchObject({ ContentLength: 8, Metadata: { a: '1' }, ContentType: 'binary/octet-stream' });
});

test("metadata in a presigned URL that can't be a header is refused", async () => {
  for (const a of ['写真', 'a\r\nb: c']) {
    const url = await getSignedUrl(endpoint.client, new PutObjectCommand({ ...named, Metadata: { a } }));
    expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(400);
  }
});

test('a URL for reading does not write', async () => {
  const url = await getSignedUrl(endpoint.client, new GetObjectCommand(named));
  const response = await fetch(url, { method: 'PUT', body: 'x' });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
});

test('a listing writes control characters as references if the caller did not ask for encoding', async () => {
  await endpoint.client.send(new PutObjectCommand({ Bucket: 'plain', Key: 'a\u0001\r\n<b>&', Body: 'x' }));
  const url = await getSignedUrl(endpoint.client, new ListObjectsV2Command({ Bucket: 'plain' }));
  expect(await (await fetch(url)).text()).toContain('<Key>a&#x1;&#xd;&#xa;&lt;b&gt;&amp;</Key>');
});
