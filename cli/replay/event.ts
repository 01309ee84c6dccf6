/** S3 events made of records, as EventBridge would deliver them. */
import { randomUUID } from 'node:crypto';
import type { ObjectEvent } from '../../contract/event';
import type { StoredRecord } from '../lib/records';

/** Where an event says that it comes from. */
export interface Origin {
  account: string;
  region: string;
}

/**
 * The upload of exactly the version that is recorded: in the same place of the order, so that a newer version wins over
 * it and a duplicate of it changes nothing.
 *
 * @param size of the object in bytes: a failure records none
 */
export function uploadOf(record: StoredRecord, size: number, origin: Origin, now = new Date()) {
  return event('Object Created', record, { size, etag: record.etag }, origin, now);
}

/**
 * The deletion of what is recorded, by whatever request. That one had a place of its own in the order, which nobody
 * knows any more. The first possible place does as well: after the upload, whose repeat a tombstone refuses, after any deletion
 * that the version has survived, and before any newer version.
 */
export function deletionOf(record: StoredRecord, origin: Origin, now = new Date()) {
  const { sequencer, survivedSequencer = '' } = record;
  const place = survivedSequencer < sequencer ? sequencer : after(survivedSequencer);
  return event('Object Deleted', { ...record, sequencer: place }, {}, origin, now);
}

function after(sequencer: string): string {
  return (BigInt(`0x${sequencer}`) + 1n).toString(16).toUpperCase().padStart(sequencer.length, '0');
}

function event(
  detailType: ObjectEvent['detail-type'],
  { bucket, key, version, sequencer }: StoredRecord,
  content: { size?: number; etag?: string },
  { account, region }: Origin,
  now: Date,
): ObjectEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source: 'aws.s3',
    account,
    time: now.toISOString().replace(/\.\d+/, ''),
    region,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, ...content, ...(version !== null && { 'version-id': version }), sequencer },
      // What S3 would name here is the request; whoever reads the execution shall know better.
      reason: 'Replay',
    },
  };
}
