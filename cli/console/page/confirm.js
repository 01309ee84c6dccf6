/** Asks before something that can't be undone, or that concerns many files. */
import { plural, printable } from '../../../contract/text.js';
import { deleteObject, redrive } from './api.js';
import { Dialog } from './dialog.js';
import { report } from './notices.js';
import { html, useState } from './preact.js';
import { overview } from './state.js';
import { useStore } from './store.js';

/** @param {{ title: string, action: string, act: () => Promise<{ message: string }>, onClose: () => void, dangerous?: boolean, children?: unknown }} props */
function Confirm({ title, action, act, onClose, dangerous = false, children }) {
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    const done = await report(act());
    setBusy(false);
    if (done) onClose();
  };
  return html`
    <${Dialog} title=${title} onClose=${onClose}>
      ${children}
      <div class="dialog-foot">
        <button type="button" onClick=${onClose}>Cancel</button>
        <button type="button" class=${dangerous ? 'primary dangerous' : 'primary'} disabled=${busy} onClick=${confirm}>${action}</button>
      </div>
    </${Dialog}>
  `;
}

/** @param {{ run: import('../api').Run, onClose: () => void }} props */
export function DeleteDialog({ run: { object }, onClose }) {
  if (!object) return null;
  return html`
    <${Confirm} title="Delete the original?" action="Delete" dangerous=${true} act=${() => deleteObject(object)} onClose=${onClose}>
      <p><code>${printable(`${object.bucket}/${object.key}`)}</code></p>
      <p>The workflow then deletes its thumbnails. The runs stay in the list.</p>
    </${Confirm}>
  `;
}

/** @param {{ onClose: () => void }} props */
export function RedriveDialog({ onClose }) {
  const queues = useStore(overview)?.queues;
  const all = queues && 'value' in queues ? queues.value : [];
  const waiting = all.filter((queue) => queue.redrivable && queue.waiting > 0);
  return html`
    <${Confirm} title="Run what waits in the queues?" action="Redrive" act=${redrive} onClose=${onClose}>
      <ul>${waiting.map(({ name, label, hint, waiting: many }) => html`<li key=${name}><b>${label}: ${plural(many, 'event')}</b><br /><span class="quiet">${hint}</span></li>`)}</ul>
      <p>Each event starts a run. If the cause is not fixed, it fails and waits again.</p>
    </${Confirm}>
  `;
}
