/**
 * Every function of the workflow, by its key in the settings: where its code is, when it exists and what it needs. Its
 * default size is in stacks/settings/function-sizes.ts, and its environment in contract/environment.ts.
 */
import type { FunctionName } from '../../contract/environment';
import type { Queue } from '../messaging/queue';
import type { Settings } from '../settings/schema';
import { createUpload } from './create-upload';
import { getImage } from './get-image';
import { notify } from './notify';
import { quarantine } from './quarantine';
import { remove } from './remove';
import { render } from './render';
import { RESUME_TIMEOUT, resume } from './resume';
import { storeMetadata } from './store-metadata';
import type { Resources, Task } from './task';
import { thumbnail } from './thumbnail';
import { validate } from './validate';
import { WATCH_TIMEOUT, watch } from './watch';

/** What a function can be given to work with. */
export interface Surroundings {
  readonly settings: Settings;
  readonly resources: Resources;
  readonly backlog: Queue;
  /** The state machine exists after the functions that are its states. */
  readonly stateMachine: () => { readonly arn: string };
}

interface Entry {
  /** The folder of its code in functions/. It also begins the id of its construct and ends its name in AWS. */
  readonly folder: FunctionName;
  /** Whether it runs a state of the workflow. Its ARN and its timeout are then in the definition under its key. */
  readonly isState?: true;
  /** @default - it always exists */
  readonly existsFor?: (settings: Settings) => boolean;
  /** @default - a setting */
  readonly timeoutSeconds?: number;
  /** Its description, its environment, and what it may do. */
  readonly needs: (surroundings: Surroundings) => Task;
}

const withLazyVariants = ({ presets }: Settings) =>
  presets.some(({ variants }) => variants.some(({ lazy }) => lazy));
const withUploadApi = ({ uploadApi }: Settings) => uploadApi.enabled;

export const CATALOGUE = {
  validate: {
    folder: 'validate',
    isState: true,
    needs: ({ resources, settings }) => validate(resources, settings),
  },
  thumbnail: {
    folder: 'thumbnail',
    isState: true,
    needs: ({ resources, settings }) => thumbnail(resources, settings),
  },
  storeMetadata: {
    folder: 'store-metadata',
    isState: true,
    needs: ({ resources }) => storeMetadata(resources),
  },
  notify: { folder: 'notify', isState: true, needs: ({ resources }) => notify(resources) },
  quarantine: { folder: 'quarantine', isState: true, needs: ({ resources }) => quarantine(resources) },
  remove: {
    folder: 'remove',
    isState: true,
    needs: ({ resources, backlog, settings }) => remove(resources, backlog, settings),
  },
  resume: {
    folder: 'resume',
    timeoutSeconds: RESUME_TIMEOUT,
    needs: ({ stateMachine, backlog }) => resume(stateMachine(), backlog),
  },
  watch: { folder: 'watch', timeoutSeconds: WATCH_TIMEOUT, needs: ({ resources }) => watch(resources) },
  render: {
    folder: 'render',
    existsFor: withLazyVariants,
    needs: ({ resources, settings }) => render(resources, settings),
  },
  createUpload: {
    folder: 'create-upload',
    existsFor: withUploadApi,
    needs: ({ resources, settings }) => createUpload(resources, settings),
  },
  getImage: {
    folder: 'get-image',
    existsFor: withUploadApi,
    // The rules of the settings ask for a URL with the upload API.
    needs: ({ resources }) => getImage({ ...resources, deliveryUrl: resources.deliveryUrl as string }),
  },
} as const satisfies Record<keyof Settings['functions'], Entry>;

export type FunctionKey = keyof typeof CATALOGUE;

/** The functions that are states of the workflow. */
export type StateKey = {
  [Key in FunctionKey]: (typeof CATALOGUE)[Key] extends { isState: true } ? Key : never;
}[FunctionKey];

const ENTRIES = Object.entries(CATALOGUE) as [FunctionKey, Entry][];

export const STATE_KEYS = ENTRIES.filter(([, { isState }]) => isState).map(([key]) => key as StateKey);

/** @returns one value for each function that is a state */
export const forEachState = <Value>(value: (key: StateKey) => Value) =>
  Object.fromEntries(STATE_KEYS.map((key) => [key, value(key)])) as Record<StateKey, Value>;

/** @returns whether a workflow of these settings has this function */
export const exists = (key: FunctionKey, settings: Settings): boolean =>
  (CATALOGUE[key] as Entry).existsFor?.(settings) ?? true;

/** @returns the folders of the functions that a workflow of these settings has */
export const functionsFor = (settings: Settings): FunctionName[] =>
  ENTRIES.filter(([key]) => exists(key, settings)).map(([, { folder }]) => folder);

/** The size of a function: what the settings say, and its timeout if that is fixed. */
export function sizeOf<Key extends FunctionKey>(key: Key, { functions }: Settings) {
  const { timeoutSeconds } = CATALOGUE[key] as Entry;
  return { ...functions[key], ...(timeoutSeconds !== undefined && { timeoutSeconds }) };
}
