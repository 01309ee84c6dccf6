import type { OutputFormat } from '../../../contract/formats';
import type { Image } from '../../../contract/image';
import { type Moving, whyStill, wouldMove } from './animation';
import { type DetailsWanted, lazyHash, outputFormat, type Recipes, recipeFor, type Variant } from './presets';
import { thumbnailKey } from './thumbnail-key';

/** A variant of one image: the recipe that it is made by, and its key. */
export interface Target {
  variant: Variant;
  format: OutputFormat;
  key: string;
  /** Hash of its recipe. A thumbnail that was made by another recipe is made again. */
  hash: string;
  /** Whether it moves. */
  animated?: true;
  /** Why it doesn't, if its variant and the image do. */
  note?: string;
}

export interface Targets {
  /** Made with the upload. */
  eager: Target[];
  /** Made on their first request. */
  lazy: Target[];
  /** What to find out besides. */
  details: DetailsWanted;
}

/** @throws InvalidEvent if no preset matches the key */
export function targetsOf(image: Pick<Image, 'source'> & Moving, recipes: Recipes): Targets {
  const { key } = image.source;
  const { background, maxAnimatedPixels } = recipes;
  const { eagerHash, details, eager, lazy } = recipeFor(key, recipes);
  const target = (variant: Variant, hash: string): Target => {
    const format = outputFormat(variant, image.format);
    return { variant, format, key: thumbnailKey(recipes.prefix, key, variant.name, format), hash };
  };
  return {
    eager: moving(
      eager.map((variant) => target(variant, eagerHash)),
      image,
      maxAnimatedPixels,
    ),
    // Each is made on its own.
    lazy: lazy.flatMap((variant) =>
      moving([target(variant, lazyHash(variant, background, maxAnimatedPixels))], image, maxAnimatedPixels),
    ),
    details,
  };
}

/** Says which of the thumbnails that are made together move: all that can, or none if that is too much work. */
function moving(targets: Target[], image: Moving, most = 0): Target[] {
  const able = targets.filter(({ variant, format }) => wouldMove(variant, format, image));
  if (able.length === 0) return targets;
  const note = whyStill(
    image,
    able.map(({ variant }) => variant),
    most,
  );
  return targets.map((target) => {
    if (!able.includes(target)) return target;
    return note === undefined ? { ...target, animated: true } : { ...target, note };
  });
}
