/**
 * The changes that making a thumbnail on request makes to the record of its original, as `UpdateItem` inputs. Each applies
 * only while the record is DONE and of the version that the thumbnail is made from.
 */
import type { Image, Offer, Thumbnail } from '../../contract/image';
import type { ImageRecord } from '../../contract/record';
import type { Source } from '../../contract/source';
import { recordId } from '../../contract/source';
import type { Update } from '../lib/records/updates';

/** Notes the key of a thumbnail before it is written, so that any later change to the original finds and handles it. */
export function note(record: ImageRecord, key: string): Update {
  return {
    ...still(record),
    UpdateExpression: 'ADD thumbnailKeys :keys',
    ExpressionAttributeValues: { ...still(record).ExpressionAttributeValues, ':keys': new Set([key]) },
  };
}

/**
 * Lists a thumbnail, takes it out of the offers, and notes that its decoding has ended. It is refused if the record has changed
 * since it was read: another thumbnail may have been listed.
 */
export function list(record: ImageRecord, thumbnail: Thumbnail, now: Date): Update {
  const isOther = ({ key }: Offer) => key !== thumbnail.key;
  const { thumbnails = [], onRequest = [] } = record;
  const url = [...thumbnails, ...onRequest].find((one) => !isOther(one))?.url;
  const offers = onRequest.filter(isOther);
  const same = still(record);
  return {
    ...same,
    UpdateExpression: `SET thumbnails = :thumbnails, updatedAt = :now${offers.length > 0 ? ', onRequest = :offers REMOVE' : ' REMOVE onRequest,'} unfinished`,
    ConditionExpression: `${same.ConditionExpression} AND updatedAt = :seen`,
    ExpressionAttributeValues: {
      ...same.ExpressionAttributeValues,
      ':thumbnails': [...thumbnails.filter(isOther), { ...thumbnail, ...(url && { url }) }],
      ...(offers.length > 0 && { ':offers': offers }),
      ':seen': record.updatedAt,
      // Always later than before, even if the clock is not: it identifies the state of the record.
      ':now': new Date(Math.max(now.getTime(), Date.parse(record.updatedAt) + 1)).toISOString(),
    },
  };
}

/**
 * Notes that the image is being decoded, and the key as {@link note} does, unless another request has noted something since the
 * record was read: of requests at the same time one counts, and none counts on top of what has ended well. Too few are counted
 * rather than too many.
 */
export function begin(record: ImageRecord, key: string, now: Date): Update {
  const { unfinished } = record;
  const { count = 0, since } = unfinished ?? {};
  const next = count < MOST_UNFINISHED ? { count: count + 1, since: now.toISOString() } : unfinished;
  const same = still(record);
  return {
    ...same,
    UpdateExpression: 'SET unfinished = :unfinished ADD thumbnailKeys :keys',
    ConditionExpression: `${same.ConditionExpression} AND ${since ? 'unfinished.since = :since' : 'attribute_not_exists(unfinished)'}`,
    ExpressionAttributeValues: {
      ...same.ExpressionAttributeValues,
      ':unfinished': next,
      ':keys': new Set([key]),
      ...(since && { ':since': since }),
    },
  };
}

/** Notes that a decoding has ended, be it well or not: whatever else has begun may end as well. */
export const end = (record: ImageRecord): Update => ({
  ...still(record),
  UpdateExpression: 'REMOVE unfinished',
});

/** As often as the workflow lets an image end its process: one retry. */
const MOST_UNFINISHED = 2;

/** Milliseconds: twice as long as the function may take at most (READ_TIMEOUT in stacks/delivery/on-request.ts). */
const ENDED_AFTER = 120_000;

/** Whether every decoding that was counted must have ended by now, and none has said how. Then its process was ended. */
export const endsProcess = ({ unfinished }: ImageRecord, now: Date): boolean =>
  unfinished !== undefined &&
  unfinished.count >= MOST_UNFINISHED &&
  now.getTime() - Date.parse(unfinished.since) > ENDED_AFTER;

/** The record of an object that is older than the workflow: DONE, with nothing made from it yet, but everything offered. */
export function recordOf(image: Image, offers: Offer[], execution: string, now: Date): ImageRecord {
  const { source, format, width, height, frames, bytes, preset } = image;
  return {
    id: recordId(source),
    ...source,
    status: 'DONE',
    image: { format, width, height, frames, bytes },
    preset,
    thumbnails: [],
    onRequest: offers,
    execution,
    startedAt: now.toISOString(),
    updatedAt: now.toISOString(),
  };
}

/** Writes a record if there is none. */
export function adopt({ id, ...record }: ImageRecord): Update {
  const names = Object.keys(record);
  return {
    Key: { id },
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: 'attribute_not_exists(id)',
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(record).map(([name, value]) => [`:${name}`, value]),
    ),
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** Whether a record is DONE and of this version, so that thumbnails of it may be made. */
export function isOf(record: ImageRecord | null, source: Source): record is ImageRecord {
  return (
    record?.status === 'DONE' &&
    record.sequencer === source.sequencer &&
    record.version === source.version &&
    record.etag === source.etag
  );
}

/** The same as {@link isOf}, as a condition for DynamoDB. */
function still({ id, sequencer, version, etag }: ImageRecord): Omit<Update, 'UpdateExpression'> {
  return {
    Key: { id },
    ConditionExpression: '#status = :done AND sequencer = :sequencer AND version = :version AND etag = :etag',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':done': 'DONE',
      ':sequencer': sequencer,
      ':version': version,
      ':etag': etag,
    },
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}
