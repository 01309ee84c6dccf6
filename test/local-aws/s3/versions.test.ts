import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type Endpoint, refusal, startEndpoint } from './harness';

let endpoint: Endpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => endpoint.stop());

const put = async (Body: string, Bucket = 'versioned', Key = 'key') =>
  (await endpoint.client.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
const content = async (VersionId?: string, Bucket = 'versioned') => {
  const object = await endpoint.client.send(new GetObjectCommand({ Bucket, Key: 'key', VersionId }));
  return object.Body!.transformToString();
};
const remove = (VersionId?: string, Bucket = 'versioned') =>
  endpoint.client.send(new DeleteObjectCommand({ Bucket, Key: 'key', VersionId }));
const list = (more = {}, Bucket = 'versioned') =>
  endpoint.client.send(new ListObjectVersionsCommand({ Bucket, ...more }));
const setVersioning = (Status: 'Enabled' | 'Suspended', Bucket: string) =>
  endpoint.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));

test('every write makes a version, and each can be read', async () => {
  const first = await put('first');
  const second = await put('second');
  expect(first).toMatch(/^[\w-]{32}$/);
  expect(second).not.toBe(first);
  expect([await content(), await content(first), await content(second)]).toEqual([
    'second',
    'first',
    'second',
  ]);
  expect(
    (await endpoint.client.send(new HeadObjectCommand({ Bucket: 'versioned', Key: 'key' }))).VersionId,
  ).toBe(second);
});

test('a delete adds a marker, and removing the marker brings the object back', async () => {
  const version = await put('first');
  const marker = await remove();
  expect(marker.DeleteMarker).toBe(true);
  expect((await endpoint.client.send(new ListObjectsV2Command({ Bucket: 'versioned' }))).KeyCount).toBe(0);
  expect((await refusal(content())).name).toBe('NoSuchKey');
  expect(await content(version)).toBe('first');
  expect(await remove(marker.VersionId)).toMatchObject({ DeleteMarker: true, VersionId: marker.VersionId });
  expect(await content()).toBe('first');
});

test('a delete marker says that it is one', async () => {
  await put('first');
  const { VersionId } = await remove();
  const read = new GetObjectCommand({ Bucket: 'versioned', Key: 'key' });
  const response = await fetch(await getSignedUrl(endpoint.client, read));
  expect(response.status).toBe(404);
  expect(response.headers.get('x-amz-delete-marker')).toBe('true');
  expect(response.headers.get('x-amz-version-id')).toBe(VersionId);
  expect(await refusal(content(VersionId))).toMatchObject({ name: 'MethodNotAllowed', status: 405 });
});

test('a version that does not exist is NoSuchVersion, and deleting it is not an error', async () => {
  await put('first');
  expect(await refusal(content('nothing'))).toMatchObject({
    name: 'NoSuchVersion',
    status: 404,
    VersionId: 'nothing',
  });
  await remove('nothing');
  expect(endpoint.events).toHaveLength(1);
});

test('deleting a version is permanent and leaves the others', async () => {
  const first = await put('first');
  const second = await put('second');
  await remove(second);
  expect(await content()).toBe('first');
  expect((await refusal(content(second))).name).toBe('NoSuchVersion');
  await remove(first);
  expect((await list()).Versions).toBeUndefined();
});

test('events distinguish markers from permanent deletions', async () => {
  const version = await put('first');
  const { VersionId: marker } = await remove();
  await remove(version);
  await remove(marker);
  expect(
    endpoint.events.map(({ detail }) => [
      detail.reason,
      detail['deletion-type'],
      detail.object['version-id'],
    ]),
  ).toEqual([
    ['PutObject', undefined, version],
    ['DeleteObject', 'Delete Marker Created', marker],
    ['DeleteObject', 'Permanently Deleted', version],
    ['DeleteObject', 'Permanently Deleted', marker],
  ]);
});

test('DeleteObjects makes markers, and removes the versions it names', async () => {
  const version = await put('first');
  const outcome = await endpoint.client.send(
    new DeleteObjectsCommand({
      Bucket: 'versioned',
      Delete: { Objects: [{ Key: 'key' }, { Key: 'key', VersionId: version }] },
    }),
  );
  expect(outcome.Deleted).toMatchObject([
    { Key: 'key', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) },
    { Key: 'key', VersionId: version },
  ]);
});

test('a bucket without versions does not mention them', async () => {
  expect(await put('first', 'plain')).toBeUndefined();
  expect((await remove(undefined, 'plain')).VersionId).toBeUndefined();
  expect(endpoint.events[0]?.detail.object).not.toHaveProperty('version-id');
});

test('versioning can be turned on and suspended, and the null version is replaced, not multiplied', async () => {
  const status = async () =>
    (await endpoint.client.send(new GetBucketVersioningCommand({ Bucket: 'plain' }))).Status;
  expect(await status()).toBeUndefined();
  await put('before', 'plain');
  await setVersioning('Enabled', 'plain');
  expect(await status()).toBe('Enabled');
  const version = await put('versioned', 'plain');
  expect(await content('null', 'plain')).toBe('before');
  await setVersioning('Suspended', 'plain');
  expect(await put('after', 'plain')).toBe('null');
  expect(await content('null', 'plain')).toBe('after');
  expect(await content(version, 'plain')).toBe('versioned');
  expect(await remove(undefined, 'plain')).toMatchObject({ DeleteMarker: true, VersionId: 'null' });
  expect((await list({}, 'plain')).Versions).toHaveLength(1);
});

test('a listing of versions goes from the newest to the oldest, page by page', async () => {
  const expected: string[] = [];
  for (const key of ['b', 'a', 'c/d']) {
    for (const body of ['1', '2', '3']) expected.push(`${key} ${await put(body, 'versioned', key)}`);
  }
  await endpoint.client.send(new DeleteObjectCommand({ Bucket: 'versioned', Key: 'a' }));
  const found: string[] = [];
  let page = await list({ MaxKeys: 2 });
  for (;;) {
    const entries = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    expect(entries.length).toBeLessThanOrEqual(2);
    found.push(...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`));
    if (!page.IsTruncated) break;
    page = await list({
      MaxKeys: 2,
      KeyMarker: page.NextKeyMarker,
      VersionIdMarker: page.NextVersionIdMarker,
    });
  }
  const newestFirst = [
    ...expected.slice(3, 6).reverse(),
    ...expected.slice(0, 3).reverse(),
    ...expected.slice(6).reverse(),
  ];
  expect(found).toEqual(newestFirst);
  const all = await list();
  expect(all.DeleteMarkers).toMatchObject([{ Key: 'a', IsLatest: true }]);
  expect(all.Versions?.filter(({ IsLatest }) => IsLatest).map(({ Key }) => Key)).toEqual(['b', 'c/d']);
  const grouped = await list({ Delimiter: '/' });
  expect(grouped.CommonPrefixes).toEqual([{ Prefix: 'c/' }]);
});
