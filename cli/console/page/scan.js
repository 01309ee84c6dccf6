/** On AWS: how far back the console has read, and what that cost. */
import { html } from './preact.js';
import { size, timeOf } from './words.js';

/** @param {{ scan: import('../api').Scan }} props */
export function ScanLine({ scan: { since, bytes, limit, dollars, price, reached } }) {
  return html`
    <details class=${reached ? 'scan warns' : 'scan'}>
      <summary>
        Logs since ${timeOf(Date.parse(since))}: ${size(bytes)} of at most ${size(limit)} read, about $${dollars.toFixed(2)}.
        ${reached && ' The limit is reached: older runs and log lines are missing.'}
      </summary>
      <p>${price}</p>
    </details>
  `;
}
