/** Which rows of a long table exist, and where it is scrolled to when others arrive. */
import { anchored, windowOf } from '../../../../cli/console/page/window.js';

const table = { height: 800, rowHeight: 40, count: 10_000 };

test.each([
  ['at the top', 0, { first: 0, end: 28 }],
  ['in the middle', 200_000, { first: 4_992, end: 5_028 }],
  ['within a row', 200_020, { first: 4_992, end: 5_029 }],
  ['at the end', 399_200, { first: 9_972, end: 10_000 }],
  ['beyond the end, after a filter has shortened it', 900_000, { first: 10_000, end: 10_000 }],
])('the rows in view and a few more exist: %s', (_, top, expected) => {
  expect(windowOf({ ...table, top })).toEqual(expected);
});

test('a table without rows has none', () => {
  expect(windowOf({ ...table, count: 0, top: 0 })).toEqual({ first: 0, end: 0 });
});

const rows = (...ids: string[]) => ids.map((id) => ({ id }));

test('the row at the top stays where it is when rows arrive above it', () => {
  expect(anchored({ id: 'c', offset: 7 }, rows('new', 'a', 'b', 'c'), 40)).toBe(127);
});

test('nothing is scrolled at the top, or if the row is gone', () => {
  expect(anchored(undefined, rows('new', 'a'), 40)).toBeUndefined();
  expect(anchored({ id: 'gone', offset: 0 }, rows('a'), 40)).toBeUndefined();
});
