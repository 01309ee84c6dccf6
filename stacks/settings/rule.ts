/** Rules between settings, as data: a path, a condition and a message. */
import type { Problem } from './problems';
import type { Settings } from './schema';

/** Finds what is wrong between settings that are each valid. */
export type Rule = (settings: Settings) => Problem[];

/**
 * A rule about one key.
 *
 * @param path of the key, with dots: `lifecycle.originals.afterDays`
 * @param isBroken whether these settings break the rule
 * @param message what was expected, what was received, and what to do
 */
export const rule = (
  path: string,
  isBroken: (settings: Settings) => boolean,
  message: (settings: Settings) => string,
): Rule =>
  ruleForEach(
    (settings) => [settings],
    () => path.split('.'),
    isBroken,
    message,
  );

/** The same rule about several keys. Each item says where it is in the settings. */
export const ruleForEach =
  <Item>(
    items: (settings: Settings) => Item[],
    path: (item: Item) => PropertyKey[],
    isBroken: (item: Item, settings: Settings) => boolean,
    message: (item: Item, settings: Settings) => string,
  ): Rule =>
  (settings) =>
    items(settings)
      .filter((item) => isBroken(item, settings))
      .map((item) => ({ path: path(item), message: message(item, settings) }));

/**
 * @param name of any bucket
 * @param region that the name has to end with; any if it isn't given
 * @returns which bucket of this stack has that name, undefined if none has
 */
export function bucketOfTheStack({ namePrefix }: Settings, name = '', region?: string): string | undefined {
  const end = region === undefined ? '' : `${region}$`;
  return new RegExp(`^${namePrefix}-(uploads|thumbnails|quarantine)-\\d{12}-${end}`).exec(name)?.[1];
}
