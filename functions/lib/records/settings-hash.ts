import type { OutcomeEnvironment } from '../../../contract/environment';
import type { Reader } from '../runtime/environment';

/** Hash of the settings that decide the outcome of an image with this key; undefined if the stack has no backfills. */
export type SettingsHash = (key: string) => string | undefined;

/** The stack makes the hashes, one for each preset. As everywhere, the longest prefix of a key counts. */
export function settingsHashFrom(environment: Reader<OutcomeEnvironment>): SettingsHash {
  const json = environment.optional('SETTINGS_HASHES');
  const hashes = Object.entries(json ? (JSON.parse(json) as Record<string, string>) : {}).sort(
    ([one], [other]) => other.length - one.length,
  );
  return (key) => hashes.find(([prefix]) => key.startsWith(prefix))?.[1];
}
