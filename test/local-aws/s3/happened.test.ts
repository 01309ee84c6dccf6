import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bucket } from '../../../local-aws/s3/buckets';
import type { ObjectEvent } from '../../../local-aws/s3/events';
import { happened } from '../../../local-aws/s3/happened';
import { BucketStore } from '../../../local-aws/s3/store/bucket';
import { Sequencer } from '../../../local-aws/s3/store/sequencer';
import type { Description } from '../../../local-aws/s3/store/version';

const DESCRIPTION: Description = {
  size: 4,
  etag: 'etag',
  checksum: { algorithm: 'CRC32', value: 'AAAAAA==', type: 'FULL_OBJECT' },
  headers: { 'content-type': 'text/plain' },
  tags: [],
};
const any = () => {};

/** A bucket, and whether the changes that these objects report have happened in it. */
function bucket(versioning: boolean) {
  const directory = mkdtempSync(path.join(tmpdir(), 'happened-'));
  const objects = new BucketStore(directory, versioning, new Sequencer(directory));
  const buckets = new Map([['b', { objects } as Bucket]]);
  return {
    objects,
    put: () =>
      objects.staged(async (file) => {
        writeFileSync(file, 'body');
        return objects.put('k', file, DESCRIPTION, any, async () => undefined);
      }),
    remove: (versionId?: string) => objects.delete('k', versionId, any, async () => undefined),
    has: (sequencer: string, more: object = {}, deletion?: string) =>
      happened({ buckets }, {
        detail: {
          bucket: { name: 'b' },
          object: { key: 'k', sequencer, ...more },
          'deletion-type': deletion,
        },
      } as ObjectEvent),
  };
}

const LATER = 'FF'.repeat(9);
const PERMANENT = 'Permanently Deleted';

test('an upload has happened if its version is there', async () => {
  const { put, has } = bucket(true);
  const { sequencer } = await put();
  expect(has(sequencer)).toBe(true);
  expect(has(LATER)).toBe(false);
});

test('an upload that was overwritten does not count: the later one has an event of its own', async () => {
  const { put, has } = bucket(false);
  const { sequencer } = await put();
  await put();
  expect(has(sequencer)).toBe(false);
});

test('a delete marker is a version', async () => {
  const { put, remove, has } = bucket(true);
  await put();
  const deletion = await remove();
  expect(has(deletion?.sequencer as string, {}, 'Delete Marker Created')).toBe(true);
  expect(has(LATER, {}, 'Delete Marker Created')).toBe(false);
});

test('a permanent deletion has happened if its version is gone', async () => {
  const { put, remove, has } = bucket(true);
  const { id } = await put();
  expect(has(LATER, { 'version-id': id }, PERMANENT)).toBe(false);
  await remove(id);
  expect(has(LATER, { 'version-id': id }, PERMANENT)).toBe(true);
});

test('without versions, a deletion has also happened if a later upload took the place of the object', async () => {
  const { put, remove, has } = bucket(false);
  await put();
  expect(has(LATER, {}, PERMANENT)).toBe(false);
  const deletion = await remove();
  expect(has(deletion?.sequencer as string, {}, PERMANENT)).toBe(true);
  await put();
  expect(has(deletion?.sequencer as string, {}, PERMANENT)).toBe(true);
});

test('an event of a bucket that the stack no longer has is delivered', () => {
  expect(
    happened({ buckets: new Map() }, { detail: { bucket: { name: 'gone' }, object: {} } } as ObjectEvent),
  ).toBe(true);
});

test('a version keeps its headers and tags for a request that has begun, also when it is replaced', async () => {
  const { put, objects } = bucket(false);
  await put();
  const begun = objects.current('k');
  await put();
  expect(begun).toMatchObject({ headers: DESCRIPTION.headers, tags: [] });
});

test('an upload for which the disk has no room leaves nothing behind, and its event is cancelled', async () => {
  const { objects } = bucket(true);
  const cancel = jest.fn(async () => {});
  const lost = objects.put('k', '/nowhere', DESCRIPTION, any, async () => ({ release: any, cancel }));
  await expect(lost).rejects.toThrow('ENOENT');
  expect(cancel).toHaveBeenCalledTimes(1);
  expect(objects.versionsOf('k')).toEqual([]);
});
