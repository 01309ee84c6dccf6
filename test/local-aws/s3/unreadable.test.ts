/** Objects that exist but that S3 doesn't return: the caller has their key, or they are archived. */
import { createHash, randomBytes } from 'node:crypto';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { customerKey } from '../../../local-aws/s3/customer-key';
import { type Endpoint, refusal, startEndpoint } from './harness';

let endpoint: Endpoint;
beforeAll(async () => {
  endpoint = await startEndpoint();
});
afterAll(() => endpoint.stop());

const at = { Bucket: 'versioned', Key: 'secret.jpg' };
const underKey = (key: Buffer) => ({
  SSECustomerAlgorithm: 'AES256',
  SSECustomerKey: key.toString('base64'),
});
const copyTo = (Key: string, more = {}) =>
  new CopyObjectCommand({ Bucket: 'plain', Key, CopySource: 'versioned/secret.jpg', ...more });

describe('an object under a key of the caller (SSE-C)', () => {
  const key = randomBytes(32);
  const md5 = createHash('md5').update(key).digest('base64');
  beforeAll(() => endpoint.client.send(new PutObjectCommand({ ...at, Body: 'hidden', ...underKey(key) })));

  test('is read with its key, of which only the MD5 is stored', async () => {
    const found = await endpoint.client.send(new GetObjectCommand({ ...at, ...underKey(key) }));
    expect(await found.Body!.transformToString()).toBe('hidden');
    expect(found).toMatchObject({ SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: md5 });
    expect(found.ServerSideEncryption).toBeUndefined();
    expect(found.ETag).not.toBe(`"${createHash('md5').update('hidden').digest('hex')}"`);
  });

  test('is refused without it, to a reader and to a copy', async () => {
    const expected = {
      name: 'InvalidRequest',
      status: 400,
      message:
        'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    };
    expect(await refusal(endpoint.client.send(new GetObjectCommand(at)))).toMatchObject(expected);
    expect(await refusal(endpoint.client.send(copyTo('copy')))).toMatchObject(expected);
    expect(await refusal(endpoint.client.send(new HeadObjectCommand(at)))).toMatchObject({ status: 400 });
  });

  test('is refused with another', async () => {
    const call = new GetObjectCommand({ ...at, ...underKey(randomBytes(32)) });
    expect(await refusal(endpoint.client.send(call))).toMatchObject({ name: 'AccessDenied', status: 403 });
  });

  test("is copied with its key, to an object with S3's own key", async () => {
    const { SSECustomerKey } = underKey(key);
    await endpoint.client.send(
      copyTo('copy', { CopySourceSSECustomerAlgorithm: 'AES256', CopySourceSSECustomerKey: SSECustomerKey }),
    );
    const copy = await endpoint.client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'copy' }));
    expect(copy.ServerSideEncryption).toBe('AES256');
    expect(copy.SSECustomerKeyMD5).toBeUndefined();
  });

  test.each([
    [
      'another algorithm',
      { ...underKey(key), SSECustomerAlgorithm: 'DES' },
      'InvalidEncryptionAlgorithmError',
    ],
    ['no key', { SSECustomerAlgorithm: 'AES256' }, 'InvalidArgument'],
    ['a key that is too short', underKey(randomBytes(16)), 'InvalidArgument'],
  ])('is not written with %s', async (_what, encryption, name) => {
    const call = new PutObjectCommand({ ...at, Key: 'wrong.jpg', Body: 'x', ...encryption });
    expect(await refusal(endpoint.client.send(call))).toMatchObject({ name, status: 400 });
  });

  test('is not written with the MD5 of another key, which the SDK never sends', () => {
    const name = 'x-amz-server-side-encryption-customer-';
    const headers = new Map([
      [`${name}algorithm`, 'AES256'],
      [`${name}key`, key.toString('base64')],
    ]);
    expect(customerKey(new Map([...headers, [`${name}key-md5`, md5]]))).toMatchObject({
      [`${name}key-md5`]: md5,
    });
    expect(() => customerKey(new Map([...headers, [`${name}key-md5`, 'AAAA']]))).toThrow(
      'The calculated MD5 hash of the key did not match the hash that was provided.',
    );
  });

  test('is not written in parts, which this endpoint cannot do', async () => {
    const call = new CreateMultipartUploadCommand({ ...at, ...underKey(key) });
    expect(await refusal(endpoint.client.send(call))).toMatchObject({ name: 'NotImplemented', status: 501 });
  });
});

test('a key is refused for an object that has none', async () => {
  await endpoint.client.send(new PutObjectCommand({ ...at, Key: 'open.jpg', Body: 'x' }));
  const call = new GetObjectCommand({ ...at, Key: 'open.jpg', ...underKey(randomBytes(32)) });
  expect(await refusal(endpoint.client.send(call))).toMatchObject({
    name: 'InvalidRequest',
    message: 'The encryption parameters are not applicable to this object.',
  });
});

test.each(['GLACIER', 'DEEP_ARCHIVE'] as const)(
  'an object in %s has a head, and is not read or copied',
  async (StorageClass) => {
    const Key = `${StorageClass}.jpg`;
    await endpoint.client.send(
      new PutObjectCommand({ Bucket: 'versioned', Key, Body: 'cold', StorageClass }),
    );
    const head = await endpoint.client.send(new HeadObjectCommand({ Bucket: 'versioned', Key }));
    expect(head).toMatchObject({ ContentLength: 4, StorageClass });
    expect(
      await refusal(endpoint.client.send(new GetObjectCommand({ Bucket: 'versioned', Key }))),
    ).toMatchObject({
      name: 'InvalidObjectState',
      status: 403,
      StorageClass,
    });
    expect(
      await refusal(endpoint.client.send(copyTo('copy', { CopySource: `versioned/${Key}` }))),
    ).toMatchObject({ name: 'ObjectNotInActiveTierError', status: 403 });
  },
);

test('every answer to a write or read says that S3 encrypts with its own key', async () => {
  const there = { Bucket: 'versioned', Key: 'plain.jpg' };
  const { client } = endpoint;
  const answers = [
    await client.send(new PutObjectCommand({ ...there, Body: 'x' })),
    await client.send(new GetObjectCommand(there)),
    await client.send(new HeadObjectCommand(there)),
    await client.send(copyTo('again', { CopySource: 'versioned/plain.jpg' })),
    await client.send(new CreateMultipartUploadCommand(there)),
  ];
  expect(answers.map(({ ServerSideEncryption }) => ServerSideEncryption)).toEqual(Array(5).fill('AES256'));
});
