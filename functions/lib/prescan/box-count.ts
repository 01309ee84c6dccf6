import { type Box, boxes, FULL_BOX } from './boxes';
import type { Reader } from './reader';

/** Where the first child is, after the start of the body, in those boxes whose children are read. */
const CHILDREN: Record<string, (reader: Reader) => number> = {
  meta: () => FULL_BOX,
  iprp: () => 0,
  ipco: () => 0,
  iref: () => FULL_BOX,
  // After the count of entries, which is longer from version 1 on.
  iinf: (reader) => FULL_BOX + (reader.u8() === 0 ? 2 : 4),
};

/**
 * Counts the boxes of a file and of the containers in it, so that whatever reads a list of them reads a bounded one: 50 MB may
 * hold six million.
 *
 * @param limit counting stops at one more
 */
export function countBoxes(reader: Reader, limit: number): number {
  let count = 0;
  const open = [{ start: 0, end: Number.POSITIVE_INFINITY }];
  for (let list = open.pop(); list; list = open.pop()) {
    for (const box of boxes(reader, list.start, list.end)) {
      if (++count > limit) return count;
      const start = firstChild(reader, box);
      if (start !== undefined) open.push({ start, end: box.end });
    }
  }
  return count;
}

function firstChild(reader: Reader, { type, body }: Box): number | undefined {
  const offset = Object.hasOwn(CHILDREN, type) ? CHILDREN[type] : undefined;
  reader.position = body;
  return offset && reader.has(1) ? body + offset(reader) : undefined;
}
