import { ConditionalCheckFailedException, DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { marshall } from '@aws-sdk/util-dynamodb';
import { BATCH } from '../lib/aws/connect';
import { Records, type StoredRecord } from '../lib/records';
import type { Target } from '../lib/target';
import { removeVersions, type Version, versionsOf, versionsUnder } from '../lib/versions';
import type { ErasePorts, Made } from './erase';
import type { Place } from './place';

/** Ports that work on a stack. */
export function portsOf(
  { outputs, connect }: Target,
  place: Place,
): ErasePorts & { s3: S3Client; records: Records } {
  const s3 = connect(S3Client, BATCH);
  const dynamodb = connect(DynamoDBClient, BATCH);
  const TableName = outputs['records_table'] as string;
  const records = new Records(dynamodb, TableName, place.uploads);
  return {
    s3,
    records,
    record: (key) => records.find(key),
    originals: (key) => versionsOf(s3, place.uploads, key),
    made: async (key, record) => ({
      thumbnails: await thumbnailsOf(s3, place, key, record),
      copies: await copiesOf(s3, place, key, record),
    }),
    hide: async (key) => void (await s3.send(new DeleteObjectCommand({ Bucket: place.uploads, Key: key }))),
    remove: (versions) => removeVersions(s3, versions),
    removeRecord: async (record) => {
      const { key, status, sequencer } = record;
      const command = new DeleteItemCommand({
        TableName,
        Key: records.idOf(key),
        ConditionExpression: '#status = :status AND sequencer = :sequencer',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: marshall({ ':status': status, ':sequencer': sequencer }),
      });
      try {
        await dynamodb.send(command);
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    isProcessed: place.isProcessed,
  };
}

/** What lies directly in the image's own folders, and what its record lists elsewhere, as with earlier settings. */
async function thumbnailsOf(
  s3: S3Client,
  place: Place,
  key: string,
  record: StoredRecord | null,
): Promise<Version[]> {
  const found: Version[] = [];
  const folders = place.folders(key);
  for (const folder of folders) {
    // What has another slash belongs to an image whose key goes on: a.jpg/x.jpg beside a.jpg.
    for await (const page of versionsUnder(s3, place.thumbnails, folder, '/')) found.push(...page);
  }
  for (const { bucket, key: listed } of elsewhere(place, folders, record)) {
    found.push(...(await versionsOf(s3, bucket, listed)));
  }
  return found;
}

/** Thumbnails of a record that aren't in the folders where they would be made today. */
function elsewhere(
  place: Place,
  folders: string[],
  record: StoredRecord | null,
): { bucket: string; key: string }[] {
  const listed = [
    ...(record?.thumbnails ?? []).map(({ bucket, key }) => ({ bucket, key })),
    ...[...(record?.thumbnailKeys ?? [])].map((key) => ({ bucket: place.thumbnails, key })),
  ].filter(
    ({ bucket, key }) => bucket !== place.thumbnails || !folders.some((folder) => isDirectlyIn(folder, key)),
  );
  return [...new Map(listed.map((each) => [`${each.bucket}/${each.key}`, each])).values()];
}

const isDirectlyIn = (folder: string, key: string) =>
  key.startsWith(folder) && !key.slice(folder.length).includes('/');

/** A copy in quarantine has the key of its original. */
async function copiesOf(
  s3: S3Client,
  place: Place,
  key: string,
  record: StoredRecord | null,
): Promise<Made['copies']> {
  const { quarantine } = record ?? {};
  const isElsewhere = quarantine && (quarantine.bucket !== place.quarantine || quarantine.key !== key);
  return [
    ...(await versionsOf(s3, place.quarantine, key)),
    ...(isElsewhere ? await versionsOf(s3, quarantine.bucket, quarantine.key) : []),
  ];
}
