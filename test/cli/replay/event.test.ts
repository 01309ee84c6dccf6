import type { StoredRecord } from '../../../cli/lib/records';
import { deletionOf, uploadOf } from '../../../cli/replay/event';
import { outcomeOf } from '../../../cli/replay/outcome';
import type { ObjectEvent } from '../../../contract/event';
import { deletionOf as deletionIn, sourceOf } from '../../../contract/source';
import { tombstone } from '../../../functions/lib/records/updates';
import { created, sourceAt } from '../../functions/support';

const ORIGIN = { account: '111122223333', region: 'us-east-1' };
const NOW = new Date('2026-11-21T05:30:00.000Z');

const record: StoredRecord = {
  ...sourceOf(created()),
  status: 'FAILED',
  execution: 'arn',
  updatedAt: '2026-11-21T05:00:00.000Z',
};

test('an upload event built from a record means to the workflow what was recorded', () => {
  const made = uploadOf(record, 466_123, ORIGIN, NOW) as ObjectEvent;
  expect(sourceOf(made)).toEqual(sourceOf(created()));
  const real = created();
  expect(Object.keys(made)).toEqual(Object.keys(real));
  expect(made.detail.object).toEqual({ ...real.detail.object, sequencer: record.sequencer });
  expect(made).toMatchObject({
    'detail-type': 'Object Created',
    source: 'aws.s3',
    time: '2026-11-21T05:30:00Z',
  });
});

test('an upload to a bucket without versions names no version', () => {
  const made = uploadOf({ ...record, version: null }, 1, ORIGIN) as ObjectEvent;
  expect(made.detail.object).not.toHaveProperty('version-id');
  expect(sourceOf(made).version).toBeNull();
});

test('a deletion has the sequencer of the record, or the next one after the last deletion that the version survived', () => {
  const { version, sequencer } = record;
  expect(deletionIn(deletionOf(record, ORIGIN) as ObjectEvent)).toMatchObject({ version, sequencer });

  const survivedSequencer = `${'0'.repeat(15)}69B21FFD0745EE4FF`;
  const made = deletionIn(deletionOf({ ...record, survivedSequencer }, ORIGIN) as ObjectEvent);
  expect(made.sequencer).toBe(`${'0'.repeat(15)}69B21FFD0745EE500`);
  // The condition that such a deletion has to meet in the record.
  expect(tombstone(made, 'arn', NOW, 1).ConditionExpression).toContain('survivedSequencer < :sequencer');
  expect(survivedSequencer < made.sequencer).toBe(true);

  const own = deletionIn(deletionOf({ ...record, survivedSequencer: sequencer }, ORIGIN) as ObjectEvent);
  expect(own.sequencer > sequencer).toBe(true);

  const earlier = sourceAt(1).sequencer;
  expect(
    deletionIn(deletionOf({ ...record, survivedSequencer: earlier }, ORIGIN) as ObjectEvent).sequencer,
  ).toBe(sequencer);
});

describe('the outcome of an execution', () => {
  const ended = (state: object) => outcomeOf({ status: 'SUCCEEDED', output: JSON.stringify(state) });

  test.each([
    ['done', { notification: { schema: 1, messageId: null }, record: {} }],
    ['removed', { removal: { outcome: 'REMOVED' } }],
    ['superseded', { removal: { outcome: 'KEPT' } }],
    ['superseded', { error: { Error: 'Superseded' } }],
    ['waiting', { error: { Error: 'Lambda.TooManyRequestsException' }, queued: {} }],
  ])('%s: %j', (kind, state) => {
    expect(ended(state)).toEqual({ kind });
  });

  test.each([
    ['the mail', 'No thumbnails.\n\nReason:    CorruptImage\n', 'CorruptImage: No thumbnails.'],
    ['a cause in one line', 'It broke.', 'ThumbnailWorkflowFailed: It broke.'],
    ['no cause', undefined, 'ThumbnailWorkflowFailed'],
  ])('failed, with the reason from %s', (_, cause, reason) => {
    expect(outcomeOf({ status: 'FAILED', error: 'ThumbnailWorkflowFailed', cause })).toEqual({
      kind: 'failed',
      reason,
    });
  });

  test('a timeout is a failure of that name', () => {
    expect(outcomeOf({ status: 'TIMED_OUT' })).toEqual({ kind: 'failed', reason: 'TIMED_OUT' });
  });
});
