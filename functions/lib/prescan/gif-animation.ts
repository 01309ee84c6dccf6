/** Cuts a GIF down to its animation. */
import {
  APPLICATION,
  type Block,
  blocks,
  CONTROL_FLAGS,
  CONTROL_TRANSPARENT,
  control,
  EXTENSION,
  firstBlock,
  GRAPHIC_CONTROL,
  hasFreeIndex,
  IMAGE,
  keepPicture,
  NO_PIXEL,
  PLAIN_TEXT,
  TRAILER,
} from './gif-blocks';
import { Keep } from './keep';
import { Reader } from './reader';

/**
 * Keeps every frame with its timing, and how often they are shown. Cuts everything else.
 *
 * libnsgif fills what a frame doesn't cover or leaves behind with black or the background colour, unless the frame has a
 * transparent colour; browsers leave it transparent. So such a frame gets one.
 */
export function cutAnimatedGif(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes);
  const keep = new Keep(bytes);
  keep.range(0, firstBlock(reader));
  let pending: Block | undefined;
  let isFirst = true;
  let hasEnd = false;
  for (const block of blocks(reader)) {
    const { introducer, label, start, data, end } = block;
    hasEnd = introducer === TRAILER;
    if (hasEnd) keep.range(start, end);
    if (introducer === EXTENSION) {
      if (label === GRAPHIC_CONTROL) pending = block;
      if (label === PLAIN_TEXT) pending = undefined; // Its control is that of the text.
      if (label === APPLICATION && isLoopCount(bytes, data)) keep.range(start, end);
    }
    if (introducer !== IMAGE || data >= bytes.length) continue;
    const replaced = withTransparency(bytes, block, pending, isFirst);
    if (replaced) keep.insert(replaced);
    else if (pending) keep.range(pending.start, pending.end);
    keepPicture(keep, reader, block);
    pending = undefined;
    isFirst = false;
    reader.position = end;
  }
  if (!hasEnd && !isFirst) keep.insert(Buffer.from([TRAILER]));
  return keep.result();
}

/** The application extension that holds the loop count: its name is in a sub-block of eleven bytes. */
function isLoopCount(bytes: Uint8Array, at: number): boolean {
  const name = Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.max(0, Math.min(12, bytes.length - at)));
  return ['\x0bNETSCAPE2.0', '\x0bANIMEXTS1.0'].includes(name.toString('latin1'));
}

/** A control with a transparent colour, in place of one without that needs it; undefined if it stays as it is. */
function withTransparency(
  bytes: Uint8Array,
  picture: Block,
  old: Block | undefined,
  isFirst: boolean,
): Uint8Array | undefined {
  const reader = new Reader(bytes);
  const made = control(NO_PIXEL);
  if (old) {
    if (old.end - old.start !== made.length || old.end > bytes.length) return undefined;
    const flags = bytes[old.start + CONTROL_FLAGS] as number;
    const leaves = (flags >> 2) & 7; // 2 restores the background, 3 what was there before
    if (flags & 1 || (leaves < 2 && !isFirst)) return undefined;
    made.set(bytes.subarray(old.start, old.start + CONTROL_TRANSPARENT));
    made[CONTROL_FLAGS] = flags | 1;
  } else if (!isFirst) return undefined;
  return hasFreeIndex(reader, picture) ? made : undefined;
}
