/** Tells images by the names of their objects, where the rules that start the workflow can't. */
import type { Keys } from '../events/patterns';
import { present } from './task-state';

const KEY = '$.detail.object.key';

/** A rule of the Choice state for the event of an object that is not named like an image: none without a prefix. */
export function unlessNamedLikeAnImage({ prefix, suffixes }: Keys) {
  if (prefix === '') return [];
  const names = suffixes
    .flatMap(letterCases)
    .map((ending) => ({ Variable: KEY, StringMatches: `*.${ending}` }));
  return [{ And: [present(KEY), { Not: { Or: names } }], Next: 'NotAnImage' }];
}

/** The state that such an event ends in. */
export function notAnImage({ prefix }: Keys): Record<string, { Type: 'Succeed'; Comment: string }> {
  if (prefix === '') return {};
  return {
    NotAnImage: {
      Type: 'Succeed',
      Comment: 'The name has none of the suffixes of an image. Nobody is told.',
    },
  };
}

/** `StringMatches` minds the case, and knows no way not to: `jpg`, `JPG` and `Jpg`, but not `jPg`. */
function letterCases(suffix: string): string[] {
  const capitalised = suffix.charAt(0).toUpperCase() + suffix.slice(1);
  return [...new Set([suffix, suffix.toUpperCase(), capitalised])];
}
