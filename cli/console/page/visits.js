/** What went into each state, what came out, what failed, and what its function logged. */
import { printable } from '../../../contract/text.js';
import { formatDuration, markOf } from '../../../local-aws/graph/summary.js';
import { Log } from './log.js';
import { html, useEffect, useRef } from './preact.js';
import { TreeBox } from './tree.js';

/**
 * @typedef {import('../api').Visit} Visit
 * @param {{ visits: Visit[], selected?: number, onSelect: (index: number | undefined) => void }} props
 */
export function Visits({ visits, selected, onSelect }) {
  if (visits.length === 0) return html`<p class="quiet">It has entered no state yet.</p>`;
  return html`<div class="visits">
    ${visits.map(
      (visit, index) =>
        html`<${VisitBox} key=${index} visit=${visit} open=${index === selected} onToggle=${(/** @type {boolean} */ open) => onSelect(open ? index : undefined)} />`,
    )}
  </div>`;
}

/** @param {{ visit: Visit, open: boolean, onToggle: (open: boolean) => void }} props */
function VisitBox({ visit, open, onToggle }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (open) box.current?.scrollIntoView({ block: 'nearest' });
  }, [open]);
  const { name, outcome, attempts, durationMs, type, error } = visit;
  const toggle = (/** @type {Event} */ event) => {
    // The browser would open it by itself, but the address decides.
    event.preventDefault();
    onToggle(!open);
  };
  return html`
    <details class="visit" open=${open} ref=${box} data-outcome=${outcome}>
      <summary onClick=${toggle}>
        <span class="mark" data-outcome=${outcome} title=${outcome}>${markOf(visit)}</span>
        <span class="name">${printable(name)}</span>
        ${attempts > 1 && html`<span class="tag">${attempts} attempts</span>`}
        ${error && html`<span class="error">${printable(error.name)}</span>`}
        <span class="quiet took">${type === 'Task' ? formatDuration(durationMs) : type}</span>
      </summary>
      ${open && html`<${VisitBody} visit=${visit} />`}
    </details>
  `;
}

/** @param {{ visit: Visit }} props */
function VisitBody({ visit: { failures, error, input, output, log, type } }) {
  const errors = failures.length > 0 ? failures : error ? [error] : [];
  return html`
    <div class="visit-body">
      ${
        errors.length > 0 &&
        html`<div class="wide"><h3>${errors.length > 1 ? 'Errors' : 'Error'}</h3>
          <ol class="errors">
            ${errors.map((each, index) => html`<li key=${index}><b>${printable(each.name)}</b> ${printable(each.message)}</li>`)}
          </ol></div>`
      }
      <${Data} title="Input" text=${input} none="The history has no input." />
      <${Data} title="Output" text=${output} none="It had no output." />
      ${type === 'Task' && html`<div class="wide"><h3>Log</h3><${Log} log=${log} /></div>`}
    </div>
  `;
}

/** @param {{ title: string, text?: string, none: string }} props */
function Data({ title, text, none }) {
  return html`<div>
    <h3>${title}</h3>
    ${text === undefined ? html`<p class="quiet">${none}</p>` : html`<${TreeBox} label=${title.toLowerCase()} text=${text} />`}
  </div>`;
}
