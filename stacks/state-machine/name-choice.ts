/** Looks at the suffix of a key, if the rules that start the workflow look only at its prefix. */
import type { Keys } from '../events/patterns';
import { present } from './task-state';

const KEY = '$.detail.object.key';

/** The Choice rule for an object that isn't named like an image. Without a prefix there is none: the event rules check suffixes. */
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
      Comment: 'The name has none of the suffixes of an image. Nobody is notified.',
    },
  };
}

/** `StringMatches` is always case-sensitive, so it gets `jpg`, `JPG` and `Jpg`, but not `jPg`. */
function letterCases(suffix: string): string[] {
  const capitalised = suffix.charAt(0).toUpperCase() + suffix.slice(1);
  return [...new Set([suffix, suffix.toUpperCase(), capitalised])];
}
