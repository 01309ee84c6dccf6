/** Uploads pictures into a folder of choice, and says in words what came of each. */
import { either, plural, printable } from '../../../contract/text.js';
import { Dialog } from './dialog.js';
import { Outcome } from './outcome.js';
import { html, useEffect, useRef, useState } from './preact.js';
import { addressOf } from './router.js';
import { fewAtOnce, send } from './sending.js';
import { runs } from './state.js';
import { useStore } from './store.js';
import { messageOf, size } from './words.js';

/** Folders that are suggested. */
const MOST_FOLDERS = 20;

/**
 * `sentAt`: milliseconds since 1970, to find the run that it starts.
 *
 * @typedef {{ file: File, key?: string, part?: number, sentAt?: number, said?: string, failed?: boolean }} Item
 */

/** @param {{ files?: File[], info: import('../api').ConsoleInfo, view: import('./router.js').View, onClose: () => void }} props */
export function UploadDialog({ files, info: { uploads }, view, onClose }) {
  const [prefix, setPrefix] = useState(uploads.prefixes[0] ?? '');
  const folder = folderOf(prefix);
  const starts = uploads.prefixes.some((each) => folder.startsWith(each));
  const items = useRef(/** @type {Item[]} */ ([]));
  const [, setChanges] = useState(0);
  const redraw = () => setChanges((changes) => changes + 1);
  const add = (/** @type {File[]} */ added) => {
    items.current = [...items.current, ...added.map((file) => ({ file }))];
    redraw();
  };
  useEffect(() => add(files ?? []), [files]);

  const waiting = items.current.filter(({ key }) => key === undefined);
  const upload = () =>
    fewAtOnce(waiting, async (item) => {
      Object.assign(item, { key: folder + item.file.name, part: 0, sentAt: Date.now() });
      redraw();
      await sendItem(item, uploads.suffixes, redraw);
      redraw();
    });
  const choose = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    add([...(input.files ?? [])]);
    // So that the same file can be chosen again.
    input.value = '';
  };
  return html`
    <${Dialog} title="Upload pictures" onClose=${onClose}>
      <label class="pick">
        <span>Choose pictures, or drop them here</span>
        <input type="file" multiple accept=${['image/*', ...uploads.suffixes].join(',')} onChange=${choose} />
      </label>
      <ul class="uploads">${items.current.map((item, index) => html`<${ItemRow} key=${index} item=${item} view=${view} />`)}</ul>
      <div class="dialog-foot">
        <label class="into">
          <span>Into the folder</span>
          <input
            type="text"
            list="folders"
            value=${prefix}
            placeholder="none, or for example albums/2026/"
            autocomplete="off"
            spellcheck=${false}
            onInput=${(/** @type {Event} */ event) => setPrefix(/** @type {HTMLInputElement} */ (event.target).value)}
          />
          <span class=${starts ? 'quiet' : 'problem'}>
            ${starts ? `of ${uploads.bucket}` : `The workflow starts only in ${either(uploads.prefixes)}.`}
          </span>
        </label>
        <${Folders} prefixes=${uploads.prefixes} />
        ${waiting.length > 0 && html`<button type="button" class="primary" onClick=${upload}>Upload ${plural(waiting.length, 'picture')}</button>`}
      </div>
    </${Dialog}>
  `;
}

/** Ends in a slash, unless it is empty. @param {string} prefix */
const folderOf = (prefix) => prefix && `${prefix.replace(/\/+$/, '')}/`;

/** Folders to choose from: where the workflow starts, and where pictures have been uploaded. @param {{ prefixes: string[] }} props */
function Folders({ prefixes }) {
  const { list } = useStore(runs);
  const known = list.map(({ object }) => object?.key.match(/^.*\//)?.[0]);
  const all = new Set([...prefixes, ...known].filter((each) => each && printable(each) === each));
  return html`<datalist id="folders">${[...all].slice(0, MOST_FOLDERS).map((each) => html`<option key=${each} value=${each}></option>`)}</datalist>`;
}

/**
 * @param {Item} item
 * @param {string[]} suffixes
 * @param {() => void} redraw
 */
async function sendItem(item, suffixes, redraw) {
  const { file, key = '' } = item;
  if (suffixes.length > 0 && !suffixes.some((suffix) => key.toLowerCase().endsWith(suffix.toLowerCase()))) {
    Object.assign(item, {
      failed: true,
      said: `Not uploaded: the workflow starts only for names that end in ${either(suffixes)}.`,
    });
    return;
  }
  try {
    const { message } = await send(key, file, (part) => {
      item.part = part;
      redraw();
    });
    Object.assign(item, { part: 1, said: message });
  } catch (error) {
    Object.assign(item, { failed: true, said: messageOf(error) });
  }
}

/** @param {{ item: Item, view: import('./router.js').View }} props */
function ItemRow({ item: { file, key, part, sentAt = 0, said, failed }, view }) {
  const { list } = useStore(runs);
  // Clocks of two machines may differ by some seconds, and a run may start before its upload was answered.
  const run =
    key === undefined || failed
      ? undefined
      : list.findLast((each) => each.object?.key === key && each.startedAt > sentAt - 1_000);
  return html`
    <li>
      <bdi class="name">${printable(file.name)}</bdi> <span class="quiet">${size(file.size)}</span>
      ${part !== undefined && !failed && !said && html`<progress value=${part} aria-label=${`Upload of ${printable(file.name)}`}></progress>`}
      <span role="status" class=${failed ? 'problem' : 'said'}>
        ${run ? html`<${Outcome} outcome=${run.outcome} /> <a href=${addressOf({ run: run.id, filters: view.filters })}>Open the run</a>` : said}
      </span>
    </li>
  `;
}
