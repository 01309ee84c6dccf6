import { S3Client } from '@aws-sdk/client-s3';
import { removeObject } from '../../../cli/doctor/cleanup';
import { LateCalls } from '../../functions/late-calls';

interface Version {
  Key: string;
  VersionId: string;
  isMarker?: boolean;
}

/** A bucket that lists two versions at a time and answers late. */
function bucketOf(versions: Version[]) {
  const calls = new LateCalls();
  const s3 = new S3Client({ region: 'us-east-1' });
  const answer = async (name: string, { Prefix, VersionId }: { Prefix: string; VersionId?: string }) => {
    if (name === 'DeleteObjectCommand') {
      versions = versions.filter((one) => one.VersionId !== VersionId);
      return {};
    }
    const page = versions.filter(({ Key }) => Key.startsWith(Prefix)).slice(0, 2);
    return {
      Versions: page.filter(({ isMarker }) => !isMarker),
      DeleteMarkers: page.filter(({ isMarker }) => isMarker),
    };
  };
  s3.send = ((command: { input: { Prefix: string } }) =>
    calls.late('send', answer(command.constructor.name, command.input))) as typeof s3.send;
  return { s3, calls, left: () => versions.map(({ VersionId }) => VersionId) };
}

test('every version and delete marker of an object is removed, page by page, and no other object', async () => {
  const bucket = bucketOf([
    { Key: 'a.jpg', VersionId: '1' },
    { Key: 'a.jpg', VersionId: '2', isMarker: true },
    { Key: 'a.jpg', VersionId: '3' },
    { Key: 'a.jpg', VersionId: '4', isMarker: true },
    { Key: 'a.jpg', VersionId: '5' },
    { Key: 'a.jpg.png', VersionId: '6' },
  ]);
  expect(await removeObject(bucket.s3, { bucket: 'uploads', key: 'a.jpg' }, 'us-east-1')).toBeUndefined();
  expect(bucket.left()).toEqual(['6']);
  expect(bucket.calls.unanswered).toEqual([]);
});
