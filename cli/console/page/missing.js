/** Keeps the place of something that can't be shown, and says why. */
import { printable } from '../../../contract/text.js';
import { html } from './preact.js';

/** @typedef {{ what: string, why: string }} Props */

const oneLine = (/** @type {string} */ text) =>
  text
    .split(/\s*\n\s*/)
    .map(printable)
    .join(' ');

/** @param {Props} props */
export function Missing({ what, why }) {
  return html`<p class="missing"><b>${what}</b>: ${oneLine(why)}</p>`;
}

/** Where there is little room, the reason opens. @param {Props} props */
export function MissingHere({ what, why }) {
  return html`
    <details class="missing-here">
      <summary>${what}: not known</summary>
      <p>${oneLine(why)}</p>
    </details>
  `;
}
