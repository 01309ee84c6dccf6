/** From the scaled picture to the one that is encoded: cut, sharpened, laid on its background and padded. */
import type { OutputFormat } from '../../../contract/formats';
import { ableToShow, backgroundOf, laidOn } from './background';
import { from, type Pixels, raw } from './pixels';
import type { Plan } from './plan';
import { areaAt, type Focus } from './position';
import type { Variant } from './presets';

export interface Shaping {
  variant: Variant;
  format: OutputFormat;
  plan: Plan;
  /** Whether the original has more pixels. Only then scaling has made the picture softer. */
  isReduced: boolean;
  /** Which part stays; left out if nothing is cut off. */
  focus?: Focus | undefined;
}

/** @param opaque background for formats without transparency, `#rrggbb` */
export async function shape(
  scaled: Pixels,
  { variant, format, plan: { size }, isReduced, focus }: Shaping,
  opaque: string,
): Promise<Pixels> {
  let picture = scaled;
  if (focus) picture = await raw(from(picture).extract(areaAt(picture, size, focus)));
  if (variant.sharpen && isReduced) picture = await raw(from(picture).sharpen());
  const background = backgroundOf(variant, format, opaque);
  const hasAlpha = picture.channels === 2 || picture.channels === 4;
  const isPadded = size.width > picture.width || size.height > picture.height;
  if (isPadded || hasAlpha) picture = ableToShow(background, picture);
  if (hasAlpha && background.alpha > 0) picture = await raw(laidOn(picture, background));
  if (isPadded) {
    const { left, top } = areaAt(size, picture);
    const right = size.width - picture.width - left;
    const bottom = size.height - picture.height - top;
    picture = await raw(from(picture).extend({ left, top, right, bottom, background }));
  }
  return picture;
}
