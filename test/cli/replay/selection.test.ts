import { type ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Records, StoredRecord } from '../../../cli/lib/records';
import { named, under } from '../../../cli/replay/selection';

const noteOf = async (key: string, exists = true) =>
  (await named(key, 'uploads', { find: async () => null }, async () => exists)).note;

test('an object without a record is named with the command that sends another event', async () => {
  expect(await noteOf('a/b.jpg')).toContain(
    '\n  aws s3 cp s3://uploads/a/b.jpg s3://uploads/a/b.jpg --metadata-directive REPLACE',
  );
});

test.each(["it's.jpg", 'a b.jpg', "a\\'; touch pwned; #.jpg", 'a\nb.jpg'])(
  'without a command, if a shell might take it for another one: %j',
  async (key) => {
    expect(await noteOf(key)).toContain('copy the object onto itself in the S3 console');
    expect(await noteOf(key)).not.toContain('aws s3');
  },
);

test('an object that is not there is no reason to send an event', async () => {
  expect(await noteOf('a.jpg', false)).toMatch(/^There is no object s3:\/\/uploads\/a\.jpg/);
});

/** A bucket that lists two of its keys at a time, encoded as S3 does. */
function bucketOf(...keys: string[]): S3Client {
  const s3 = new S3Client({ region: 'us-east-1' });
  s3.send = (async ({ input }: ListObjectsV2Command) => {
    expect(input).toMatchObject({ Bucket: 'uploads', Prefix: 'photos/', EncodingType: 'url' });
    const from = Number(input.ContinuationToken ?? 0);
    const encoded = keys.slice(from, from + 2).map((key) => encodeURIComponent(key).replaceAll('%20', '+'));
    const isTruncated = from + 2 < keys.length;
    return {
      Contents: encoded.map((Key) => ({ Key })),
      IsTruncated: isTruncated,
      ...(isTruncated && { NextContinuationToken: String(from + 2) }),
    };
  }) as typeof s3.send;
  return s3;
}

/** A table in which those keys have records, which it answers in the opposite order. */
const tableOf = (...recorded: string[]) =>
  ({
    findAll: async (keys: readonly string[]) =>
      keys
        .filter((key) => recorded.includes(key))
        .reverse()
        .map((key) => ({ key, status: 'DONE' }) as StoredRecord),
  }) as Records;

test('every page of a prefix is read, and the images come in the order of their keys', async () => {
  const keys = ['photos/a b.jpg', 'photos/b+c.jpg', 'photos/d\u0001.jpg', 'photos/e.jpg', 'photos/ü.jpg'];
  const { images, note } = await under('photos/', 'uploads', bucketOf(...keys), tableOf(...keys));
  expect(images.map(({ key }) => key)).toEqual(keys);
  expect(note).toBeUndefined();
});

test('objects without a record are counted over all pages', async () => {
  const keys = ['photos/1.txt', 'photos/2.jpg', 'photos/3.txt'];
  const found = await under('photos/', 'uploads', bucketOf(...keys), tableOf('photos/2.jpg'));
  expect(found).toEqual({
    images: [{ key: 'photos/2.jpg', status: 'DONE' }],
    note: expect.stringContaining('2 objects without a record'),
  });
});

test('an empty prefix selects nothing', async () => {
  expect(await under('photos/', 'uploads', bucketOf(), tableOf())).toEqual({ images: [] });
});
