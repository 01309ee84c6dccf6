import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { bytes, type Endpoint, refusal, startEndpoint } from './harness';

let endpoint: Endpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => endpoint.stop());

const MIB = 1024 * 1024;
const named = { Bucket: 'versioned', Key: 'big file+ü' };
const create = async (more = {}) =>
  (await endpoint.client.send(new CreateMultipartUploadCommand({ ...named, ...more }))).UploadId!;
const part = (UploadId: string, PartNumber: number, Body: Buffer, more = {}) =>
  endpoint.client.send(new UploadPartCommand({ ...named, UploadId, PartNumber, Body, ...more }));
const complete = (UploadId: string, Parts: CompletedPart[] | undefined, more = {}) =>
  endpoint.client.send(
    new CompleteMultipartUploadCommand({ ...named, UploadId, MultipartUpload: { Parts }, ...more }),
  );
const get = async (more = {}) => {
  const { Body, ...rest } = await endpoint.client.send(new GetObjectCommand({ ...named, ...more }));
  return { ...rest, bytes: Buffer.from(await Body!.transformToByteArray()) };
};
const md5 = (content: Buffer) => createHash('md5').update(content).digest();

test.each([
  ['a buffer', (content: Buffer) => content],
  [
    'a stream',
    (content: Buffer) => Readable.from([content.subarray(0, 7_000_000), content.subarray(7_000_000)]),
  ],
])('lib-storage uploads 12 MB from %s in parts, as ETag and event show', async (_, body) => {
  const content = bytes(12_000_000);
  const upload = new Upload({
    client: endpoint.client,
    params: { ...named, Body: body(content), ContentType: 'image/png' },
  });
  const { ETag, VersionId } = await upload.done();
  const parts = [
    content.subarray(0, 5 * MIB),
    content.subarray(5 * MIB, 10 * MIB),
    content.subarray(10 * MIB),
  ];
  const expected = `${md5(Buffer.concat(parts.map(md5))).toString('hex')}-3`;
  expect(ETag).toBe(`"${expected}"`);
  const object = await get();
  expect(object.bytes.equals(content)).toBe(true);
  expect(object).toMatchObject({ ContentType: 'image/png', VersionId });
  expect(endpoint.events.map(({ detail }) => detail)).toMatchObject([
    { reason: 'CompleteMultipartUpload', object: { key: named.Key, size: 12_000_000, etag: expected } },
  ]);
});

test('an upload is listed while it is in progress, survives a restart, and is complete or gone afterwards', async () => {
  const first = bytes(5 * MIB, 1);
  const UploadId = await create();
  await part(UploadId, 1, bytes(5 * MIB, 9));
  const { ETag: etag1 } = await part(UploadId, 1, first);
  endpoint = await endpoint.restart();
  const { ETag: etag2 } = await part(UploadId, 2, Buffer.from('tail'));
  const { Uploads } = await endpoint.client.send(new ListMultipartUploadsCommand({ Bucket: named.Bucket }));
  expect(Uploads).toMatchObject([{ Key: named.Key, UploadId, StorageClass: 'STANDARD' }]);
  const { Parts } = await endpoint.client.send(new ListPartsCommand({ ...named, UploadId }));
  expect(Parts).toMatchObject([
    { PartNumber: 1, ETag: etag1, Size: 5 * MIB },
    { PartNumber: 2, ETag: etag2, Size: 4 },
  ]);
  await complete(UploadId, [
    { PartNumber: 1, ETag: etag1 },
    { PartNumber: 2, ETag: etag2 },
  ]);
  expect((await get()).bytes.equals(Buffer.concat([first, Buffer.from('tail')]))).toBe(true);
  expect(await refusal(complete(UploadId, [{ PartNumber: 1, ETag: etag1 }]))).toMatchObject({
    name: 'NoSuchUpload',
    status: 404,
  });
  expect(
    (await endpoint.client.send(new ListMultipartUploadsCommand({ Bucket: named.Bucket }))).Uploads,
  ).toBeUndefined();
});

test('an aborted upload is gone', async () => {
  const UploadId = await create();
  await part(UploadId, 1, bytes(100));
  await endpoint.client.send(new AbortMultipartUploadCommand({ ...named, UploadId }));
  expect(await refusal(part(UploadId, 2, bytes(1)))).toMatchObject({ name: 'NoSuchUpload', status: 404 });
});

