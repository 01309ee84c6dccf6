/** Which rows of a long table exist, so that ten thousand cost no more than a screenful. */

/** Rows that exist beyond each edge, so that scrolling finds them drawn. */
const BEYOND = 8;

/**
 * @param {{ top: number, height: number, rowHeight: number, count: number }} scrolled all in pixels but the count of rows
 * @returns {{ first: number, end: number }} indexes; `end` is the one after the last
 */
export function windowOf({ top, height, rowHeight, count }) {
  const first = Math.floor(top / rowHeight) - BEYOND;
  const end = Math.ceil((top + height) / rowHeight) + BEYOND;
  return { first: Math.min(Math.max(first, 0), count), end: Math.min(Math.max(end, 0), count) };
}

/**
 * Where to scroll so that the row at the top stays where it is, although others came or went above it.
 *
 * @param {{ id: string, offset: number } | undefined} anchor the row at the top, and how far above the edge it begins
 * @param {readonly { id: string }[]} rows
 * @param {number} rowHeight
 * @returns {number | undefined} undefined to leave it as it is: one is at the top, or the row is gone
 */
export function anchored(anchor, rows, rowHeight) {
  if (!anchor) return undefined;
  const index = rows.findIndex(({ id }) => id === anchor.id);
  return index < 0 ? undefined : index * rowHeight + anchor.offset;
}
