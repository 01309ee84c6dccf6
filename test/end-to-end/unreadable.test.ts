/** Uploads that no role could read are refused by the uploads bucket; all others pass. */
import { randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { picture } from '../fixtures/images';
import { pathOf, Workflow } from './workflow';

type Headers = Partial<PutObjectCommandInput>;

const FOREIGN_KEY = 'arn:aws:kms:us-east-1:444455556666:key/0a1b2c3d-0000-4000-8000-000000000000';
const customerKey = (): Headers => ({
  SSECustomerAlgorithm: 'AES256',
  SSECustomerKey: randomBytes(32).toString('base64'),
});

let workflow: Workflow;
let photo: Buffer;
let Bucket: string;

beforeAll(async () => {
  photo = await picture();
  workflow = await Workflow.start({
    settings: { encryption: { customerManagedKey: true } },
    waitScale: 0.01,
    log: () => {},
  });
  Bucket = workflow.bucket('uploads');
});
afterAll(() => workflow?.end());

const put = (Key: string, headers: Headers = {}) =>
  workflow.s3.send(new PutObjectCommand({ Bucket, Key, Body: photo, ...headers }));

const refused = {
  name: 'AccessDenied',
  message: expect.stringContaining(`is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::`),
  $metadata: expect.objectContaining({ httpStatusCode: 403 }),
};

const stackKey = (): Headers => ({
  ServerSideEncryption: 'aws:kms',
  SSEKMSKeyId: workflow.stack.keys.find(({ madeBy }) => madeBy === 'stack')?.arn as string,
});

const UNREADABLE: [string, Headers][] = [
  ['under a key of another account', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: FOREIGN_KEY }],
  ['under a key of its uploader (SSE-C)', customerKey()],
  ['in the archive GLACIER', { StorageClass: 'GLACIER' }],
  ['in the archive DEEP_ARCHIVE', { StorageClass: 'DEEP_ARCHIVE' }],
];

describe.each(UNREADABLE)('an upload %s', (_, headers) => {
  test('is refused', async () => {
    await expect(put('refused.jpg', headers)).rejects.toMatchObject(refused);
    await expect(put('refused.jpg', headers)).rejects.toThrow(
      'with an explicit deny in a resource-based policy',
    );
    expect(await workflow.keys('uploads')).not.toContain('refused.jpg');
  });

  test('is refused in parts too, before any part is sent', async () => {
    const create = new CreateMultipartUploadCommand({ Bucket, Key: 'refused.jpg', ...(headers as object) });
    await expect(workflow.s3.send(create)).rejects.toMatchObject(refused);
  });

  test('is refused as a copy', async () => {
    await put('source.jpg');
    const copy = new CopyObjectCommand({
      Bucket,
      Key: 'refused.jpg',
      CopySource: `${Bucket}/source.jpg`,
      ...(headers as object),
    });
    await expect(workflow.s3.send(copy)).rejects.toMatchObject(refused);
  });
});

test('a part under a key of its uploader is refused', async () => {
  const { UploadId } = await workflow.s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts.jpg' }));
  const part = new UploadPartCommand({
    ...{ Bucket, Key: 'parts.jpg', UploadId, PartNumber: 1, Body: photo },
    ...(customerKey() as object),
  });
  await expect(workflow.s3.send(part)).rejects.toMatchObject(refused);
});

test.each([
  [{ 'x-amz-storage-class': 'GLACIER' }, 403],
  [
    { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': FOREIGN_KEY },
    403,
  ],
  [{ 'x-amz-storage-class': 'GLACIER_IR' }, 204],
  [{}, 204],
])('a form with the fields %j is answered with %i', async (extra: Record<string, string>, status) => {
  const { url, fields } = await createPresignedPost(workflow.s3, { Bucket, Key: 'form.jpg', Fields: extra });
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', new Blob([new Uint8Array(photo)]));
  const answer = await fetch(url, { method: 'POST', body: data });
  expect(answer.status).toBe(status);
  if (status === 403) expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
});

test.each<[string, () => Headers]>([
  ['without any of these headers', () => ({})],
  ["under S3's own key", () => ({ ServerSideEncryption: 'AES256' })],
  ["under the stack's key", stackKey],
  ['under KMS without a named key', () => ({ ServerSideEncryption: 'aws:kms' })],
  ['in GLACIER_IR, as from the console', () => ({ StorageClass: 'GLACIER_IR' })],
  ['in INTELLIGENT_TIERING', () => ({ StorageClass: 'INTELLIGENT_TIERING' })],
])('an upload %s is processed', async (what, headers) => {
  const key = `${what.replaceAll(/\W/g, '-')}.jpg`;
  await put(key, headers());
  await workflow.idle();
  expect(await workflow.record(key)).toMatchObject({
    status: 'DONE',
    thumbnails: [{ variant: 'thumbnail' }],
  });
});

test('an upload in parts is processed', async () => {
  const at = { Bucket, Key: 'whole.jpg' };
  const { UploadId } = await workflow.s3.send(new CreateMultipartUploadCommand(at));
  const { ETag } = await workflow.s3.send(
    new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: photo }),
  );
  await workflow.s3.send(
    new CompleteMultipartUploadCommand({
      ...at,
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    }),
  );
  await workflow.idle();
  expect(pathOf(workflow.summary(workflow.ended.at(-1)!))).toContain('Notify');
});
