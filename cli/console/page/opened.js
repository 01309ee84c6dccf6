/** Which dialog is to be open: at most one. */
import { createStore } from './store.js';

/**
 * @typedef {{ name: 'upload', files?: File[] } | { name: 'import', files?: File[] } | { name: 'delete', run: import('../api').Run }
 *   | { name: 'faults' | 'help' | 'redrive' | 'alarms' }} Opened
 */
export const opened = createStore(/** @type {Opened | undefined} */ (undefined));

/** @param {Opened} dialog */
export const openDialog = (dialog) => opened.set(dialog);
