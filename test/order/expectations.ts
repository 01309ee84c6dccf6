/** What must be true when all events have been processed, in whatever order. S3 itself says what is current. */
import assert from 'node:assert/strict';
import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { BEFORE_ANY_EVENT } from '../../contract/backfill';
import type { ImageRecord } from '../../contract/record';
import { BUCKETS, type Told } from './cloud';
import { type Content, REFUSED } from './contents';
import type { Subject, World } from './world';

const FORMATS: Partial<Record<Content, [format: string, extension: string]>> = {
  'red jpeg': ['jpeg', 'jpg'],
  'blue jpeg': ['jpeg', 'jpg'],
  'red png': ['png', 'png'],
};

/** @throws AssertionError if something doesn't match S3, or subscribers got no message */
export async function assertConvergence(world: World, told: Told[]): Promise<void> {
  for (const subject of world.subjects.values()) {
    if (subject.versions[0]?.content) await assertCurrent(world, subject, told);
    else await assertNothing(world, subject);
  }
  const caught = world.executions.flatMap((execution) => execution.caught);
  const expected = ['Superseded', 'NotYetVisible', ...Object.values(REFUSED)];
  assert.deepEqual(
    caught.filter((name) => !expected.includes(name)),
    [],
    'an execution ended in an error nobody expects',
  );
}

/** The record and the thumbnails match the current version, and subscribers were notified. */
async function assertCurrent(
  world: World,
  { key, versions, deletions, backfilled }: Subject,
  told: Told[],
): Promise<void> {
  const { id, content, sequencer } = versions[0] as {
    id: string | null;
    content: Content;
    sequencer: string;
  };
  const record = (await world.cloud.records.find({ bucket: world.bucket, key })) as ImageRecord;
  const refused = REFUSED[content];
  assertHas(record, { version: id, status: refused ? 'FAILED' : 'DONE' });
  // If a deletion brought this version back, the deletion's sequencer counts.
  const later = deletions.filter((deletion) => deletion > sequencer);
  // A backfill counts as before any event. It keeps its place only if the version's own event came after a deletion that it had
  // outlived.
  const quiet = backfilled === true && later.length > 0 && record.sequencer === BEFORE_ANY_EVENT;
  const places = [sequencer, ...later, ...(quiet ? [BEFORE_ANY_EVENT] : [])];
  assert.ok(places.includes(record.sequencer), `${record.sequencer} is not one of ${places}`);
  assertHas(record, { expiresAt: undefined, processingShard: undefined });

  const thumbnails = await thumbnailsOf(world, key);
  const about = told.filter(
    ({ source }) => source.key === key && source.version === id && source.sequencer === record.sequencer,
  );
  if (refused) {
    assertHas(record, {
      error: { name: refused, message: record.error?.message },
      quarantine: { bucket: BUCKETS.quarantine, key },
      image: undefined,
      thumbnails: undefined,
    });
    assert.deepEqual(thumbnails, []);
    assert.ok(quiet || about.some(({ error }) => error?.name === refused), 'nobody was told of the failure');
    return;
  }

  const [format, extension] = FORMATS[content] as [string, string];
  const keys = [`${key}/same.${extension}`, `${key}/webp.webp`];
  const bytes = world.contents[content].length;
  assertHas(record, { image: { format, width: 8, height: 6, frames: 1, bytes } });
  assertHas(record, { error: undefined, quarantine: undefined, failedDay: undefined });
  assert.deepEqual(
    record.thumbnails?.map(({ variant, key, width, height }) => [variant, key, width, height]),
    [
      ['same', keys[0], 4, 3],
      ['webp', keys[1], 6, 5],
    ],
  );
  assert.deepEqual(
    thumbnails,
    keys.map((key) => ({ key, version: id ?? record.etag, sequencer: record.sequencer })),
  );
  const done = about.filter(({ status }) => status === 'DONE');
  assert.equal(
    new Set(done.map(({ dedupeId }) => dedupeId)).size,
    quiet ? 0 : 1,
    'one dedupe id for one outcome',
  );
}

/** A tombstone with the last deletion's sequencer, and no thumbnails. */
async function assertNothing(world: World, { key, deletions }: Subject): Promise<void> {
  const record = await world.cloud.records.find({ bucket: world.bucket, key });
  if (deletions.length === 0) assert.equal(record, null);
  else assertHas(record, { status: 'DELETED', sequencer: deletions.at(-1), thumbnails: undefined });
  assert.deepEqual(await thumbnailsOf(world, key), []);
}

function assertHas(record: ImageRecord | null, expected: Partial<Record<keyof ImageRecord, unknown>>): void {
  const found = Object.keys(expected).map((name) => [name, record?.[name as keyof ImageRecord]]);
  assert.deepEqual(Object.fromEntries(found), expected);
}

/** What the thumbnails bucket holds for an object, and which version it was made from. */
export async function thumbnailsOf({ cloud: { s3 } }: World, key: string) {
  const Bucket = BUCKETS.thumbnails;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${key}/` }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
      return { key: Key, version: Metadata?.['source-version'], sequencer: Metadata?.['sequencer'] };
    }),
  );
}
