import fc from 'fast-check';
import {
  type BackfillFailure,
  type BatchAnswer,
  countsIn,
  divided,
  finishedIn,
  numbersOf,
} from '../../contract/backfill';

describe('images at once are divided among children', () => {
  test.each([
    [1, { children: 1, atOnce: 1 }],
    [10, { children: 1, atOnce: 10 }],
    [11, { children: 2, atOnce: 5 }],
    [20, { children: 2, atOnce: 10 }],
    [40, { children: 4, atOnce: 10 }],
    [99, { children: 10, atOnce: 9 }],
  ])('%d', (concurrency, parts) => {
    expect(divided(concurrency)).toEqual(parts);
  });

  test('which together never exceed what was asked for, and come close to it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (concurrency) => {
        const { children, atOnce } = divided(concurrency);
        expect(children * atOnce).toBeLessThanOrEqual(concurrency);
        expect(children * atOnce).toBeGreaterThan(concurrency - children);
        expect(atOnce).toBeLessThanOrEqual(10);
      }),
    );
  });
});

describe('the counts of a batch', () => {
  const failure = (error: string, before?: true): BackfillFailure => ({
    key: 'a.jpg',
    error,
    message: 'It is damaged.',
    ...(before && { before }),
  });
  const answer: BatchAnswer = {
    made: 3,
    skipped: { done: 2, busy: 1 },
    failures: [
      failure('CorruptImage'),
      failure('CorruptImage'),
      failure('Throttled'),
      failure('Throttled', true),
    ],
  };

  test('are numbers to add to the item of the run; what had failed before is counted as skipped alone', () => {
    expect(numbersOf(answer)).toEqual({
      made: 3,
      'skipped.done': 2,
      'skipped.busy': 1,
      'failed.CorruptImage': 2,
      'failed.Throttled': 1,
    });
    expect(numbersOf({ made: 0, skipped: {}, failures: [] })).toEqual({});
  });

  test('can be read again from the item, which has other attributes too', () => {
    const counts = countsIn({ id: 'backfill#1', ...numbersOf(answer), expiresAt: 7, skippedAll: 9 });
    expect(counts).toEqual({
      made: 3,
      skipped: { done: 2, busy: 1 },
      failed: { CorruptImage: 2, Throttled: 1 },
    });
    expect(finishedIn(counts)).toBe(9);
  });

  test('are none for a run that has not counted yet', () => {
    const counts = countsIn({ id: 'backfill#1' });
    expect(counts).toEqual({ made: 0, skipped: {}, failed: {} });
    expect(finishedIn(counts)).toBe(0);
  });
});
