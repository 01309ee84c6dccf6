/**
 * Every function of the workflow, by its key in the settings. Each has one file here, its entry, and from the entries
 * come the sizes in the settings, the timeouts and ARNs in the definition, the roles, the alarms and the dashboard.
 *
 * The catalogue is plain data: it imports no construct, so that even the settings can be made from it.
 */
import type { FunctionName } from '../../contract/environment';
import { backfill } from './backfill';
import { createUpload } from './create-upload';
import type { Entry, ReadSettings } from './entry';
import { getImage } from './get-image';
import { notify } from './notify';
import { quarantine } from './quarantine';
import { remove } from './remove';
import { render } from './render';
import { resume } from './resume';
import { storeMetadata } from './store-metadata';
import { thumbnail } from './thumbnail';
import { validate } from './validate';
import { watch } from './watch';

/** The states are in the order in which the dashboard shows them. */
export const CATALOGUE = {
  validate,
  thumbnail,
  storeMetadata,
  notify,
  quarantine,
  remove,
  resume,
  watch,
  backfill,
  render,
  createUpload,
  getImage,
} as const satisfies Record<string, Entry>;

export { extrasFor } from './extras';

export type FunctionKey = keyof typeof CATALOGUE;

type KeysOf<Kind extends Entry['kind']> = {
  [Key in FunctionKey]: (typeof CATALOGUE)[Key]['kind'] extends Kind ? Key : never;
}[FunctionKey];

/** The functions that are states of the workflow. */
export type StateKey = KeysOf<'state'>;

/** The functions that answer HTTP requests. */
export type EndpointKey = KeysOf<'endpoint'>;

/** The functions that a queue or a schedule invokes. */
export type BackgroundKey = KeysOf<'background'>;

export const ENTRIES = Object.entries(CATALOGUE) as [FunctionKey, Entry][];

export const STATE_KEYS = ENTRIES.filter(([, { kind }]) => kind === 'state').map(([key]) => key as StateKey);

/** @returns one value for each function that is a state */
export const forEachState = <Value>(value: (key: StateKey) => Value) =>
  Object.fromEntries(STATE_KEYS.map((key) => [key, value(key)])) as Record<StateKey, Value>;

/** @returns whether a workflow with these settings has this function */
export function exists(key: FunctionKey, settings: ReadSettings): boolean {
  const entry: Entry = CATALOGUE[key];
  if (entry.kind === 'state') return true;
  return entry.existsFor?.(settings) ?? true;
}

/** @returns the folders of the functions that a workflow with these settings has */
export const functionsFor = (settings: ReadSettings): FunctionName[] =>
  ENTRIES.filter(([key]) => exists(key, settings)).map(([, { folder }]) => folder);
