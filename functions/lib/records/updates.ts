/**
 * The rules by which the record of a source object changes. Each rule is a plain `UpdateItem` input. All carry the same idea: events arrive more than once and in any order,
 * so an update counts only if no newer event has been recorded. The sequencer is the order.
 */

import { createHash } from 'node:crypto';
import type { Image, Thumbnails } from '../../../contract/image';
import type { FailureMessage } from '../../../contract/messages/failure';
import type { ImageRecord } from '../../../contract/record';
import { type Deletion, recordId, type Source } from '../../../contract/source';

/** A DynamoDB `UpdateItem` input, without its table. */
export interface Update {
  Key: { id: string };
  UpdateExpression: string;
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues: Record<string, unknown>;
  ReturnValues: 'ALL_OLD';
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD';
}

/** Claims the object for this version: it becomes PROCESSING, unless a newer version is recorded or this one is DONE. */
export function claim(image: Image, thumbnailKeys: string[], execution: string, now: Date): Update {
  return update(image.source, {
    set: {
      ...identity(image.source),
      status: 'PROCESSING',
      image: facts(image),
      preset: image.preset,
      execution,
      startedAt: now.toISOString(),
      updatedAt: now.toISOString(),
      processingShard: processingShard(image.source),
    },
    remove: [...FAILURE, 'expiresAt'],
    add: { thumbnailKeys: new Set(thumbnailKeys) },
    unlessDone: true,
  });
}

/** Records the thumbnails as DONE, unless a newer version is recorded. A repeat changes nothing but the time. */
export function complete(
  image: Image,
  thumbnails: Omit<Thumbnails, 'schema'>,
  execution: string,
  now: Date,
  settingsHash?: string,
): Update {
  const given = OPTIONAL.filter((name) => thumbnails[name] !== undefined);
  return update(image.source, {
    set: {
      ...identity(image.source),
      status: 'DONE',
      image: facts(image),
      preset: image.preset,
      thumbnails: thumbnails.items,
      ...Object.fromEntries(given.map((name) => [name, thumbnails[name]])),
      execution,
      updatedAt: now.toISOString(),
      ...(settingsHash && { settingsHash }),
    },
    remove: [
      ...FAILURE,
      'processingShard',
      'expiresAt',
      ...OPTIONAL.filter((name) => !given.includes(name)),
      ...unless(settingsHash),
    ],
    add: { thumbnailKeys: new Set(thumbnails.items.map(({ key }) => key)) },
  });
}

/**
 * Records the failure, unless a newer version is recorded or this one is DONE: then {@link failAgain} notes it.
 *
 * @param unlessMade a DONE record stays as it is only if it has thumbnails: without any, nothing has shown that the image can
 *   be decoded
 */
export function fail(
  source: Source,
  failure: Pick<FailureMessage, 'error' | 'quarantine'> & { note?: string | null },
  execution: string,
  now: Date,
  { unlessMade = false, settingsHash }: { unlessMade?: boolean; settingsHash?: string } = {},
): Update {
  return update(source, {
    set: {
      ...identity(source),
      status: 'FAILED',
      error: failure.error,
      quarantine: failure.quarantine,
      ...(failure.note && { note: failure.note }),
      execution,
      updatedAt: now.toISOString(),
      failedDay: dayOf(now),
      ...(settingsHash && { settingsHash }),
    },
    remove: [
      'image',
      'preset',
      'thumbnails',
      ...OPTIONAL,
      'startedAt',
      'lastError',
      'unfinished',
      'processingShard',
      'expiresAt',
      ...(failure.note ? [] : (['note'] as const)),
      ...unless(settingsHash),
    ],
    ...(unlessMade ? { unlessMade } : { unlessDone: true }),
  });
}

/** Notes on a record that is DONE that another run of the same version has failed. Status and thumbnails stay as they are. */
export function failAgain(
  source: Source,
  error: FailureMessage['error'],
  execution: string,
  now: Date,
  settingsHash?: string,
): Update {
  const { version, etag, sequencer } = source;
  const set: Partial<ImageRecord> = {
    lastError: { ...error, execution, time: now.toISOString(), ...(settingsHash && { settingsHash }) },
    updatedAt: now.toISOString(),
    failedDay: dayOf(now),
  };
  const { ExpressionAttributeNames, ExpressionAttributeValues, ...rest } = change(source, set, [
    'unfinished',
  ]);
  return {
    ...rest,
    ConditionExpression: '#status = :done AND sequencer = :sequencer AND version = :version AND etag = :etag',
    ExpressionAttributeNames: { ...ExpressionAttributeNames, '#status': 'status' },
    ExpressionAttributeValues: {
      ...ExpressionAttributeValues,
      ':done': 'DONE',
      ':sequencer': sequencer,
      ':version': version,
      ':etag': etag,
    },
  };
}

/**
 * Turns the record into a tombstone, unless a newer event is recorded. The keys of the thumbnails stay on it, so that a
 * retry can go on removing them.
 *
 * @param keepDays how many days it has to protect against late events
 */
