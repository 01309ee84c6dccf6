/** The shortcuts, and whether they work. */
import { Dialog } from './dialog.js';
import { SHORTCUTS, shortcutsOff, turnShortcuts } from './keyboard.js';
import { html } from './preact.js';

/** @param {{ onClose: () => void }} props */
export function HelpDialog({ onClose }) {
  const turn = (/** @type {Event} */ event) =>
    turnShortcuts(/** @type {HTMLInputElement} */ (event.target).checked);
  return html`
    <${Dialog} title="Keyboard shortcuts" onClose=${onClose}>
      <dl class="shortcuts">
        ${SHORTCUTS.map(([key, words]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}
      </dl>
      <label><input type="checkbox" checked=${!shortcutsOff()} onChange=${turn} /> Shortcuts of one key work</label>
    </${Dialog}>
  `;
}
