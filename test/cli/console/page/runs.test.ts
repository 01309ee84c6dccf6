/** Which runs the page shows, in which order, and how many of each kind it counts. */
import type { Run } from '../../../../cli/console/api';
import { counts, matching, merge, sinceOf } from '../../../../cli/console/page/runs.js';

const run = (id: string, startedAt: number, more: Partial<Run> = {}): Run => ({
  id,
  arn: `arn:${id}`,
  outcome: 'DONE',
  status: 'SUCCEEDED',
  object: { bucket: 'uploads', key: `${id}.jpg` },
  startedAt,
  attempts: 1,
  ...more,
});

const ids = (runs: Run[]) => runs.map(({ id }) => id);

test('runs are sorted by their start, newest first, and those of the same moment by their ID', () => {
  expect(ids(merge([], [run('b', 1), run('d', 2), run('c', 1)]))).toEqual(['d', 'c', 'b']);
});

test('a run that changes is replaced where it is, and of two changes the last counts', () => {
  const before = [run('new', 2), run('old', 1, { outcome: 'RUNNING' })];
  const after = merge(before, [run('old', 1, { attempts: 2 }), run('old', 1, { attempts: 3 })]);
  expect(ids(after)).toEqual(['new', 'old']);
  expect(after[1]).toMatchObject({ outcome: 'DONE', attempts: 3 });
});

describe('filters', () => {
  const now = 100 * 3_600_000;
  const runs = [
    run('Lake', now - 60_000),
    run('text', now - 60_000, { outcome: 'FAILED', error: 'UnsupportedFormat' }),
    run('large', now - 7_200_000, { outcome: 'FAILED', error: 'ImageTooLarge' }),
    run('imported', 0, { imported: true }),
    run('event', now, { object: undefined }),
  ];

  test.each([
    ['none', {}, ['Lake', 'text', 'large', 'imported', 'event']],
    ['an outcome', { outcome: 'FAILED' }, ['text', 'large']],
    ['an error', { error: 'ImageTooLarge' }, ['large']],
    ['text of the key, in any case', { text: 'LAKE.j' }, ['Lake']],
    ['text of the ID', { text: 'event' }, ['event']],
    ['a time, which imported runs are not subject to', { time: '1h' }, ['Lake', 'text', 'imported', 'event']],
    [
      'a time that does not exist, which is none',
      { time: 'soon' },
      ['Lake', 'text', 'large', 'imported', 'event'],
    ],
    ['all of them', { outcome: 'FAILED', error: 'UnsupportedFormat', text: 'tex', time: '15m' }, ['text']],
  ])('by %s', (_, filters, expected) => {
    expect(ids(matching(runs, filters, now))).toEqual(expected);
  });

  test('counts are those of the text and the time, whatever outcome and error are chosen', () => {
    const counted = counts(runs, { outcome: 'DONE', error: 'x', text: '.jpg', time: '24h' }, now);
    expect(counted.all).toBe(4);
    expect([...counted.outcomes]).toEqual([
      ['DONE', 2],
      ['FAILED', 2],
    ]);
    expect(counted.errors).toEqual([
      ['ImageTooLarge', 1],
      ['UnsupportedFormat', 1],
    ]);
  });

  test('a time is counted back from now', () => {
    expect(sinceOf('15m', now)).toBe(now - 900_000);
    expect(sinceOf(undefined, now)).toBeUndefined();
  });
});
