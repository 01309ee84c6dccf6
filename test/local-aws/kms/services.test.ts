import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  BatchWriteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type Engine, startEngine } from '../../../local-aws/engine';
import { Principals } from '../../../local-aws/principals';

/**
 * A stack in which everything is encrypted with one key, and roles that may do everything in the services but only some
 * things with the key. The services' guides say what such roles can do; see local-aws/kms.
 */
const REGION = 'eu-west-1';
const KEY = '${aws_kms_key.k.arn}';

const ROLES: Record<string, string[]> = {
  both: ['kms:Decrypt', 'kms:GenerateDataKey'],
  reader: ['kms:Decrypt'],
  writer: ['kms:GenerateDataKey'],
  none: [],
};

function policyOf(actions: string[]): string {
  const services = { Effect: 'Allow', Action: ['s3:*', 'sns:*', 'sqs:*', 'dynamodb:*'], Resource: '*' };
  const key = { Effect: 'Allow', Action: actions, Resource: '*' };
  return JSON.stringify({ Statement: actions.length > 0 ? [services, key] : [services] });
}

/** May use the key for the bucket as a whole, but for no single object. */
const KEEPER = JSON.stringify({
  Statement: [
    { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'kms:*',
      Resource: '*',
      Condition: { ArnEquals: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::secret' } },
    },
  ],
});

const roles = [
  ...Object.entries(ROLES).map(([name, actions]) => ({ name, policy: policyOf(actions) })),
  { name: 'keeper', policy: KEEPER },
].map(({ name, policy }) => ({
  role: { name, assume_role_policy: '{"Statement":[]}' },
  policy: { name, role: name, policy },
}));
const named = <T extends { name: string }>(list: T[]) =>
  Object.fromEntries(list.map((each) => [each.name, each]));

const stack = {
  provider: { aws: [{ region: REGION }] },
  resource: {
    aws_kms_key: { k: { enable_key_rotation: true } },
    aws_s3_bucket: { b: { bucket: 'secret' }, p: { bucket: 'plain' } },
    aws_s3_bucket_server_side_encryption_configuration: {
      e: {
        bucket: 'secret',
        rule: [
          {
            apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: KEY },
            bucket_key_enabled: true,
          },
        ],
      },
    },
    aws_sns_topic: { t: { name: 'topic', kms_master_key_id: KEY } },
    aws_sqs_queue: { q: { name: 'queue', kms_master_key_id: KEY } },
    aws_dynamodb_table: {
      t: {
        name: 'table',
        hash_key: 'id',
        attribute: [{ name: 'id', type: 'S' }],
        billing_mode: 'PAY_PER_REQUEST',
        server_side_encryption: { enabled: true, kms_key_arn: KEY },
      },
    },
    aws_iam_role: named(roles.map(({ role }) => role)),
    aws_iam_role_policy: named(roles.map(({ policy }) => policy)),
  },
  output: {
    key: { value: KEY },
    topic: { value: '${aws_sns_topic.t.arn}' },
    queue: { value: '${aws_sqs_queue.q.url}' },
  },
};

let engine: Engine;
let dataDir: string;
let output: Record<string, string>;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'kms-'));
  const stackFile = path.join(dataDir, 'cdk.tf.json');
  await writeFile(stackFile, JSON.stringify(stack));
  engine = await startEngine({ dataDir: path.join(dataDir, 'data'), port: 0, stackFile });
  output = engine.stack.outputs as Record<string, string>;
}, 30_000);

afterAll(async () => {
  await engine?.close();
  await rm(dataDir, { recursive: true });
});

