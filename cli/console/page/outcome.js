/** What came of a run, by mark, word and colour. */
import { html } from './preact.js';
import { OUTCOMES } from './words.js';

/** @param {{ outcome: import('../api').RunOutcome }} props */
export function Outcome({ outcome }) {
  const { label, mark } = OUTCOMES[outcome];
  return html`<span class="badge" data-outcome=${outcome}><span class="mark" aria-hidden="true">${mark}</span>${label}</span>`;
}
