/** How a run's time was spent: waiting before retries, starting processes, and work, each with its pattern and its number. */
import { printable } from '../../../contract/text.js';
import { markOf } from '../../../local-aws/graph/summary.js';
import { html } from './preact.js';
import { exact } from './words.js';

export const KINDS = /** @type {const} */ ({
  wait: 'waiting for a retry',
  start: 'starting the function',
  work: 'work',
});

/** @typedef {import('../api').Visit} Visit @typedef {keyof typeof KINDS} Kind */

/**
 * The bars of the visits in parts of the whole time, from 0 to 1.
 *
 * @param {Visit[]} visits
 * @param {{ startedAt: number, endedAt?: number }} run times in milliseconds since 1970
 */
export function barsOf(visits, run) {
  const ends = visits.flatMap(({ enteredAt, durationMs, spans }) => [
    enteredAt + durationMs,
    ...spans.map(({ to }) => to),
  ]);
  const total = Math.max(run.endedAt ?? 0, ...ends, run.startedAt + 1) - run.startedAt;
  const rows = visits.map((visit) => ({
    visit,
    bars: visit.spans.map(({ kind, from, to }) => ({
      kind,
      left: Math.max(0, (from - run.startedAt) / total),
      width: Math.max(0, to - from) / total,
    })),
    times: timesOf(visit.spans),
  }));
  return { total, rows, times: timesOf(visits.flatMap(({ spans }) => spans)) };
}

/**
 * @param {Visit['spans']} spans
 * @returns {[Kind, number][]} milliseconds of each kind that there is
 */
function timesOf(spans) {
  return /** @type {Kind[]} */ (Object.keys(KINDS))
    .map(
      (kind) =>
        /** @type {[Kind, number]} */ ([
          kind,
          spans.filter((span) => span.kind === kind).reduce((sum, { from, to }) => sum + to - from, 0),
        ]),
    )
    .filter(([, milliseconds]) => milliseconds > 0);
}

/** @param {{ visits: Visit[], run: import('../api').Run, onSelect: (index: number) => void }} props */
export function Timeline({ visits, run, onSelect }) {
  const { total, rows, times } = barsOf(visits, run);
  const shown = rows
    .map((row, index) => ({ ...row, index }))
    .filter(({ visit }) => visit.type === 'Task' || visit.spans.length > 0);
  if (shown.length === 0) return html`<p class="quiet">No time was spent in a function yet.</p>`;
  return html`
    <ul class="legend" aria-label="Total">
      ${times.map(([kind, milliseconds]) => html`<li key=${kind}><span class="swatch" data-kind=${kind}></span>${KINDS[kind]} <b>${exact(milliseconds)}</b></li>`)}
      <li class="quiet">whole run <b>${exact(total)}</b></li>
    </ul>
    <ol class="timeline">
      ${shown.map(
        ({ visit, bars, times: own, index }) => html`
          <li key=${index}>
            <button type="button" class="name" onClick=${() => onSelect(index)}>
              <span class="mark" data-outcome=${visit.outcome} aria-hidden="true">${markOf(visit)}</span> ${printable(visit.name)}
            </button>
            <div class="bars" aria-hidden="true">
              ${bars.map(
                ({ kind, left, width }, at) =>
                  html`<span key=${at} class="bar" data-kind=${kind} style=${{ left: `${left * 100}%`, width: `${width * 100}%` }}></span>`,
              )}
            </div>
            <span class="times">${own.map(([kind, milliseconds]) => html`<span key=${kind}><span class="swatch" data-kind=${kind}></span><span class="unseen">${KINDS[kind]} </span>${exact(milliseconds)}</span>`)}</span>
          </li>
        `,
      )}
    </ol>
  `;
}
