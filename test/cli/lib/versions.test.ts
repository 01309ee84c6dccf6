import {
  type DeleteObjectCommand,
  DeleteObjectsCommand,
  type ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { nameOf, removeVersions, type Version, versionsOf } from '../../../cli/lib/versions';

type Command = ListObjectVersionsCommand | DeleteObjectsCommand | DeleteObjectCommand;

/** An S3 that answers what a test says, and keeps the inputs. */
function fake(answer: (command: Command) => unknown) {
  const sent: Command[] = [];
  const send = async (command: Command) => {
    sent.push(command);
    return answer(command);
  };
  return { s3: { send } as unknown as S3Client, sent };
}

const version = (key: string, id: string, bucket = 'b'): Version => ({
  bucket,
  key,
  id,
  isMarker: false,
  isLatest: false,
  modified: new Date(0),
});

test('versions are listed over all pages, and no further than the key', async () => {
  const item = (Key: string, VersionId: string) => ({
    Key,
    VersionId,
    IsLatest: false,
    LastModified: new Date(0),
  });
  const pages = [
    {
      Versions: [item('a+b%2B%01', '1')],
      IsTruncated: true,
      NextKeyMarker: 'a+b%2B%01',
      NextVersionIdMarker: '1',
    },
    {
      Versions: [item('a+b%2B%01', '2'), item('a+b%2B%01c', '9')],
      DeleteMarkers: [{ ...item('a+b%2B%01', '3'), IsLatest: true }],
      IsTruncated: true,
      NextKeyMarker: 'a+b%2B%01c',
      NextVersionIdMarker: '9',
    },
  ];
  const { s3, sent } = fake(() => pages.shift());
  const found = await versionsOf(s3, 'b', 'a b+\u0001');
  expect(found.map(({ key, id, isMarker, isLatest }) => [key, id, isMarker, isLatest])).toEqual([
    ['a b+\u0001', '1', false, false],
    ['a b+\u0001', '2', false, false],
    ['a b+\u0001', '3', true, true],
  ]);
  expect(sent.map(({ input }) => input)).toMatchObject([
    { Bucket: 'b', Prefix: 'a b+\u0001', EncodingType: 'url' },
    { KeyMarker: 'a b+\u0001', VersionIdMarker: '1' },
  ]);
});

test('more than 1,000 versions are removed in parts, and those of each bucket by themselves', async () => {
  const { s3, sent } = fake(() => ({}));
  const many = Array.from({ length: 1_001 }, (_, n) => version('k', String(n)));
  expect(await removeVersions(s3, [...many, version('x', '1', 'other')])).toEqual([]);
  const parts = (sent as DeleteObjectsCommand[]).map(({ input }) => [
    input.Bucket,
    input.Delete!.Objects!.length,
  ]);
  expect(parts).toEqual([
    ['b', 1_000],
    ['b', 1],
    ['other', 1],
  ]);
});

test('keys that no document in XML can carry are removed one by one', async () => {
  const { s3, sent } = fake(() => ({}));
  await removeVersions(s3, [
    version('a\u0001', '1'),
    version('a\r', '2'),
    version('a', '3'),
    version('a\uffff', '4'),
  ]);
  expect(sent.map((command) => [command instanceof DeleteObjectsCommand, command.input])).toMatchObject([
    [true, { Delete: { Objects: [{ Key: 'a', VersionId: '3' }] } }],
    [false, { Key: 'a\u0001', VersionId: '1' }],
    [false, { Key: 'a\r', VersionId: '2' }],
    [false, { Key: 'a\uffff', VersionId: '4' }],
  ]);
});

describe('an answer that everything went well is read all the same', () => {
  test.each([
    ['AccessDenied', 'Access Denied', 'AccessDenied: Access Denied. It needs s3:DeleteObjectVersion.'],
    ['AccessDenied', 'Access Denied because object protected by object lock.', 'S3 Object Lock keeps it'],
    ['AccessDenied', 'Mfa Authentication must be used for this request', 'MFA'],
    [
      'InternalError',
      'We encountered an internal error.',
      'InternalError: We encountered an internal error.',
    ],
  ])('%s: %s', async (Code, Message, why) => {
    const { s3 } = fake(() => ({ Errors: [{ Key: 'a', VersionId: '2', Code, Message }] }));
    const left = await removeVersions(s3, [version('a', '1'), version('a', '2')]);
    expect(left).toEqual([{ what: nameOf(version('a', '2')), why: expect.stringContaining(why) }]);
  });

  test('what is gone already is not left', async () => {
    const { s3 } = fake(() => ({ Errors: [{ Key: 'a', VersionId: '1', Code: 'NoSuchVersion' }] }));
    expect(await removeVersions(s3, [version('a', '1')])).toEqual([]);
  });
});

test('a call that fails leaves everything in it, and others go on', async () => {
  const { s3, sent } = fake(({ input }) => {
    if (input.Bucket === 'b') throw new Error('no network');
    return {};
  });
  expect(
    await removeVersions(s3, [version('a', '1'), version('a\u0001', 'null'), version('a', '1', 'c')]),
  ).toEqual([
    { what: 'version 1 of s3://b/a', why: 'no network' },
    { what: 's3://b/a\\u0001', why: 'no network' },
  ]);
  expect(sent).toHaveLength(3);
});
