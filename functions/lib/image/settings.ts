/** The settings of images, as a function's environment has them. Their shape was checked when the stack was synthesized. */
import type { LimitsEnvironment, RecipesEnvironment } from '../../../contract/environment';
import type { InputFormat } from '../../../contract/formats';
import type { Reader } from '../runtime/environment';
import type { Limits } from './limits';
import type { Preset, Recipes } from './presets';

/** Which images are accepted. */
export interface Acceptance {
  accepted: readonly InputFormat[];
  limits: Limits;
}

export function acceptanceFrom(environment: Reader<LimitsEnvironment>): Acceptance {
  return {
    accepted: environment.list<InputFormat>('ACCEPTED_FORMATS'),
    limits: {
      bytes: environment.count('MAX_BYTES'),
      pixels: environment.count('MAX_PIXELS'),
      side: environment.count('MAX_SIDE'),
    },
  };
}

export function recipesFrom(environment: Reader<RecipesEnvironment>): Recipes {
  return {
    presets: JSON.parse(environment.text('PRESETS')) as Preset[],
    background: environment.text('BACKGROUND'),
    prefix: environment.optional('THUMBNAILS_PREFIX'),
    maxAnimatedPixels: Number(environment.optional('MAX_ANIMATED_PIXELS')),
    maxSideFromName: Number(environment.optional('MAX_SIDE_FROM_NAME')),
  };
}

/** Memory of this function in MiB: docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
export function memoryMb(): number {
  return Number(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? Number.POSITIVE_INFINITY);
}
