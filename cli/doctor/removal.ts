/** Removes the probe, and everything that the workflow made from it. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { escapeKey } from '../../contract/escape-key';
import { recordId } from '../../contract/source';
import type { Records, StoredRecord } from '../lib/records';
import {
  keysBelow,
  type Leftover,
  type Place,
  recordCommand,
  removeObject,
  removeRecord,
  thumbnailsCommand,
} from './cleanup';
import { type Finding, ok, warning } from './finding';

export interface Removal {
  s3: S3Client;
  dynamodb: DynamoDBClient;
  records: Pick<Records, 'find'>;
  probe: Place;
  /** Of the probe, when it is in a bucket with versions and was uploaded. */
  version: string | undefined;
  region: string;
  table: string;
  thumbnails: { bucket: string; prefix: string };
  quarantine: string;
  /** Waits for the workflow to process the deletion. @returns the record as it was read last */
  deletion(): Promise<StoredRecord | null>;
  /** The command that lists executions. */
  executions: string;
}

/** Deletes the probe like any other image and waits for the workflow to follow, then removes what is left. */
export async function removeProbe(removal: Removal): Promise<Finding> {
  const { s3, dynamodb, records, probe, version, region, table } = removal;
  const id = recordId(probe);
  try {
    const before = await records.find(probe.key);
    const left = [await removeObject(s3, probe, region, version)];
    const after = before && (await removal.deletion());
    for (const place of await made(removal, before)) left.push(await removeObject(s3, place, region));
    // An execution that is not over yet must find the tombstone, or it would record what is deleted already.
    if (before && (before.status !== 'PROCESSING' || after?.status !== 'DELETED')) {
      left.push(await removeRecord(dynamodb, table, id, region));
    }
    return removed(before, after, left, removal.executions);
  } catch (error) {
    return unread(removal, [await removeObject(s3, probe, region, version)], error as Error);
  }
}

/**
 * Every object that a run may have made from the probe. A copy in quarantine exists, under the same key, before the record
 * mentions it.
 */
async function made(
  { s3, probe, thumbnails, quarantine }: Removal,
  record: StoredRecord | null,
): Promise<Place[]> {
  const { bucket } = thumbnails;
  const listed = await keysBelow(s3, bucket, below(thumbnails.prefix, probe));
  const keys = new Set([...(record?.thumbnailKeys ?? []), ...listed]);
  return [...[...keys].map((key) => ({ bucket, key })), { bucket: quarantine, key: probe.key }];
}

/** Start of the keys of the probe's thumbnails. */
const below = (prefix: string, { key }: Place) => `${prefix}${escapeKey(key)}/`;

function removed(
  before: StoredRecord | null,
  after: StoredRecord | null,
  left: (Leftover | undefined)[],
  executions: string,
): Finding {
  const leftovers = left.filter((each) => each !== undefined);
  if (leftovers.length > 0)
    return incomplete('Not everything that the probe left could be removed', leftovers);
  if (!before) {
    return ok(
      'Everything the probe left has been removed. A tombstone that is written later expires by itself.',
    );
  }
  if (after?.status === 'DELETED') return ok('Everything the probe left has been removed.');
  return warning(
    'The workflow did not process the deletion of the probe. Everything the probe left has been removed all the same.',
    `Thumbnails may outlive their images. A mail from the errors topic says why, and so does ${executions}`,
  );
}

/** Without the record it is not known what the workflow made and removed. It is left to it, and named. */
function unread(removal: Removal, left: (Leftover | undefined)[], { message }: Error): Finding {
  const { probe, region, table, thumbnails } = removal;
  const id = recordId(probe);
  const prefix = below(thumbnails.prefix, probe);
  const why = message.split('\n')[0] as string;
  return incomplete('The record of the probe could not be read, so the workflow may have left', [
    ...left.filter((each) => each !== undefined),
    {
      what: `thumbnails below s3://${thumbnails.bucket}/${prefix}`,
      why,
      command: thumbnailsCommand(thumbnails.bucket, prefix, region),
    },
    { what: `the record ${id} in the table ${table}`, why, command: recordCommand(table, id, region) },
  ]);
}

const incomplete = (what: string, leftovers: Leftover[]) =>
  warning(
    `${what}: ${leftovers.map((each) => each.what).join(', ')}.`,
    leftovers.map(({ why, command }) => `${why}\nTo remove it:\n${command}`).join('\n'),
  );
