import { randomUUID } from 'node:crypto';
import { type BackfillMark, BEFORE_ANY_EVENT } from '../../contract/backfill';
import type { ObjectEvent } from '../../contract/event';
import type { ImageRecord } from '../../contract/record';
import type { ObjectName } from '../../contract/source';
import type { CurrentVersion } from '../lib/storage/uploads';

/** Where the event claims to come from. */
export interface Origin {
  account: string;
  region: string;
}

/**
 * The upload of the object as it is now. With the sequencer of its record it repeats the event that the record is of. Without a
 * record it counts as before any event, so whatever happens to the object from now on wins.
 */
export function eventOf(
  { bucket, key }: ObjectName,
  { version, etag, size }: CurrentVersion,
  record: ImageRecord | null,
  { account, region }: Origin,
  run: string,
): ObjectEvent & { backfill: BackfillMark } {
  const sequencer = record?.sequencer ?? BEFORE_ANY_EVENT;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account,
    time: new Date().toISOString().replace(/\.\d+/, ''),
    region,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, size, etag, sequencer, ...(version !== null && { 'version-id': version }) },
      // S3 would name the request here.
      reason: 'Backfill',
    },
    backfill: { run },
  };
}
