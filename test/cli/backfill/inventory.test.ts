import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/transport';
import { inventoried, type Where } from '../../../cli/backfill/count';

const where: Where = {
  bucket: 'uploads',
  prefix: '',
  uploadsPrefix: '',
  suffixes: ['jpg'],
  since: '',
  limit: 100,
};

/** A bucket with these objects, by their keys. */
function bucketOf(objects: Record<string, string | Buffer>): S3Client {
  const handle = async ({ path }: { path: string }) => ({
    response: new HttpResponse({
      statusCode: 200,
      headers: {},
      body: Readable.from([Buffer.from(objects[path.replace('/reports/', '')] as string)]),
    }),
  });
  return new S3Client({
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: { handle } as never,
  });
}

const MANIFEST = {
  sourceBucket: 'uploads',
  fileFormat: 'CSV',
  fileSchema: 'Bucket, Key, VersionId, Size, LastModifiedDate',
  files: [{ key: 'data/1.csv.gz' }, { key: 'data/2.csv' }],
};

const read = async (manifest: object | string, data: Record<string, string | Buffer> = {}) => {
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  const s3 = bucketOf({ 'all/manifest.json': text, ...data });
  const found = [];
  for await (const each of inventoried(s3, { bucket: 'reports', key: 'all/manifest.json' }, where)) {
    found.push(each);
  }
  return found;
};

test('an inventory lists what all its files name, with keys as they are in S3', async () => {
  const data = {
    'data/1.csv.gz': gzipSync(
      '"uploads","a%2Cb+c%22.jpg","v1","12","2026-01-02T03:04:05.000Z"\n"uploads","%E2%82%AC.jpg","v2","3",""\n',
    ),
    'data/2.csv': '"uploads","last.jpg","v3","4","2026-01-02T03:04:05.000Z"\n',
  };
  expect(await read(MANIFEST, data)).toEqual([
    { key: 'a,b c".jpg', bytes: 12, modified: new Date('2026-01-02T03:04:05Z') },
    { key: '€.jpg', bytes: 3 },
    { key: 'last.jpg', bytes: 4, modified: new Date('2026-01-02T03:04:05Z') },
  ]);
});

test.each([
  [
    'is of another bucket',
    { ...MANIFEST, sourceBucket: 'theirs' },
    /of the bucket uploads but .* is of theirs/,
  ],
  ['is in another format', { ...MANIFEST, fileFormat: 'ORC' }, /in CSV but .* is of ORC/],
  ['is no JSON', 'checksum', /it is not JSON/],
  ['names no bucket', {}, /is of no bucket/],
])('an inventory that %s is refused', async (_, manifest, words) => {
  await expect(read(manifest)).rejects.toThrow(words);
});
