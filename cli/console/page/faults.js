/** Makes calls and functions of the engine fail, to see what the workflow does then. */
import { printable } from '../../../contract/text.js';
import { readConsole, setFaults } from './api.js';
import { Dialog } from './dialog.js';
import { report } from './notices.js';
import { html, useState } from './preact.js';
import { info as store } from './state.js';

/** @param {{ info: import('../api').ConsoleInfo, onClose: () => void }} props */
export function FaultsDialog({ info, onClose }) {
  /** What was chosen last, until the server has it. */
  const [chosen, setChosen] = useState(/** @type {string[] | undefined} */ (undefined));
  const on = chosen ?? info.faults.filter((fault) => fault.on).map(({ id }) => id);
  const change = async (/** @type {string[]} */ ids) => {
    setChosen(ids);
    await report(setFaults(ids));
    await readConsole().then(store.set, () => {});
    setChosen(undefined);
  };
  return html`
    <${Dialog} title="Faults" onClose=${onClose}>
      <p>The engine makes these happen to the runs that follow. Each is off again once it has happened as often as it says.</p>
      <fieldset class="faults">
        <legend class="unseen">Faults</legend>
        ${info.faults.map(
          ({ id, label }) => html`
            <label key=${id}>
              <input type="checkbox" checked=${on.includes(id)} onChange=${() => change(on.includes(id) ? on.filter((each) => each !== id) : [...on, id])} />
              ${printable(label)}
            </label>
          `,
        )}
      </fieldset>
      <div class="dialog-foot">
        <button type="button" disabled=${on.length === 0} onClick=${() => change([])}>Clear all</button>
        <button type="button" class="primary" onClick=${onClose}>Done</button>
      </div>
    </${Dialog}>
  `;
}
