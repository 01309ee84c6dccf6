/** Requests to the console's server. What they carry is described in ../api.ts. */

/** What the server refused, or that it didn't answer, in words to show. */
export class Failure extends Error {
  /**
   * @param {string} message
   * @param {number} status of the answer; 0 if there was none
   */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

const STOPPED = 'The console does not answer. Is it still running? The page goes on by itself once it does.';

/**
 * @template T
 * @param {string} path
 * @param {RequestInit} [request]
 * @returns {Promise<T>}
 */
export async function call(path, request) {
  const answer = await fetch(path, { cache: 'no-store', ...request }).catch(() => {
    throw new Failure(STOPPED, 0);
  });
  const text = await answer.text();
  if (!answer.ok) throw refusal(answer.status, text);
  return JSON.parse(text);
}

/**
 * @param {number} status
 * @param {string} text of the body
 */
export function refusal(status, text) {
  try {
    const { message } = JSON.parse(text);
    if (message) return new Failure(String(message), status);
  } catch {
    // Not JSON: the status says all there is.
  }
  return new Failure(`The console answered ${status}. Its terminal may say more.`, status);
}

/** @param {string} id */
const runPath = (id) => `/api/runs/${encodeURIComponent(id)}`;

/** @returns {Promise<import('../api').ConsoleInfo>} */
export const readConsole = () => call('/api/console');

/**
 * @param {{ since?: number, limit: number }} range
 * @returns {Promise<import('../api').RunsPage>}
 */
export const readRuns = ({ since, limit }) =>
  call(`/api/runs?limit=${limit}${since === undefined ? '' : `&since=${since}`}`);

/**
 * @param {number} [since]
 * @returns {Promise<import('../api').Overview>}
 */
export const readOverview = (since) => call(`/api/overview${since === undefined ? '' : `?since=${since}`}`);

/**
 * @param {string} id
 * @returns {Promise<import('../api').RunDetail>}
 */
export const readRun = (id) => call(runPath(id));

/** @param {string} id */
export const historyAddress = (id) => `${runPath(id)}/history`;

/** @param {{ bucket: string, key: string, version?: string }} object */
export function pictureAddress({ bucket, key, version }) {
  return `/api/picture?${new URLSearchParams({ bucket, key, ...(version && { version }) })}`;
}

/**
 * @param {string} history
 * @returns {Promise<import('../api').Run>}
 */
export const importHistory = (history) => call('/api/imports', { method: 'POST', body: history });

/** @typedef {Promise<import('../api').Done>} Answer */

/** @param {string} id @returns {Answer} */
export const runAgain = (id) => call(`${runPath(id)}/again`, { method: 'POST' });

/** @returns {Answer} */
export const redrive = () => call('/api/redrive', { method: 'POST' });

/** @param {{ bucket: string, key: string }} object @returns {Answer} */
export const deleteObject = ({ bucket, key }) =>
  call(`/api/objects?${new URLSearchParams({ bucket, key })}`, { method: 'DELETE' });

/** @param {string[]} ids @returns {Answer} */
export const setFaults = (ids) =>
  call('/api/faults', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ids }),
  });
