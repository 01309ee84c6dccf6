import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { type Endpoint, startEndpoint } from './harness';

let endpoint: Endpoint;
afterEach(() => endpoint.stop());

const put = (Bucket: string, Key: string, Body: Buffer | string, more = {}) =>
  endpoint.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));

test('a restart finds everything as it was', async () => {
  endpoint = await startEndpoint();
  for (const Bucket of ['plain', 'versioned']) {
    for (const Key of ['a', 'ü/😀', '../up']) {
      await put(Bucket, Key, `old ${Key}`);
      await put(Bucket, Key, `new ${Key}`, { Metadata: { a: '1' }, ContentType: 'image/png' });
    }
    await endpoint.client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  }
  const state = async () => {
    const versions = await endpoint.client.send(new ListObjectVersionsCommand({ Bucket: 'versioned' }));
    const head = await endpoint.client.send(
      new HeadObjectCommand({ Bucket: 'plain', Key: 'ü/😀', ChecksumMode: 'ENABLED' }),
    );
    const { Body } = await endpoint.client.send(new GetObjectCommand({ Bucket: 'versioned', Key: '../up' }));
    const { Versions, DeleteMarkers } = versions;
    return {
      Versions,
      DeleteMarkers,
      head: { ...head, $metadata: null },
      body: await Body!.transformToString(),
    };
  };
  const before = await state();
  expect(before.Versions).toHaveLength(6);
  endpoint = await endpoint.restart();
  expect(await state()).toEqual(before);
});

test('a bucket that had versions only suspends them when the stack turns versioning off', async () => {
  endpoint = await startEndpoint();
  const { VersionId } = await put('versioned', 'key', 'first');
  endpoint = await endpoint.restart({
    buckets: [{ name: 'versioned', versioning: false, eventBridge: true }],
  });
  expect((await put('versioned', 'key', 'second')).VersionId).toBe('null');
  const { Body } = await endpoint.client.send(
    new GetObjectCommand({ Bucket: 'versioned', Key: 'key', VersionId }),
  );
  expect(await Body!.transformToString()).toBe('first');
});

test('what a crash has left is removed, and what was there stays', async () => {
  endpoint = await startEndpoint();
  await put('plain', 'key', 'kept');
  const objects = join(endpoint.dataDir, 'plain', 'objects');
  const [directory] = readdirSync(objects);
  writeFileSync(join(objects, directory!, 'orphan.data'), 'x');
  writeFileSync(join(objects, directory!, 'null.json.half.tmp'), '{"key":');
  writeFileSync(join(endpoint.dataDir, 'plain', 'incoming', 'half'), 'x');
  mkdirSync(join(objects, 'f'.repeat(64)));
  mkdirSync(join(endpoint.dataDir, 'plain', 'uploads', 'nobody-was-told'));
  const before = 2;
  endpoint = await endpoint.restart();
  expect(readdirSync(objects)).toEqual([directory]);
  expect(readdirSync(join(objects, directory!))).toHaveLength(before);
  expect(readdirSync(join(endpoint.dataDir, 'plain', 'incoming'))).toEqual([]);
  expect(readdirSync(join(endpoint.dataDir, 'plain', 'uploads'))).toEqual([]);
  const { Body } = await endpoint.client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'key' }));
  expect(await Body!.transformToString()).toBe('kept');
});

test('unreadable metadata stops the start, and the error names the file', async () => {
  endpoint = await startEndpoint();
  const directory = join(endpoint.dataDir, 'plain', 'objects', 'f'.repeat(64));
  mkdirSync(directory);
  writeFileSync(join(directory, 'null.json'), '{');
  await expect(endpoint.restart()).rejects.toThrow(
    `Expected object metadata in ${join(directory, 'null.json')}`,
  );
});
