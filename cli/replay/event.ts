/** S3 events built from records, as EventBridge would deliver them. */
import { randomUUID } from 'node:crypto';
import type { ObjectEvent } from '../../contract/event';
import type { StoredRecord } from '../lib/records';

/** Where an event claims to come from. */
export interface Origin {
  account: string;
  region: string;
}

/**
 * The upload of exactly the recorded version, with the same sequencer, so that a newer version wins over it and a
 * duplicate of it changes nothing.
 *
 * @param size of the object in bytes: the record of a failure has none
 */
export function uploadOf(record: StoredRecord, size: number, origin: Origin, now = new Date()) {
  return event('Object Created', record, { size, etag: record.etag }, origin, now);
}

/**
 * The deletion of the recorded version, whichever request deleted it. That request had a sequencer of its own, which
 * nobody knows any more. The first possible one serves as well: after the upload, whose repetition the tombstone then
 * refuses, after any deletion that the version has survived, and before any newer version.
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
      // S3 would name the request here. This tells a person who reads the execution that it was replayed.
      reason: 'Replay',
    },
  };
}
