import type { Reader } from './reader';

/** A "full box" begins its body with a version byte and three of flags. */
export const FULL_BOX = 4;

/** A box of an ISO base media file. `body` follows size and type. `end` may lie past the bytes. */
export interface Box {
  type: string;
  start: number;
  body: number;
  end: number;
}

/** Yields the boxes from `start` up to `end`, until something isn't a box. The loop's body may move the reader. */
export function* boxes(reader: Reader, start: number, end: number): Generator<Box> {
  while (start < end) {
    reader.position = start;
    if (!reader.has(8)) return;
    let size = reader.u32();
    const type = reader.text(4);
    if (size === 1) {
      if (!reader.has(8)) return;
      size = reader.u64();
    } else if (size === 0) {
      size = end - start; // up to the end of the box around it
    }
    const body = reader.position;
    const boxEnd = start + size;
    if (boxEnd < body) return;
    yield { type, start, body, end: boxEnd };
    start = boxEnd;
  }
}

export function findBox(reader: Reader, type: string, start: number, end: number): Box | undefined {
  for (const box of boxes(reader, start, end)) if (box.type === type) return box;
  return undefined;
}
