/** Every alarm, with its state and why. */
import { printable } from '../../../contract/text.js';
import { Dialog } from './dialog.js';
import { html } from './preact.js';
import { overview } from './state.js';
import { useStore } from './store.js';

const STATES = /** @type {const} */ ({
  ALARM: { mark: '!', words: 'in alarm' },
  INSUFFICIENT_DATA: { mark: '?', words: 'no data' },
  OK: { mark: '✓', words: 'OK' },
});
const ORDER = Object.keys(STATES);

/** @param {{ onClose: () => void }} props */
export function AlarmsDialog({ onClose }) {
  const alarms = useStore(overview)?.alarms;
  const list = alarms && 'value' in alarms ? alarms.value : [];
  return html`
    <${Dialog} title="Alarms" onClose=${onClose}>
      <ul class="alarm-list">
        ${[...list]
          .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name))
          .map(
            ({ name, state, reason }) => html`
              <li key=${name} data-state=${state}>
                <span class="mark" aria-hidden="true">${STATES[state].mark}</span>
                <span><b>${printable(name)}</b> ${STATES[state].words}<br /><span class="quiet">${printable(reason)}</span></span>
              </li>
            `,
          )}
      </ul>
    </${Dialog}>
  `;
}