/** Clients that sign as a role. */
function as(role: string) {
  const { account, roles: all } = engine.stack;
  const credentials = new Principals(account, all).role(`arn:aws:iam::${account}:role/${role}`);
  const config = { endpoint: engine.endpoint, region: REGION, credentials, maxAttempts: 1 };
  return {
    s3: new S3Client(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    dynamodb: new DynamoDBClient(config),
  };
}

/** Which roles may do it, and how the others are refused. */
async function who(call: (clients: ReturnType<typeof as>) => Promise<unknown>) {
  const answers = await Promise.all(
    Object.keys(ROLES).map((role) =>
      call(as(role)).then(
        () => [role, 'may'],
        (error: Error) => [role, error.name],
      ),
    ),
  );
  return Object.fromEntries(answers);
}

const all = { both: 'may', reader: 'may', writer: 'may', none: 'may' };
const only = (roles: string[], error: string) =>
  Object.fromEntries(Object.keys(all).map((role) => [role, roles.includes(role) ? 'may' : error]));

describe('S3', () => {
  const DENIED = 'AccessDenied';
  const put = (Bucket: string, Key: string, rest: object = {}) =>
    new PutObjectCommand({ Bucket, Key, Body: 'hello', ...rest });

  beforeAll(async () => {
    await as('both').s3.send(put('secret', 'a.txt'));
    await as('none').s3.send(put('plain', 'a.txt'));
  });

  test('makes a data key for a new object', async () => {
    expect(await who(({ s3 }) => s3.send(put('secret', 'new.txt')))).toEqual(
      only(['both', 'writer'], DENIED),
    );
    expect(await who(({ s3 }) => s3.send(put('plain', 'new.txt')))).toEqual(all);
  });

  test('decrypts it for reading the object, but not for reading its headers or deleting it', async () => {
    const object = { Bucket: 'secret', Key: 'a.txt' };
    expect(await who(({ s3 }) => s3.send(new GetObjectCommand(object)))).toEqual(
      only(['both', 'reader'], DENIED),
    );
    expect(await who(({ s3 }) => s3.send(new HeadObjectCommand(object)))).toEqual(all);
    const head = new HeadObjectCommand({ ...object, ChecksumMode: 'ENABLED' });
    const looked = await who(({ s3 }) => s3.send(head));
    expect(Object.keys(looked).filter((role) => looked[role] === 'may')).toEqual(['both', 'reader']);
    const gone = new DeleteObjectCommand({ Bucket: 'secret', Key: 'gone.txt' });
    expect(await who(({ s3 }) => s3.send(gone))).toEqual(all);
  });

  test('decrypts the source of a copy, and makes a key for the copy', async () => {
    const copy = (from: string, to: string) =>
      who(({ s3 }) =>
        s3.send(new CopyObjectCommand({ Bucket: to, Key: 'copy.txt', CopySource: `${from}/a.txt` })),
      );
    expect(await copy('secret', 'plain')).toEqual(only(['both', 'reader'], DENIED));
    expect(await copy('plain', 'secret')).toEqual(only(['both', 'writer'], DENIED));
    expect(await copy('secret', 'secret')).toEqual(only(['both'], DENIED));
  });

  test('makes a key for an upload in parts, and decrypts it for each part', async () => {
    const upload = { Bucket: 'secret', Key: 'parts.txt' };
    const create = new CreateMultipartUploadCommand(upload);
    expect(await who(({ s3 }) => s3.send(create))).toEqual(only(['both', 'writer'], DENIED));
    const { UploadId, ServerSideEncryption } = await as('both').s3.send(create);
    expect(ServerSideEncryption).toBe('aws:kms');
    const part = new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'hello' });
    expect(await who(({ s3 }) => s3.send(part))).toEqual(only(['both', 'reader'], DENIED));
    const { ETag } = await as('both').s3.send(part);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
    const done = await as('both').s3.send(
      new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }),
    );
    expect(done).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: output['key'] });
  });

  test('says how an object is encrypted', async () => {
    const encrypted = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: output['key'], BucketKeyEnabled: true };
    const { s3 } = as('both');
    expect(await s3.send(put('secret', 'said.txt'))).toMatchObject(encrypted);
    expect(await s3.send(new HeadObjectCommand({ Bucket: 'secret', Key: 'said.txt' }))).toMatchObject(
      encrypted,
    );
    const copy = new CopyObjectCommand({ Bucket: 'secret', Key: 'said-too.txt', CopySource: 'plain/a.txt' });
    expect(await s3.send(copy)).toMatchObject(encrypted);
    expect((await s3.send(put('plain', 'said.txt'))).ServerSideEncryption).toBe('AES256');
  });

  test("prefers the encryption in a request to the bucket's", async () => {
    const { s3 } = as('none');
    await s3.send(put('secret', 'own.txt', { ServerSideEncryption: 'AES256' }));
    const asked = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: output['key'] };
    await expect(s3.send(put('plain', 'asked.txt', asked))).rejects.toMatchObject({ name: DENIED });
    expect(await as('writer').s3.send(put('plain', 'asked.txt', asked))).toMatchObject(asked);
    await expect(
      s3.send(put('plain', 'lost.txt', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/lost' })),
    ).rejects.toMatchObject({ name: 'KMS.NotFoundException' });
    await expect(
      s3.send(put('plain', 'twice.txt', { ServerSideEncryption: 'aws:kms:dsse' })),
    ).rejects.toMatchObject({
      name: 'NotImplemented',
    });
  });

  test('asks for permission on the bucket if it has a bucket key, otherwise on the object', async () => {
    const { s3 } = as('keeper');
    const without = { BucketKeyEnabled: false };
    expect(await s3.send(put('secret', 'kept.txt'))).toMatchObject({ BucketKeyEnabled: true });
    await expect(s3.send(put('secret', 'single.txt', without))).rejects.toMatchObject({ name: DENIED });
    const single = await as('both').s3.send(put('secret', 'single.txt', without));
    expect(single.BucketKeyEnabled).toBeUndefined();
  });

  test('gives an ETag that does not depend on the content', async () => {
    const etags = async (Bucket: string) => {
      const { s3 } = as('both');
      const [one, other] = [await s3.send(put(Bucket, 'e.txt')), await s3.send(put(Bucket, 'e.txt'))];
      return new Set([one.ETag, other.ETag]);
    };
    expect((await etags('secret')).size).toBe(2);
    expect(await etags('plain')).toEqual(new Set(['"5d41402abc4b2a76b9719d911017c592"']));
  });
});

