import { CorruptImage } from '../../../contract/errors';
import type { ImageRecord } from '../../../contract/record';
import { recordId } from '../../../contract/source';
import type { Outcome } from '../../../functions/lib/records/records';
import { fail, failAgain, type Update } from '../../../functions/lib/records/updates';
import {
  executionOf,
  type FailureReport,
  failureIn,
  isUnreported,
  recordFailure,
} from '../../../functions/render/failure';
import { withLatePorts } from '../late-calls';
import { EXECUTION, NOW, sourceAt } from '../support';

const source = sourceAt(5);
const error = { name: 'CorruptImage', message: 'The JPEG is damaged.' };
const execution = executionOf('b1c5');
const lastError = { ...error, execution: EXECUTION, time: NOW.toISOString() };

/** As it is if the failure was recorded by Render, `ago` milliseconds before {@link NOW}. */
function recordOf(changes: Partial<ImageRecord> = {}, ago = 0): ImageRecord {
  const updatedAt = new Date(NOW.getTime() - ago).toISOString();
  return { id: recordId(source), ...source, status: 'FAILED', error, execution, updatedAt, ...changes };
}

const TEN_MINUTES = 600_000;
const done = recordOf({ status: 'DONE', error: undefined, thumbnails: [] });
const applied = (before: ImageRecord | null): Outcome => ({ applied: true, before });
const refused: Outcome = { applied: false, current: done };

/** Records a failure, given how the first update goes and how the second. @returns the updates and the reports */
async function recorded(outcomes: Outcome[], of = source) {
  const updates: Update[] = [];
  const reports: FailureReport[] = [];
  const ports = {
    apply: async (update: Update) => {
      updates.push(update);
      return outcomes[updates.length - 1]!;
    },
    report: async (report: FailureReport) => void reports.push(report),
  };
  await withLatePorts(ports, (late) => recordFailure(of, error, late, { execution, now: NOW }));
  return { updates, reports };
}

test('a failure of an image without thumbnails becomes its status, and is reported with all that Quarantine needs', async () => {
  const { updates, reports } = await recorded([applied(done)]);
  expect(updates).toEqual([fail(source, { error, quarantine: null }, execution, NOW, { unlessMade: true })]);
  expect(reports).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Object Created',
      source: 'aws.s3',
      time: NOW.toISOString(),
      detail: {
        bucket: { name: source.bucket },
        object: { key: source.key, etag: 'etag-5', sequencer: source.sequencer, 'version-id': 'version-5' },
      },
      error: { Error: 'CorruptImage', Cause: 'The JPEG is damaged.', OnRequest: true },
    },
  ]);
});

test('a report of an object without versions names none', async () => {
  const { reports } = await recorded([applied(null)], sourceAt(5, { version: null }));
  expect(Object.keys(reports[0]!.detail.object)).toEqual(['key', 'etag', 'sequencer']);
});

test('a failure of an image with thumbnails is noted, and reported too', async () => {
  const { updates, reports } = await recorded([refused, applied(done)]);
  expect(updates[1]).toEqual(failAgain(source, error, execution, NOW));
  expect(reports).toHaveLength(1);
});

test('a failure of a version that is recorded no longer is not reported', async () => {
  const { updates, reports } = await recorded([refused, refused]);
  expect([updates.length, reports.length]).toEqual([2, 0]);
});

test.each<[string, ImageRecord | null, 0 | 1]>([
  ['a new object', null, 1],
  ['a failure that was reported just now', recordOf(), 0],
  ['a failure that was reported ten minutes ago', recordOf({}, TEN_MINUTES), 0],
  ['a failure whose report seems lost', recordOf({}, TEN_MINUTES + 1), 1],
  ['a failure that the workflow has found, however long ago', recordOf({ execution: EXECUTION }, 1e9), 0],
  ['a note of a failure', recordOf({ status: 'DONE', error: undefined, lastError }), 0],
  ['a failure of an earlier version', recordOf({ sequencer: sourceAt(4).sequencer }), 1],
])('over %s, a failure is reported %d times', async (_, before, times) => {
  expect((await recorded([applied(before)])).reports).toHaveLength(times);
});

test.each<[string, Partial<ImageRecord>, object | undefined]>([
  ['FAILED with an error', {}, { ...error, execution }],
  ['FAILED without one', { error: undefined }, undefined],
  ['PROCESSING after a failure', { status: 'PROCESSING' }, undefined],
  ['PROCESSING with a note', { status: 'PROCESSING', error: undefined, lastError }, undefined],
  ['DONE', { status: 'DONE', error: undefined }, undefined],
  ['DONE with the note of an image that cannot be used', { status: 'DONE', lastError }, lastError],
  [
    'DONE with the note of a fault that is not of the image',
    { status: 'DONE', lastError: { ...lastError, name: 'AccessDenied' } },
    undefined,
  ],
])('a record that is %s keeps variants from being made if it has such a failure', (_, changes, expected) => {
  expect(failureIn(recordOf(changes))).toEqual(expected);
});

test('a report seems lost if the workflow has not taken it after ten minutes', () => {
  const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
  expect(isUnreported(recordOf(), later(TEN_MINUTES))).toBe(false);
  expect(isUnreported(recordOf(), later(TEN_MINUTES + 1))).toBe(true);
  expect(isUnreported(recordOf({ execution: EXECUTION }), later(1e9))).toBe(false);
  expect(isUnreported(done, later(1e9))).toBe(false);
});

test('the error of an image that is recorded is no more than its name and message', async () => {
  const thrown = Object.assign(new CorruptImage('It ends early.'), { key: 'private' });
  const updates: Update[] = [];
  const apply = async (update: Update) => {
    updates.push(update);
    return refused;
  };
  await recordFailure(source, thrown, { apply, report: async () => {} }, { execution, now: NOW });
  expect(updates[0]!.ExpressionAttributeValues[':error']).toEqual({
    name: 'CorruptImage',
    message: 'It ends early.',
  });
});