test('a part that is still arriving when its upload is aborted is refused', async () => {
  const UploadId = await create();
  const url = await getSignedUrl(
    endpoint.client,
    new UploadPartCommand({ ...named, UploadId, PartNumber: 1 }),
  );
  const sending = request(url, { method: 'PUT', headers: { 'content-length': 2 } });
  const answered = once(sending, 'response');
  sending.write('x');
  const incoming = join(endpoint.dataDir, named.Bucket, 'incoming');
  while (readdirSync(incoming).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await endpoint.client.send(new AbortMultipartUploadCommand({ ...named, UploadId }));
  sending.end('x');
  const [response] = await answered;
  expect(response.statusCode).toBe(404);
});

test('parts copied from a range of another object make the same bytes', async () => {
  const content = bytes(6 * MIB);
  await endpoint.client.send(new PutObjectCommand({ Bucket: 'plain', Key: 'source+ ü', Body: content }));
  const CopySource = `plain/${encodeURIComponent('source+ ü')}`;
  const UploadId = await create();
  const copy = async (PartNumber: number, CopySourceRange: string) => {
    const { CopyPartResult } = await endpoint.client.send(
      new UploadPartCopyCommand({ ...named, UploadId, PartNumber, CopySource, CopySourceRange }),
    );
    return { PartNumber, ETag: CopyPartResult!.ETag };
  };
  const parts = [await copy(1, `bytes=0-${5 * MIB - 1}`), await copy(2, `bytes=${5 * MIB}-${6 * MIB - 1}`)];
  expect((await refusal(copy(3, `bytes=0-${6 * MIB}`))).name).toBe('InvalidArgument');
  expect((await refusal(copy(3, 'bytes=5-'))).name).toBe('InvalidArgument');
  await complete(UploadId, parts);
  expect((await get()).bytes.equals(content)).toBe(true);
});

describe('completing is refused', () => {
  let UploadId: string;
  let parts: CompletedPart[];
  beforeEach(async () => {
    UploadId = await create();
    parts = [];
    for (const PartNumber of [1, 2]) {
      parts.push({ PartNumber, ETag: (await part(UploadId, PartNumber, bytes(100, PartNumber))).ETag });
    }
  });

  test('when a part other than the last is below 5 MiB', async () => {
    expect(await refusal(complete(UploadId, parts))).toMatchObject({
      name: 'EntityTooSmall',
      ProposedSize: '100',
      MinSizeAllowed: String(5 * MIB),
      PartNumber: '1',
    });
    expect(endpoint.events).toEqual([]);
  });

  test('when the parts are out of order', async () => {
    expect(await refusal(complete(UploadId, [...parts].reverse()))).toMatchObject({
      name: 'InvalidPartOrder',
    });
  });

  test('when a part is unknown, or another than was uploaded', async () => {
    expect(await refusal(complete(UploadId, [{ PartNumber: 3, ETag: '"x"' }]))).toMatchObject({
      name: 'InvalidPart',
    });
    expect(await refusal(complete(UploadId, [{ PartNumber: 2, ETag: parts[0]!.ETag }]))).toMatchObject({
      name: 'InvalidPart',
    });
  });

  test('without any part', async () => {
    expect(await refusal(complete(UploadId, []))).toMatchObject({ name: 'MalformedXML' });
  });

  test('when the size is not the one that was announced', async () => {
    expect(await refusal(complete(UploadId, parts.slice(1), { MpuObjectSize: 99 }))).toMatchObject({
      name: 'InvalidRequest',
    });
    await complete(UploadId, parts.slice(1), { MpuObjectSize: 100 });
  });
});

test.each([0, 10_001])('a part cannot have the number %i', async (number) => {
  expect(await refusal(part(await create(), number, bytes(1)))).toMatchObject({ name: 'InvalidArgument' });
});

describe('checksums', () => {
  test.each([
    ['CRC32', 'COMPOSITE', [10]],
    ['CRC32C', 'COMPOSITE', [10]],
    ['SHA1', 'COMPOSITE', [10]],
    ['SHA256', 'COMPOSITE', [5 * MIB, 10]],
    ['CRC32', 'FULL_OBJECT', [10]],
    ['CRC32C', 'FULL_OBJECT', [10]],
    ['CRC64NVME', 'FULL_OBJECT', [5 * MIB, 10]],
  ] as const)(
    '%s %s is stored for an object with parts of %j bytes',
    async (ChecksumAlgorithm, ChecksumType, sizes) => {
      const field = `Checksum${ChecksumAlgorithm}` as const;
      const content = sizes.map((size, index) => bytes(size, index));
      const UploadId = await create({ ChecksumAlgorithm, ChecksumType });
      const parts: CompletedPart[] = [];
      for (const [index, Body] of content.entries()) {
        const uploaded = await part(UploadId, index + 1, Body, { ChecksumAlgorithm });
        parts.push({ PartNumber: index + 1, ETag: uploaded.ETag, [field]: uploaded[field] });
      }
      const { [field]: whole } = await endpoint.client.send(
        new PutObjectCommand({
          Bucket: 'plain',
          Key: 'whole',
          Body: Buffer.concat(content),
          ChecksumAlgorithm,
        }),
      );
      const completed = await complete(UploadId, parts, { ChecksumType });
      expect(completed.ChecksumType).toBe(ChecksumType);
      if (ChecksumType === 'FULL_OBJECT') expect(completed[field]).toBe(whole);
      else expect(completed[field]).toMatch(new RegExp(`-${sizes.length}$`));
      const head = await endpoint.client.send(new HeadObjectCommand({ ...named, ChecksumMode: 'ENABLED' }));
      expect(head).toMatchObject({ [field]: completed[field], ChecksumType });
    },
  );

  test('over the parts: completing needs the checksum of each part', async () => {
    const UploadId = await create({ ChecksumAlgorithm: 'SHA256' });
    const { ETag } = await part(UploadId, 1, bytes(10), { ChecksumAlgorithm: 'SHA256' });
    const refused = await refusal(complete(UploadId, [{ PartNumber: 1, ETag }]));
    expect(refused).toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('missing for part 1'),
    });
  });

  test('of the whole object are compared with the one in the completing request', async () => {
    const UploadId = await create({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const { ETag } = await part(UploadId, 1, bytes(10));
    const wrong = { ChecksumType: 'FULL_OBJECT', ChecksumCRC32: 'AAAAAA==' };
    expect(await refusal(complete(UploadId, [{ PartNumber: 1, ETag }], wrong))).toMatchObject({
      name: 'BadDigest',
    });
  });

  test("of a part must use its upload's algorithm", async () => {
    const UploadId = await create({ ChecksumAlgorithm: 'SHA256' });
    expect(await refusal(part(UploadId, 1, bytes(1), { ChecksumAlgorithm: 'CRC32' }))).toMatchObject({
      name: 'InvalidRequest',
    });
  });
});

test('a part can be read back by its number', async () => {
  const content = [bytes(5 * MIB, 1), bytes(10, 2)];
  const UploadId = await create();
  const parts: CompletedPart[] = [];
  for (const [index, Body] of content.entries()) {
    parts.push({ PartNumber: index + 1, ETag: (await part(UploadId, index + 1, Body)).ETag });
  }
  await complete(UploadId, parts);
  const second = await get({ PartNumber: 2 });
  expect(second.bytes.equals(content[1]!)).toBe(true);
  expect(second).toMatchObject({
    PartsCount: 2,
    ContentRange: `bytes ${5 * MIB}-${5 * MIB + 9}/${5 * MIB + 10}`,
  });
  expect(await refusal(get({ PartNumber: 3 }))).toMatchObject({ name: 'InvalidPartNumber', status: 416 });
});

test('uploads in progress and parts are listed page by page', async () => {
  const ids = [await create(), await create(), await create({ Key: 'other' })];
  const found: (string | undefined)[] = [];
  let page = await endpoint.client.send(
    new ListMultipartUploadsCommand({ Bucket: named.Bucket, MaxUploads: 1 }),
  );
  for (;;) {
    found.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
    if (!page.IsTruncated) break;
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    page = await endpoint.client.send(
      new ListMultipartUploadsCommand({ Bucket: named.Bucket, MaxUploads: 1, KeyMarker, UploadIdMarker }),
    );
  }
  expect(found.sort()).toEqual([...ids].sort());
  for (const number of [1, 2, 3]) await part(ids[0]!, number, bytes(1));
  const first = await endpoint.client.send(new ListPartsCommand({ ...named, UploadId: ids[0], MaxParts: 2 }));
  expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
  const rest = await endpoint.client.send(
    new ListPartsCommand({ ...named, UploadId: ids[0], PartNumberMarker: first.NextPartNumberMarker }),
  );
  expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([3]);
});
