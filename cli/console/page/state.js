/** What the page knows: what the server said last, and how it is reached. */
import { createStore } from './store.js';

/** @type {import('./store.js').Store<import('../api').ConsoleInfo | undefined>} */
export const info = createStore(/** @type {import('../api').ConsoleInfo | undefined} */ (undefined));

/**
 * All runs that are loaded, newest first. `more`: there are older ones.
 *
 * @typedef {{ list: import('../api').Run[], more: boolean, missing?: string, loaded: boolean }} Runs
 */
export const runs = createStore(/** @type {Runs} */ ({ list: [], more: false, loaded: false }));

export const overview = createStore(/** @type {import('../api').Overview | undefined} */ (undefined));

/**
 * Whether changes arrive. `refused` has the reason in words, and nothing is tried again.
 *
 * @typedef {{ state: 'connecting' | 'live' | 'lost' } | { state: 'refused', message: string }} Connection
 */
export const connection = createStore(/** @type {Connection} */ ({ state: 'connecting' }));

/** The run that `j` and `k` start from. */
export const selected = createStore(/** @type {string | undefined} */ (undefined));
