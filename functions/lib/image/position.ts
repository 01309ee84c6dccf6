/** Which part of a picture stays when `cover` cuts it. */
import type { Size } from '../../../contract/image';
import { from, type Pixels, resize } from './pixels';
import { scale, within } from './plan';
import type { Variant } from './presets';

export type Position = NonNullable<Variant['position']>;
export type Direction = Exclude<Position, 'attention' | 'entropy'>;

/** What is cut off on the left and at the top, as a share of all that is cut off. */
export interface Focus {
  x: number;
  y: number;
}

/** The names are those of the compass, as ImageMagick, sharp and others call a gravity. */
const DIRECTIONS: Record<Direction, Focus> = {
  northwest: { x: 0, y: 0 },
  north: { x: 0.5, y: 0 },
  northeast: { x: 1, y: 0 },
  west: { x: 0, y: 0.5 },
  centre: { x: 0.5, y: 0.5 },
  east: { x: 1, y: 0.5 },
  southwest: { x: 0, y: 1 },
  south: { x: 0.5, y: 1 },
  southeast: { x: 1, y: 1 },
};

/**
 * Longest side of the copy in which content is looked for. It bounds the work, and gives variants of one shape the same
 * part of the picture: in copies of 100 to 800 px, `entropy` chose parts of one photograph that lie a fifth of its width apart.
 */
const SAMPLE = 256;

/** Whether the content of the picture decides. */
export const isByContent = (position?: Position): position is 'attention' | 'entropy' =>
  position === 'attention' || position === 'entropy';

/** The size of the copy in which content is looked for. @param image its own size, upright */
export function sampleSize(image: Size): Size {
  return scale(image, Math.min(1, SAMPLE / Math.max(image.width, image.height)));
}

/**
 * Decides what to keep.
 *
 * @param whole the whole picture, upright, at least as large as its {@link sampleSize}
 * @param plan the size that the picture is scaled to, and the part of it that stays
 */
export async function focusOf(
  whole: Pixels,
  { scaled, size }: { scaled: Size; size: Size },
  position: Position = 'centre',
): Promise<Focus> {
  if (!isByContent(position)) return DIRECTIONS[position];
  const sample = await resize(whole, sampleSize(whole));
  const kept = within(
    {
      width: Math.round((sample.width * size.width) / scaled.width),
      height: Math.round((sample.height * size.height) / scaled.height),
    },
    sample,
  );
  const { info } = await from(sample)
    .resize(Math.max(1, kept.width), Math.max(1, kept.height), { fit: 'cover', position })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    x: shareOf(info.cropOffsetLeft, sample.width - info.width),
    y: shareOf(info.cropOffsetTop, sample.height - info.height),
  };
}

/** @param offset as sharp states it: zero or negative */
const shareOf = (offset = 0, spare: number) => (spare > 0 ? -offset / spare : 0.5);

/** Where `inner` lies in `outer`. */
export function areaAt(outer: Size, inner: Size, { x, y }: Focus = DIRECTIONS.centre) {
  return {
    left: offsetAt(x, outer.width - inner.width),
    top: offsetAt(y, outer.height - inner.height),
    width: inner.width,
    height: inner.height,
  };
}

/** Half a pixel goes to the right and to the bottom, so that a centred part lies where it always did. */
const offsetAt = (share: number, spare: number) => Math.max(0, Math.ceil(share * spare - 0.5));
