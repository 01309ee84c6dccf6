import type { OutputFormat } from '../../../contract/formats';
import type { Image } from '../../../contract/image';
import { type DetailsWanted, lazyHash, outputFormat, type Recipes, recipeFor, type Variant } from './presets';
import { thumbnailKey } from './thumbnail-key';

/** A variant of one image: the recipe that it is made by, and its key. */
export interface Target {
  variant: Variant;
  format: OutputFormat;
  key: string;
  /** Hash of its recipe. A thumbnail that was made by another recipe is made again. */
  hash: string;
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
export function targetsOf(image: Pick<Image, 'source' | 'format'>, recipes: Recipes): Targets {
  const { key } = image.source;
  const { eagerHash, details, eager, lazy } = recipeFor(key, recipes);
  const target = (variant: Variant, hash: string): Target => {
    const format = outputFormat(variant, image.format);
    return { variant, format, key: thumbnailKey(recipes.prefix, key, variant.name, format), hash };
  };
  return {
    eager: eager.map((variant) => target(variant, eagerHash)),
    lazy: lazy.map((variant) => target(variant, lazyHash(variant, recipes.background))),
    details,
  };
}
