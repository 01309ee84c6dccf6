/** Tells people who can't see the table which runs started and ended, at most every five seconds. */
import { useEffect, useRef, useState } from './preact.js';
import { OUTCOMES } from './words.js';

const PAUSE = 5_000;

/** @typedef {import('../api').Run} Run */

/**
 * @param {readonly Run[]} before
 * @param {readonly Run[]} after both newest first
 * @returns {string} such as `2 runs changed: 1 done, 1 failed`; empty if nothing changed. Older runs are only loaded later.
 */
export function arrivalsIn(before, after) {
  const known = new Map(before.map(({ id, outcome }) => [id, outcome]));
  const newest = before[0]?.startedAt ?? 0;
  const changed = after.filter(({ id, outcome, startedAt }) =>
    known.has(id) ? known.get(id) !== outcome : startedAt >= newest,
  );
  if (changed.length === 0) return '';
  /** @type {Map<string, number>} */
  const outcomes = new Map();
  for (const { outcome } of changed) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const parts = [...outcomes].map(
    ([outcome, count]) =>
      `${count} ${OUTCOMES[/** @type {keyof typeof OUTCOMES} */ (outcome)].label.toLowerCase()}`,
  );
  return `${changed.length} ${changed.length === 1 ? 'run' : 'runs'} changed: ${parts.join(', ')}`;
}

/** @param {{ list: Run[], loaded: boolean }} runs */
export function useArrivals({ list, loaded }) {
  const [said, say] = useState('');
  const newest = useRef(list);
  const told = useRef(/** @type {Run[] | undefined} */ (undefined));
  newest.current = list;
  // What was loaded at first is no news.
  if (loaded) told.current ??= list;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!told.current || told.current === newest.current) return;
      const text = arrivalsIn(told.current, newest.current);
      told.current = newest.current;
      if (text) say(text);
    }, PAUSE);
    return () => clearInterval(timer);
  }, []);
  return said;
}