test('SNS makes a data key for a message and decrypts it', async () => {
  const publish = new PublishCommand({ TopicArn: output['topic'], Message: 'hello' });
  expect(await who(({ sns }) => sns.send(publish))).toEqual(only(['both'], 'KMSAccessDeniedException'));
});

test('SQS does the same, and decrypts it for receivers', async () => {
  const QueueUrl = output['queue'];
  const send = new SendMessageCommand({ QueueUrl, MessageBody: 'hello' });
  expect(await who(({ sqs }) => sqs.send(send))).toEqual(only(['both'], 'KmsAccessDenied'));
  const receive = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 });
  expect(await who(({ sqs }) => sqs.send(receive))).toEqual(only(['both', 'reader'], 'KmsAccessDenied'));
  const { Messages = [] } = await as('reader').sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  const done = new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle });
  await expect(as('none').sqs.send(done)).resolves.toBeDefined();
});

test("DynamoDB decrypts a table's key for callers that read or write items", async () => {
  const TableName = 'table';
  const denied = only(['both', 'reader'], 'AccessDeniedException');
  const Item = { id: { S: 'a' } };
  expect(await who(({ dynamodb }) => dynamodb.send(new PutItemCommand({ TableName, Item })))).toEqual(denied);
  expect(await who(({ dynamodb }) => dynamodb.send(new GetItemCommand({ TableName, Key: Item })))).toEqual(
    denied,
  );
  const batch = new BatchWriteItemCommand({ RequestItems: { table: [{ PutRequest: { Item } }] } });
  expect(await who(({ dynamodb }) => dynamodb.send(batch))).toEqual(denied);
  expect(await who(({ dynamodb }) => dynamodb.send(new DescribeTableCommand({ TableName })))).toEqual(all);
  await expect(as('none').dynamodb.send(new PutItemCommand({ TableName, Item }))).rejects.toThrow(
    /^KMS key access denied error: .*is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:/,
  );
});
