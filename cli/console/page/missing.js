/** Keeps the place of something that can't be shown, and says why. */
import { printable } from '../../../contract/text.js';
import { html } from './preact.js';

/** @typedef {{ what: string, why: string }} Props */

const oneLine = (/** @type {string} */ text) =>
  text
    .split(/\s*\n\s*/)
    .map(printable)
    .join(' · ');

/** What may not be done, as IAM names it, in AWS's own words. @param {string} why */
const actionIn = (why) => /not authorized to perform: ([\w-]+:\w+)/.exec(why)?.[1];

/** @param {Props} props */
export function Missing({ what, why }) {
  const action = actionIn(why);
  return html`<p class="missing"><b>${what}${action && `, since the permission ${action} is missing`}</b>: ${oneLine(why)}</p>`;
}

/** Where there is little room, the reason opens. @param {Props} props */
export function MissingHere({ what, why }) {
  return html`
    <details class="missing-here" name="missing-here">
      <summary>${what}: not known</summary>
      <p>${actionIn(why) && html`<b>The permission ${actionIn(why)} is missing.</b><br />`}${oneLine(why)}</p>
    </details>
  `;
}
