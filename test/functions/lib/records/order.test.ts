import { InvalidEvent, Superseded } from '../../../../contract/errors';
import type { ImageRecord, Status } from '../../../../contract/record';
import { assertSameVersion, isNews, isOvertaken } from '../../../../functions/lib/records/order';
import { sourceAt } from '../../support';

describe('an update that was not applied', () => {
  const recorded = (n: number, status: Status = 'PROCESSING') => ({ ...sourceAt(n), status });

  test('is superseded by a newer event, whatever its content', () => {
    expect(() => assertSameVersion(sourceAt(1), recorded(2))).toThrow(Superseded);
    expect(() => assertSameVersion(sourceAt(1, { etag: 'etag-2' }), recorded(2))).toThrow(Superseded);
    expect(() => assertSameVersion(sourceAt(1), recorded(2))).toThrow(
      /^A newer event of s3:\/\/.+\/uploads\/canyon\.jpg is recorded \(sequencer 0+2\); this one is 0+1$/,
    );
  });

  test('is superseded if the recorded version has survived a later deletion', () => {
    const survivor = { ...recorded(1), survivedSequencer: sourceAt(3).sequencer };
    expect(() => assertSameVersion(sourceAt(2), survivor)).toThrow(Superseded);
    expect(() => assertSameVersion(sourceAt(2), survivor)).toThrow(/\(sequencer 0+3\); this one is 0+2$/);
    expect(() => assertSameVersion(sourceAt(1), survivor)).not.toThrow();
  });

  test('for the same version is left to the caller to judge', () => {
    expect(() => assertSameVersion(sourceAt(1), recorded(1))).not.toThrow();
  });

  test('is superseded if the same deletion brought another version back', () => {
    const other = sourceAt(1, { version: 'other' });
    expect(() => assertSameVersion(other, recorded(1))).toThrow(Superseded);
  });

  test('is invalid if two contents without versions have the same sequencer', () => {
    const other = sourceAt(1, { etag: 'other', version: null });
    expect(() => assertSameVersion(other, recorded(1))).toThrow(InvalidEvent);
    expect(() => assertSameVersion(other, recorded(1))).toThrow(
      /etag etag-1 is recorded, this event has other$/,
    );
  });
});

describe('an event is overtaken', () => {
  const at = (sequencer: number, survived?: number) => ({
    ...sourceAt(sequencer),
    status: 'DONE' as const,
    ...(survived !== undefined && { survivedSequencer: sourceAt(survived).sequencer }),
  });

  test.each<[string, ReturnType<typeof at>, boolean]>([
    ['a newer event is recorded', at(6), true],
    ['it is itself recorded', at(5), false],
    ['an older event is recorded', at(4), false],
    ['it is itself recorded, and has survived a deletion', at(5, 7), false],
    ['an older version has survived a later deletion', at(4, 6), true],
    ['an older version has survived a deletion with the same place', at(4, 5), true],
    ['an older version has survived an earlier deletion', at(3, 4), false],
  ])('or not, if %s', (_, recorded, expected) => {
    expect(isOvertaken(sourceAt(5), recorded)).toBe(expected);
  });
});

describe('an update is news', () => {
  const source = sourceAt(5);
  const record = (status: ImageRecord['status'], n = 5) => ({ ...sourceAt(n), status }) as ImageRecord;

  test.each([
    ['if there was no record', null],
    ['if the previous version was DONE', record('DONE', 4)],
    ['if this version was PROCESSING', record('PROCESSING')],
  ])('%s', (_, before) => {
    expect(isNews({ applied: true, before }, source, 'DONE')).toBe(true);
  });

  test('but not if the record already says so', () => {
    expect(isNews({ applied: true, before: record('DONE') }, source, 'DONE')).toBe(false);
  });

  test('but not if it was refused', () => {
    expect(isNews({ applied: false, current: record('PROCESSING', 6) }, source, 'DONE')).toBe(false);
  });
});
