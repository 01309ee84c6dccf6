import { mkdtempSync } from 'node:fs';
import { type IncomingMessage, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { S3 } from '@aws-sdk/client-s3';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { type Address, openAddress } from '../../local-aws/address';
import { Principals, USER_CREDENTIALS } from '../../local-aws/principals';
import { createS3 } from '../../local-aws/s3';
import { createServiceServer } from '../../local-aws/server';
import { createSns } from '../../local-aws/sns';
import { createSqs } from '../../local-aws/sqs';

const account = '123456789012';
const gate = async () => {};

/** An endpoint with buckets, topics and queues. */
function endpoint() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'endpoint-'));
  const common = { dataDir, region: 'us-east-1', account, gate };
  const buckets = [{ name: 'bucket', versioning: false, eventBridge: false }];
  const s3 = createS3({ ...common, buckets, announce: async () => undefined });
  const sns = createSns({ ...common, topics: [] });
  const sqs = createSqs({ ...common, queues: [] });
  return createServiceServer(new Principals(account, []), { s3, others: { sns, sqs } });
}

let address: Address;

beforeEach(async () => {
  address = await openAddress(0);
});
afterEach(() => address.close());

const client = (credentials = USER_CREDENTIALS) => ({
  endpoint: address.url,
  region: 'us-east-1',
  credentials,
  maxAttempts: 1,
});
const stranger = { accessKeyId: 'nobody', secretAccessKey: 'nothing' };
const forger = { ...USER_CREDENTIALS, secretAccessKey: 'guessed' };

test('a wrong signature is refused with the text of the service that the request is for', async () => {
  address.serve(endpoint());
  const $metadata = { httpStatusCode: 403, requestId: expect.stringMatching(/^[0-9A-F]{16}$/) };
  await expect(new S3(client(forger)).listBuckets()).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
    $metadata,
  });
  await expect(new S3(client(stranger)).headBucket({ Bucket: 'bucket' })).rejects.toMatchObject({
    $metadata,
  });
  await expect(new SNS(client(forger)).listTopics()).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  await expect(new SQS(client(stranger)).listQueues()).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
});

test('a service that is not available is named, with those that are', async () => {
  address.serve(endpoint());
  const other = new SQS({ ...client(), signingName: 'kinesis' } as object);
  await expect(other.listQueues()).rejects.toMatchObject({
    message: 'Expected a request for s3, sns, sqs but received one for kinesis.',
  });
});

test("a request without a signature gets S3's AccessDenied, because browsers call S3", async () => {
  address.serve(endpoint());
  const response = await new Promise<IncomingMessage>((resolve) =>
    send(`${address.url}/bucket/key`, resolve).end(),
  );
  expect(response.statusCode).toBe(403);
  expect(await text(response)).toMatch(/<Code>AccessDenied<.*<Resource>\/bucket\/key<.*<RequestId>/s);
});

test('the address is known before anything can be served, and requests wait until then', async () => {
  const asked = new S3(client()).listBuckets();
  address.serve(endpoint());
  expect((await asked).Buckets?.map(({ Name }) => Name)).toEqual(['bucket']);
});

test('a port that is in use is named, with what to do', async () => {
  await expect(openAddress(Number(new URL(address.url).port))).rejects.toThrow(
    /^Port \d+ on 127\.0\.0\.1 is in use\. Choose another port$/,
  );
});
