/** Loads what there is, then follows what changes. After an interruption it does both again by itself. */
import { Failure, readConsole, readOverview, readRuns } from './api.js';
import { merge, sinceOf } from './runs.js';
import { connection, info, overview, runs } from './state.js';

/** First what fits on a screen, then as many as the page holds. */
const FIRST = 200;
const MOST = 10_000;

/** Milliseconds before the connection is tried again; it grows up to the last. */
const WAITS = [500, 1_000, 2_000, 5_000];

/** @type {EventSource | undefined} */
let source;
let failures = 0;
/** @type {string | undefined} */
let chosenTime;

/** Begins, and never ends while the page is open. */
export function follow() {
  const opened = new EventSource('/api/live');
  source = opened;
  arrivals = [];
  opened.onopen = () => {
    load().then(
      () => {
        failures = 0;
        connection.set({ state: 'live' });
      },
      (error) => interrupted(opened, error),
    );
  };
  opened.onerror = () => interrupted(opened);
  opened.addEventListener('run', ({ data }) => arrive(JSON.parse(data)));
  opened.addEventListener('overview', ({ data }) => {
    overview.set(JSON.parse(data));
    refreshScan();
  });
  opened.addEventListener('faults', ({ data }) => {
    const known = info.get();
    if (known) info.set({ ...known, faults: JSON.parse(data) });
  });
}

/**
 * @param {EventSource} from
 * @param {unknown} [error]
 */
async function interrupted(from, error) {
  if (from !== source) return;
  source = undefined;
  from.close();
  // An event source doesn't say why it failed: a request does.
  const failure =
    error ??
    (await readConsole().then(
      () => undefined,
      (reason) => reason,
    ));
  if (failure instanceof Failure && (failure.status === 401 || failure.status === 403)) {
    connection.set({ state: 'refused', message: failure.message });
    return;
  }
  connection.set({ state: 'lost' });
  setTimeout(follow, WAITS[Math.min(failures++, WAITS.length - 1)]);
}

async function load() {
  const first = runs.get().loaded ? MOST : FIRST;
  // Nothing may delay the first rows: the overview counts all runs, too.
  await Promise.all([readConsole().then(info.set), loadRuns(first)]);
  await Promise.all([
    first < MOST && runs.get().more && loadRuns(MOST),
    readOverview(sinceOf(chosenTime)).then(overview.set),
  ]);
  await refreshScan();
}

/** How much of the logs on AWS has been read by now, and what that costs. */
export async function refreshScan() {
  if (info.get()?.scan) await readConsole().then(info.set, () => {});
}

/** @param {number} limit */
async function loadRuns(limit) {
  const { runs: list, more, missing } = await readRuns({ since: sinceOf(chosenTime), limit });
  // What arrived meanwhile is newer than the answer.
  runs.set({ list: merge(list, arrivals), more, missing, loaded: true });
}

/**
 * Loads the runs of another time, unless all are loaded.
 *
 * @param {string} [time]
 */
export async function chooseTime(time) {
  if (time === chosenTime) return;
  chosenTime = time;
  if (connection.get().state !== 'live') return;
  readOverview(sinceOf(time)).then(overview.set, () => {});
  if (runs.get().more || info.get()?.target.kind === 'aws') await loadRuns(MOST).catch(() => {});
}

/**
 * Runs that arrived since the connection opened, until all runs are loaded.
 *
 * @type {import('../api').Run[]}
 */
let arrivals = [];
let drawing = false;

/** @param {import('../api').Run} run that started or changed */
export function arrive(run) {
  arrivals.push(run);
  if (drawing) return;
  drawing = true;
  // Many may arrive at once: the table is drawn once for all of them.
  setTimeout(() => {
    drawing = false;
    const { list, more, ...others } = runs.get();
    const merged = merge(list, arrivals);
    if (connection.get().state === 'live') arrivals = [];
    runs.set({ ...others, list: merged.slice(0, MOST), more: more || merged.length > MOST });
  }, 50);
}
