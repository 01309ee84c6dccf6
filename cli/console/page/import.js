/** Opens the history of a run from a file: one of ours, or what AWS writes to CloudWatch Logs for Express workflows. */
import { importHistory } from './api.js';
import { Dialog } from './dialog.js';
import { arrive } from './live.js';
import { html, useEffect, useState } from './preact.js';
import { open } from './router.js';
import { messageOf } from './words.js';

/** @param {{ files?: File[], view: import('./router.js').View, onClose: () => void }} props */
export function ImportDialog({ files, view, onClose }) {
  const [problem, setProblem] = useState('');
  const read = async (/** @type {File[]} */ chosen) => {
    setProblem('');
    try {
      let id;
      for (const file of chosen) {
        const run = await importHistory(await file.text());
        arrive(run);
        id = run.id;
      }
      if (id) open({ run: id, filters: view.filters });
      onClose();
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  useEffect(() => {
    if (files) read(files);
  }, [files]);
  const choose = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    read([...(input.files ?? [])]);
    // So that the same file can be chosen again.
    input.value = '';
  };
  return html`
    <${Dialog} title="Import a history" onClose=${onClose}>
      <p>
        A history that this page downloaded, the log of an Express state machine from CloudWatch with one event in each line, or
        what <code>aws logs filter-log-events</code> or <code>aws stepfunctions get-execution-history</code> answered. It stays
        on this machine, and is gone when the console ends.
      </p>
      <label class="pick">
        <span>Choose a file, or drop it here</span>
        <input type="file" accept=".json,.jsonl,.ndjson,.txt,.log,application/json" onChange=${choose} />
      </label>
      <div role="alert">${problem && html`<p class="problem">${problem}</p>`}</div>
    </${Dialog}>
  `;
}
