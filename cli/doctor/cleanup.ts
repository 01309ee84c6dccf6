/** Removes what the probe left, as far as the caller may, and names the rest. */
import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { shellWord } from '../../contract/text';
import { exists } from './probe';

/** An object, whatever its version. */
export interface Place {
  bucket: string;
  key: string;
}

/** Something that could not be removed. */
export interface Leftover {
  what: string;
  /** What was denied, or went wrong. */
  why: string;
  /** The line that removes it, for a POSIX shell. */
  command: string;
}

/**
 * Removes an object with all its versions and delete markers. Where the versions may not be listed or deleted, it removes
 * the one version that the caller knows, and else the object as it is now.
 *
 * @param version of the object, when it is known
 * @returns what is left of it, if anything
 */
export async function removeObject(
  s3: S3Client,
  place: Place,
  region: string,
  version?: string,
): Promise<Leftover | undefined> {
  const object = { Bucket: place.bucket, Key: place.key };
  try {
    return await removeAllVersions(s3, place);
  } catch (error) {
    const isRemoved = async () => {
      if (version) return removed(s3, { ...object, VersionId: version });
      // A deletion of nothing would leave a delete marker.
      return !(await exists(s3, place)) || removed(s3, object);
    };
    if (await isRemoved().catch(() => false)) return undefined;
    // The workflow follows this deletion, even if the version stays.
    if (version) await s3.send(new DeleteObjectCommand(object)).catch(() => {});
    return { what: `s3://${place.bucket}/${place.key}`, why: reason(error), command: removal(place, region) };
  }
}

/** Whether a deletion left nothing: in a bucket with versions, one that names none leaves a delete marker. */
async function removed(
  s3: S3Client,
  object: { Bucket: string; Key: string; VersionId?: string },
): Promise<boolean> {
  const { DeleteMarker } = await s3.send(new DeleteObjectCommand(object));
  return object.VersionId !== undefined || !DeleteMarker;
}

/** In a bucket without versions that is the object. */
async function removeAllVersions(s3: S3Client, { bucket, key }: Place): Promise<undefined> {
  for (;;) {
    // Keys that begin with this one come after it, so everything left of it is on the first page.
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }),
    );
    const left = [...Versions, ...DeleteMarkers].filter(({ Key }) => Key === key);
    if (left.length === 0) return;
    for (const { VersionId } of left) {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId }));
    }
  }
}

/** The keys below a prefix; none when they may not be listed. */
export async function keysBelow(s3: S3Client, bucket: string, prefix: string): Promise<string[]> {
  const listed = await s3
    .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
    .catch(() => undefined);
  return (listed?.Contents ?? []).map(({ Key }) => Key as string);
}

export async function removeRecord(
  dynamodb: DynamoDBClient,
  table: string,
  id: string,
  region: string,
): Promise<Leftover | undefined> {
  try {
    await dynamodb.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: id } } }));
    return undefined;
  } catch (error) {
    return {
      what: `the record ${id} in the table ${table}`,
      why: reason(error),
      command: recordCommand(table, id, region),
    };
  }
}

/** The first line says what was asked and what AWS answered. */
const reason = (error: unknown) => (error as Error).message.split('\n')[0] as string;

export const recordCommand = (table: string, id: string, region: string) =>
  `aws dynamodb delete-item --region ${region} --table-name ${table} --key ${shellWord(JSON.stringify({ id: { S: id } }))}`;

export const thumbnailsCommand = (bucket: string, prefix: string, region: string) =>
  `aws s3 rm --region ${region} --recursive ${shellWord(`s3://${bucket}/${prefix}`)}`;

function removal({ bucket, key }: Place, region: string): string {
  const where = `--region ${region} --bucket ${bucket}`;
  const query = '{Objects: [Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}}';
  return `aws s3api delete-objects ${where} --delete "$(aws s3api list-object-versions ${where} --prefix ${shellWord(key)} --query ${shellWord(query)} --output json)"`;
}