export function tombstone(deletion: Deletion, execution: string, now: Date, keepDays: number): Update {
  const { bucket, key, version, sequencer } = deletion;
  const remove = [
    'etag',
    'image',
    'preset',
    'thumbnails',
    ...OPTIONAL,
    'startedAt',
    ...FAILURE,
    'processingShard',
    'settingsHash',
  ] as const;
  return {
    ...change(
      deletion,
      {
        bucket,
        key,
        version,
        sequencer,
        status: 'DELETED',
        execution,
        updatedAt: now.toISOString(),
        expiresAt: Math.floor(now.getTime() / 1000) + keepDays * 24 * 60 * 60,
      },
      remove,
    ),
    ConditionExpression: `attribute_not_exists(id) OR (sequencer <= :sequencer AND ${NOT_SURVIVED})`,
  };
}

/**
 * Notes that a version was still the current one after a deletion, unless another version is recorded. The deleted version
 * is between the two in the order, so any run of it that is still under way is too late from now on.
 */
export function survive(current: Pick<Source, 'version' | 'etag'>, deletion: Deletion): Update {
  return {
    Key: { id: recordId(deletion) },
    UpdateExpression: 'SET survivedSequencer = :sequencer',
    ConditionExpression: `version = :version AND etag = :etag AND sequencer < :sequencer AND ${NOT_SURVIVED}`,
    ExpressionAttributeValues: {
      ':version': current.version,
      ':etag': current.etag,
      ':sequencer': deletion.sequencer,
    },
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** Notes that subscribers were notified of this version, unless they were notified of it or a newer one before. */
export function markNotified(source: Source): Update {
  return {
    Key: { id: recordId(source) },
    UpdateExpression: 'SET notifiedSequencer = :sequencer',
    ConditionExpression:
      'attribute_exists(id) AND (attribute_not_exists(notifiedSequencer) OR notifiedSequencer < :sequencer)',
    ExpressionAttributeValues: { ':sequencer': source.sequencer },
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** What a record that is DONE may have besides thumbnails. It goes with them: details say where a picture was taken, for one. */
const OPTIONAL = ['onRequest', 'placeholders', 'exif'] as const satisfies (keyof Thumbnails)[];

/** A hash that is unknown now must not stay that of an earlier outcome. */
const unless = (settingsHash: string | undefined) => (settingsHash ? [] : (['settingsHash'] as const));

/** What a record has of a failure. */
const FAILURE = ['error', 'quarantine', 'note', 'lastError', 'failedDay', 'unfinished'] as const;

interface Change {
  set: Partial<ImageRecord>;
  remove: readonly (keyof ImageRecord)[];
  add?: { thumbnailKeys: Set<string> };
  /** Whether a DONE record of the same version stays as it is. */
  unlessDone?: boolean;
  /** The same, but only if the record lists thumbnails. */
  unlessMade?: boolean;
}

/** The recorded version did not outlive a deletion that came later than this event. */
const NOT_SURVIVED = '(attribute_not_exists(survivedSequencer) OR survivedSequencer < :sequencer)';

/** An update that applies if the version is newer than the recorded one, or the same again. */
function update(source: Source, { set, remove, add, unlessDone, unlessMade }: Change): Update {
  // DynamoDB has no empty sets, and if every variant is lazy there are no keys.
  const added = add && add.thumbnailKeys.size > 0 ? add : undefined;
  const { ExpressionAttributeValues, UpdateExpression, ...rest } = change(source, set, remove);
  const open = unlessDone ? ' AND #status <> :done' : '';
  const empty = unlessMade ? ' AND (#status <> :done OR size(thumbnails) = :none)' : '';
  const same = `sequencer = :sequencer AND version = :version AND etag = :etag${open}${empty}`;
  return {
    ...rest,
    UpdateExpression: UpdateExpression + (added ? ' ADD thumbnailKeys :thumbnailKeys' : ''),
    ConditionExpression: `attribute_not_exists(id) OR (${same}) OR (sequencer < :sequencer AND ${NOT_SURVIVED})`,
    ExpressionAttributeValues: {
      ...ExpressionAttributeValues,
      ...(added ? { ':thumbnailKeys': added.thumbnailKeys } : {}),
      ...(unlessDone || unlessMade ? { ':done': 'DONE' } : {}),
      ...(unlessMade ? { ':none': 0 } : {}),
    },
  };
}

/** Sets and removes attributes, whatever is recorded. */
function change(
  object: { bucket: string; key: string },
  set: Partial<ImageRecord>,
  remove: readonly (keyof ImageRecord)[],
): Omit<Update, 'ConditionExpression'> {
  const names = Object.keys(set);
  return {
    Key: { id: recordId(object) },
    UpdateExpression: [
      `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`] : []),
    ].join(' '),
    ExpressionAttributeNames: Object.fromEntries([...names, ...remove].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(set).map(([name, value]) => [`:${name}`, value]),
    ),
    ReturnValues: 'ALL_OLD',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

const dayOf = (time: Date) => time.toISOString().slice(0, 10);

function identity(source: Source): Partial<ImageRecord> {
  const { bucket, key, version, etag, sequencer } = source;
  return { bucket, key, version, etag, sequencer };
}

function facts({ format, width, height, frames, bytes }: Image): ImageRecord['image'] {
  return { format, width, height, frames, bytes };
}

/** Spreads the records that are PROCESSING over the partitions of their index. */
function processingShard(source: Source): string {
  return createHash('sha256').update(recordId(source)).digest('hex').charAt(0);
}
