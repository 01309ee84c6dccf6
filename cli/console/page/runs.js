/** The runs that the page holds: in which order, which of them are shown, and how many there are of each kind. */

/**
 * @typedef {import('../api').Run} Run
 * @typedef {import('./router.js').Filters} Filters
 */

/** Milliseconds of each time to choose. */
export const TIMES = /** @type {const} */ ({
  '15m': { label: 'Last 15 minutes', milliseconds: 15 * 60_000 },
  '1h': { label: 'Last hour', milliseconds: 3_600_000 },
  '24h': { label: 'Last 24 hours', milliseconds: 24 * 3_600_000 },
  '7d': { label: 'Last 7 days', milliseconds: 7 * 24 * 3_600_000 },
});

/**
 * @param {string | undefined} time
 * @returns {number | undefined} milliseconds since 1970; undefined for all
 */
export function sinceOf(time, now = Date.now()) {
  const chosen = TIMES[/** @type {keyof typeof TIMES} */ (time)];
  return chosen && now - chosen.milliseconds;
}

/** @type {(a: Run, b: Run) => number} */
const newestFirst = (a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1);

/**
 * Adds runs, and replaces those that have changed.
 *
 * @param {readonly Run[]} runs newest first
 * @param {readonly Run[]} changed in any order; of one run the last counts
 * @returns {Run[]} newest first
 */
export function merge(runs, changed) {
  const fresh = new Map(changed.map((run) => [run.id, run]));
  const merged = runs.map((run) => {
    const replacement = fresh.get(run.id);
    fresh.delete(run.id);
    return replacement ?? run;
  });
  return [...fresh.values(), ...merged].sort(newestFirst);
}

/**
 * @param {readonly Run[]} runs
 * @param {Filters} filters
 * @returns {Run[]}
 */
export function matching(runs, { outcome, error, text, time }, now = Date.now()) {
  const since = sinceOf(time, now) ?? Number.NEGATIVE_INFINITY;
  const part = text?.toLowerCase();
  return runs.filter(
    (run) =>
      (!outcome || run.outcome === outcome) &&
      (!error || run.error === error) &&
      (!part || `${run.object?.key ?? ''}\n${run.id}`.toLowerCase().includes(part)) &&
      (run.imported || run.startedAt >= since),
  );
}

/**
 * How many of each outcome and error there would be without the filter for it.
 *
 * @param {readonly Run[]} runs
 * @param {Filters} filters
 */
export function counts(runs, filters, now = Date.now()) {
  /** @type {Map<string, number>} */
  const outcomes = new Map();
  /** @type {Map<string, number>} */
  const errors = new Map();
  const considered = matching(runs, { text: filters.text, time: filters.time }, now);
  for (const { outcome, error } of considered) {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (error) errors.set(error, (errors.get(error) ?? 0) + 1);
  }
  return {
    all: considered.length,
    outcomes,
    errors: [...errors].sort(([a, many], [b, more]) => more - many || a.localeCompare(b)),
  };
}
