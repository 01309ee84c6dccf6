import {
  ListObjectsCommand,
  type ListObjectsCommandInput,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { paginate } from '../../../local-aws/s3/paginate';
import { compareKeys, SortedKeys } from '../../../local-aws/s3/store/sorted-keys';
import { type Endpoint, refusal, startEndpoint } from './harness';

const Bucket = 'plain';

describe('over HTTP', () => {
  let endpoint: Endpoint;
  const keys = ['a.jpg', 'a/1', 'a/2', 'a/b/3', 'b+c d/ü', 'b+c d/😀', 'z', '\uffee', '😀'];
  beforeAll(async () => {
    endpoint = await startEndpoint();
    for (const Key of keys) await endpoint.client.send(new PutObjectCommand({ Bucket, Key, Body: 'body' }));
  });
  afterAll(() => endpoint.stop());

  const listV2 = (more = {}) => endpoint.client.send(new ListObjectsV2Command({ Bucket, ...more }));

  test('keys are listed in the order of their UTF-8 bytes, with what S3 says about each', async () => {
    const { Contents, KeyCount, MaxKeys, IsTruncated } = await listV2();
    expect(Contents?.map(({ Key }) => Key)).toEqual(keys);
    expect({ KeyCount, MaxKeys, IsTruncated }).toEqual({
      KeyCount: keys.length,
      MaxKeys: 1000,
      IsTruncated: false,
    });
    expect(Contents?.[0]).toMatchObject({
      ETag: '"841a2d689ad86bd1611447453c22c6fc"',
      Size: 4,
      StorageClass: 'STANDARD',
      LastModified: expect.any(Date),
    });
  });

  test('a prefix and a delimiter make folders', async () => {
    const root = await listV2({ Delimiter: '/' });
    expect(root.Contents?.map(({ Key }) => Key)).toEqual(['a.jpg', 'z', '\uffee', '😀']);
    expect(root.CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'b+c d/' }]);
    const folder = await listV2({ Delimiter: '/', Prefix: 'a/' });
    expect(folder.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
    expect(folder.CommonPrefixes).toEqual([{ Prefix: 'a/b/' }]);
  });

  test('start-after starts after', async () => {
    expect((await listV2({ StartAfter: 'a/1' })).Contents?.[0]?.Key).toBe('a/2');
    expect((await listV2({ StartAfter: 'a/10' })).Contents?.[0]?.Key).toBe('a/2');
  });

  test('encoding-type url encodes keys and prefixes as a form does', async () => {
    const { Contents, Prefix, EncodingType } = await listV2({ EncodingType: 'url', Prefix: 'b+c d/' });
    expect(EncodingType).toBe('url');
    expect(Prefix).toBe('b%2Bc+d/');
    expect(Contents?.[0]?.Key).toBe('b%2Bc+d/%C3%BC');
  });

  test('max-keys 0 lists nothing and is not truncated', async () => {
    expect(await listV2({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  test.each([{ MaxKeys: -1 }, { ContinuationToken: '!' }, { EncodingType: 'base64' as 'url' }])(
    '%j is refused',
    async (query) => {
      expect(await refusal(listV2(query))).toMatchObject({ name: 'InvalidArgument', status: 400 });
    },
  );

  test('the SDK’s paginator finds every key once', async () => {
    const found: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2({ client: endpoint.client, pageSize: 2 }, { Bucket })) {
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
    }
    expect(found).toEqual(keys);
  });

  test('the first version of ListObjects pages by marker', async () => {
    const found: (string | undefined)[] = [];
    for (let query: ListObjectsCommandInput = { Bucket, MaxKeys: 2, Delimiter: '/' }; ; ) {
      const page = await endpoint.client.send(new ListObjectsCommand(query));
      found.push(
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      );
      if (!page.IsTruncated) break;
      query = { ...query, Marker: page.NextMarker };
    }
    expect(found.sort()).toEqual(['a.jpg', 'a/', 'b+c d/', 'z', '\uffee', '😀'].sort());
  });

  test('the gate gets the listed prefix', async () => {
    endpoint.calls.length = 0;
    await listV2({ Prefix: 'a/', Delimiter: '/', MaxKeys: 5 });
    expect(endpoint.calls).toEqual([
      {
        action: 's3:ListBucket',
        resource: 'arn:aws:s3:::plain',
        context: { 's3:prefix': 'a/', 's3:delimiter': '/', 's3:max-keys': '5' },
      },
    ]);
  });
});

describe('paging', () => {
  const key = fc.string({
    unit: fc.constantFrom('a', 'b', '/', '//', 'ü', '😀', '\uffee'),
    minLength: 1,
    maxLength: 6,
  });
  const prefix = fc.constantFrom('', 'a', 'a/', '/', 'ü');
  const delimiter = fc.constantFrom('', '/', 'b', '//');

  test('whatever the page size, the pages together are what one page would be', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key),
        prefix,
        delimiter,
        fc.integer({ min: 1, max: 4 }),
        (keys, start, split, limit) => {
          const sorted = new SortedKeys(keys);
          const page = (after: string, size: number) => {
            const items = [...sorted.from(after, start)]
              .filter((each) => each !== after)
              .map((each) => ({ key: each }));
            return paginate(items, { prefix: start, delimiter: split, limit: size, after });
          };
          const whole = page('', 1000);
          const found = { items: [] as { key: string }[], prefixes: [] as string[] };
          for (let after = ''; ; ) {
            const { items, prefixes, truncated, last } = page(after, limit);
            expect(items.length + prefixes.length).toBeLessThanOrEqual(limit);
            found.items.push(...items);
            found.prefixes.push(...prefixes);
            if (!truncated) break;
            after = last!;
          }
          expect(found).toEqual({ items: whole.items, prefixes: whole.prefixes });
          const covered = keys
            .filter((each) => each.startsWith(start))
            .every(
              (each) =>
                found.items.some((item) => item.key === each) ||
                found.prefixes.some((each2) => each.startsWith(each2)),
            );
          expect(covered).toBe(true);
        },
      ),
    );
  });

  test('keys stay in the order of their bytes through additions and removals', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), key)), (changes) => {
        const sorted = new SortedKeys([]);
        const expected = new Set<string>();
        for (const [added, each] of changes) {
          if (added) sorted.add(each);
          else sorted.delete(each);
          if (added) expected.add(each);
          else expected.delete(each);
        }
        expect([...sorted.from('', '')]).toEqual([...expected].sort(compareKeys));
      }),
    );
  });
});
