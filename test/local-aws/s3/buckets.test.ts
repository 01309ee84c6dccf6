import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
} from '@aws-sdk/client-s3';
import { type Endpoint, refusal, startEndpoint } from './harness';

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.stop());

const Bucket = 'plain';

test('the buckets of the stack are listed, and keep their creation dates across a restart', async () => {
  const { Buckets } = await endpoint.client.send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual(['plain', 'silent', 'versioned']);
  endpoint = await endpoint.restart();
  expect((await endpoint.client.send(new ListBucketsCommand({}))).Buckets).toEqual(Buckets);
});

test('a bucket says where it is, and whether it notifies EventBridge', async () => {
  expect((await endpoint.client.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('eu-west-1');
  expect((await endpoint.client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe(
    'eu-west-1',
  );
  const notification = (name: string) =>
    endpoint.client.send(new GetBucketNotificationConfigurationCommand({ Bucket: name }));
  expect((await notification('plain')).EventBridgeConfiguration).toEqual({});
  expect((await notification('silent')).EventBridgeConfiguration).toBeUndefined();
});

test('only the stack can create and delete buckets', async () => {
  for (const call of [new CreateBucketCommand({ Bucket: 'new' }), new DeleteBucketCommand({ Bucket })]) {
    expect(await refusal(endpoint.client.send(call as CreateBucketCommand))).toMatchObject({
      name: 'MethodNotAllowed',
      status: 405,
      message: expect.stringContaining('The stack defines which buckets there are'),
    });
  }
});

test('creating an existing bucket is refused because the caller owns it already, except in us-east-1', async () => {
  const create = new CreateBucketCommand({ Bucket });
  expect(await refusal(endpoint.client.send(create))).toMatchObject({
    name: 'BucketAlreadyOwnedByYou',
    status: 409,
    BucketName: Bucket,
  });
  const first = await startEndpoint({ region: 'us-east-1' });
  try {
    expect((await first.clientWith({ region: 'us-east-1' }).send(create)).Location).toBe('/plain');
  } finally {
    await first.stop();
  }
});

test('a bucket that does not exist is NoSuchBucket', async () => {
  const missing = { Bucket: 'missing', Key: 'key' };
  for (const call of [
    new GetObjectCommand(missing),
    new PutObjectCommand({ ...missing, Body: 'x' }),
    new ListObjectsV2Command(missing),
  ]) {
    expect(await refusal(endpoint.client.send(call as GetObjectCommand))).toMatchObject({
      name: 'NoSuchBucket',
      status: 404,
      BucketName: 'missing',
    });
  }
  expect((await refusal(endpoint.client.send(new HeadBucketCommand({ Bucket: 'missing' })))).status).toBe(
    404,
  );
});

test.each([
  ['GetBucketPolicy', new GetBucketPolicyCommand({ Bucket })],
  ['GetObjectAcl', new GetObjectAclCommand({ Bucket, Key: 'key' })],
  ['PutObjectLegalHold', new PutObjectLegalHoldCommand({ Bucket, Key: 'key', LegalHold: { Status: 'ON' } })],
])('%s is refused as not implemented', async (_, call) => {
  const refused = await refusal(endpoint.client.send(call as GetObjectAclCommand));
  expect(refused).toMatchObject({ name: 'NotImplemented', status: 501 });
});

test.each([
  { ObjectLockLegalHoldStatus: 'ON' as const },
  { GrantRead: 'id=x' },
  { StorageClass: 'OUTPOSTS' as const },
])('a write with %j is refused, because it would be ignored', async (more) => {
  const call = endpoint.client.send(new PutObjectCommand({ Bucket, Key: 'key', Body: 'x', ...more }));
  expect(await refusal(call)).toMatchObject({ name: 'NotImplemented', status: 501 });
});
