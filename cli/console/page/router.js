/** The address of each view, in the part after `#`: what is shown can be bookmarked, and Back works. */
import { useEffect, useState } from './preact.js';

/**
 * Which runs are listed.
 *
 * @typedef {{ outcome?: string, error?: string, text?: string, time?: string }} Filters
 *
 * The list, or one run with the list that it was opened from. `state` is the index of a visit.
 * @typedef {{ run?: string, state?: number, filters: Filters }} View
 */

const FIELDS = /** @type {const} */ (['outcome', 'error', 'text', 'time']);

/**
 * @param {string} hash as in `location.hash`
 * @returns {View}
 */
export function parseView(hash) {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const params = new URLSearchParams(query);
  /** @type {Filters} */
  const filters = {};
  for (const field of FIELDS) {
    const value = params.get(field);
    if (value) filters[field] = value;
  }
  const [, id] = /^\/runs\/([^/]+)$/.exec(path) ?? [];
  const state = params.get('state');
  return {
    filters,
    ...(id && { run: decoded(id) }),
    ...(id && state && /^\d+$/.test(state) && { state: Number(state) }),
  };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {View} view */
export function addressOf({ run, state, filters }) {
  const params = new URLSearchParams();
  if (state !== undefined) params.set('state', String(state));
  for (const field of FIELDS) if (filters[field]) params.set(field, filters[field]);
  const path = run === undefined ? '#/' : `#/runs/${encodeURIComponent(run)}`;
  return params.size > 0 ? `${path}?${params}` : path;
}

/** @param {View} view a new entry in the browser's history */
export function open(view) {
  location.hash = addressOf(view);
}

/** @param {View} view in place of the current one, as while somebody types */
export function replace(view) {
  history.replaceState(null, '', addressOf(view));
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** The view that the address names, also after it changes. */
export function useView() {
  const [view, setView] = useState(() => parseView(location.hash));
  useEffect(() => {
    const update = () => setView(parseView(location.hash));
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  return view;
}
