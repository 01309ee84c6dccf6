/** JSON as a tree whose branches fold. Text is cut until somebody asks for all of it. */
import { printable } from '../../../contract/text.js';
import { Copy } from './copy.js';
import { html, useState } from './preact.js';

/** Characters of a text that are shown at first. */
const SHORT = 200;
/** Entries of a list or object that are shown at first. */
const FEW = 100;
/** Levels that are open at first. */
const OPEN = 2;

/** @param {{ label: string, text: string }} props JSON, or any other text */
export function TreeBox({ label, text }) {
  const parsed = parse(text);
  return html`
    <div class="tree-box">
      <${Copy} text=${parsed ? JSON.stringify(parsed.value, null, 2) : text} what=${label} />
      ${parsed ? html`<div class="tree"><${Node} value=${parsed.value} depth=${0} /></div>` : html`<div class="tree"><${Text} text=${text} /></div>`}
    </div>
  `;
}

/** @param {string} text */
function parse(text) {
  try {
    return { value: /** @type {unknown} */ (JSON.parse(text)) };
  } catch {
    return undefined;
  }
}

/** @param {{ name?: string, value: unknown, depth: number }} props @returns {unknown} */
function Node({ name, value, depth }) {
  const [open, setOpen] = useState(depth < OPEN);
  const [all, setAll] = useState(false);
  const label = name === undefined ? null : html`<span class="key">${printable(name)}</span>: `;
  if (typeof value !== 'object' || value === null)
    return html`<div class="leaf">${label}<${Leaf} value=${value} /></div>`;
  const entries = Object.entries(value);
  const [begin, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) return html`<div class="leaf">${label}${begin}${end}</div>`;
  const toggle = (/** @type {Event} */ event) =>
    setOpen(/** @type {HTMLDetailsElement} */ (event.currentTarget).open);
  return html`
    <details open=${open} onToggle=${toggle}>
      <summary>${label}${begin}${!open && html`<span class="quiet"> ${entries.length} … ${end}</span>`}</summary>
      ${
        open &&
        html`<div class="branch">
          ${entries
            .slice(0, all ? entries.length : FEW)
            .map(([key, each]) => html`<${Node} key=${key} name=${key} value=${each} depth=${depth + 1} />`)}
          ${!all && entries.length > FEW && html`<button type="button" class="more" onClick=${() => setAll(true)}>${entries.length - FEW} more</button>`}
        </div>`
      }
    </details>
  `;
}

/** @param {{ value: unknown }} props */
function Leaf({ value }) {
  if (typeof value === 'string') return html`<span class="string">"<${Text} text=${value} />"</span>`;
  return html`<span class=${value === null ? 'null' : typeof value}>${String(value)}</span>`;
}

/** @param {{ text: string }} props */
function Text({ text }) {
  const [all, setAll] = useState(false);
  if (all || text.length <= SHORT) return html`<bdi>${printable(text)}</bdi>`;
  return html`<bdi>${printable(text.slice(0, SHORT))}</bdi> <button type="button" class="more" onClick=${() => setAll(true)}>… ${text.length - SHORT} more characters</button>`;
}
