/** The strip above the table: outcomes and errors, which are filters too, then what waits and what alarms. */

import { plural, printable } from '../../../contract/text.js';
import { MissingHere } from './missing.js';
import { openDialog } from './opened.js';
import { html } from './preact.js';
import { addressOf } from './router.js';
import { overview } from './state.js';
import { useStore } from './store.js';
import { count, OUTCOME_NAMES, OUTCOMES } from './words.js';

/** Outcomes that are shown even if there are none, so that nothing moves when the first arrives. */
const ALWAYS = ['RUNNING', 'DONE', 'FAILED'];
/** Errors that have a button of their own. */
const ERRORS = 3;

/**
 * @typedef {import('./router.js').Filters} Filters
 * @param {{ counts: ReturnType<typeof import('./runs.js').counts>, filters: Filters, info?: import('../api').ConsoleInfo }} props
 */
export function Overview({ counts, filters, info }) {
  const now = useStore(overview);
  const outcomes = OUTCOME_NAMES.filter(
    (name) => counts.outcomes.has(name) || name === filters.outcome || ALWAYS.includes(name),
  );
  return html`
    <section class="overview" aria-label="Overview">
      <div class="group" role="group" aria-label="Outcomes">
        <${Choice} filters=${filters} field="outcome" value=${undefined} count=${counts.all}>All</${Choice}>
        ${outcomes.map(
          (name) => html`
            <${Choice} key=${name} filters=${filters} field="outcome" value=${name} count=${counts.outcomes.get(name) ?? 0}>
              <span class="mark" data-outcome=${name} aria-hidden="true">${OUTCOMES[name].mark}</span>${OUTCOMES[name].label}
            </${Choice}>
          `,
        )}
      </div>
      ${
        now &&
        html`<div class="group facts">
          <${Queues} queues=${now.queues} info=${info} />
          <${Alarms} alarms=${now.alarms} />
        </div>`
      }
    </section>
  `;
}

/**
 * A link that filters, or clears the filter it has set.
 *
 * @param {{ filters: Filters, field: 'outcome' | 'error', value?: string, count: number, children?: unknown }} props
 */
function Choice({ filters, field, value, count: many, children }) {
  const chosen = filters[field] === value && !(value === undefined && filters.error);
  const next =
    value === undefined
      ? { ...filters, outcome: undefined, error: undefined }
      : { ...filters, [field]: chosen ? undefined : value };
  return html`
    <a class="choice" href=${addressOf({ filters: next })} aria-current=${chosen ? 'true' : undefined}>
      <span>${children}</span> <b>${count(many)}</b>
    </a>
  `;
}

/**
 * The most frequent errors as filters, and a menu of the others.
 *
 * @param {{ errors: [string, number][], filters: Filters }} props
 */
export function Errors({ errors, filters }) {
  if (errors.length === 0) return null;
  return html`<div class="group" role="group" aria-label="Errors">
    ${errors
      .slice(0, ERRORS)
      .map(
        ([name, many]) =>
          html`<${Choice} key=${name} filters=${filters} field="error" value=${name} count=${many}>${printable(name)}</${Choice}>`,
      )}
    ${errors.length > ERRORS && html`<${OtherErrors} errors=${errors.slice(ERRORS)} filters=${filters} />`}
  </div>`;
}

/** @param {{ errors: [string, number][], filters: Filters }} props */
function OtherErrors({ errors, filters }) {
  const chosen = errors.some(([name]) => name === filters.error);
  return html`
    <select
      aria-label="Other errors"
      value=${chosen ? filters.error : ''}
      onChange=${(/** @type {Event} */ event) => {
        const error = /** @type {HTMLSelectElement} */ (event.target).value || undefined;
        location.hash = addressOf({ filters: { ...filters, error } });
      }}
    >
      <option value="">${errors.length} more …</option>
      ${errors.map(([name, many]) => html`<option key=${name} value=${name}>${printable(name)}: ${count(many)}</option>`)}
    </select>
  `;
}

/** @param {{ queues: import('../api').Overview['queues'], info?: import('../api').ConsoleInfo }} props */
function Queues({ queues, info }) {
  if ('missing' in queues) return html`<${MissingHere} what="Queues" why=${queues.missing} />`;
  const redrivable = queues.value.some((queue) => queue.redrivable && queue.waiting > 0);
  return html`
    <div class="group" role="group" aria-label="Queues">
      ${queues.value.map(
        ({ name, label, hint, waiting }) =>
          html`<span key=${name} class=${waiting > 0 ? 'fact warns' : 'fact'} title=${hint}>${label} <b>${count(waiting)}</b></span>`,
      )}
      ${redrivable && info?.can.write && html`<button type="button" onClick=${() => openDialog({ name: 'redrive' })}>Redrive</button>`}
    </div>
  `;
}

/** @param {{ alarms: import('../api').Overview['alarms'] }} props */
function Alarms({ alarms }) {
  if ('missing' in alarms) return html`<${MissingHere} what="Alarms" why=${alarms.missing} />`;
  const all = alarms.value.length;
  if (all === 0) return null;
  const on = alarms.value.filter(({ state }) => state === 'ALARM').length;
  return html`
    <button type="button" class=${on > 0 ? 'warns' : ''} onClick=${() => openDialog({ name: 'alarms' })}>
      <b>${on}</b> of ${plural(all, 'alarm')} on
    </button>
  `;
}
