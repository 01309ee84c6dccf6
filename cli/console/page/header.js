/** The workflow's name, where it runs, and what one can do with it. */
import { printable } from '../../../contract/text.js';
import { ConnectionMark } from './connection.js';
import { openDialog } from './opened.js';
import { html } from './preact.js';
import { addressOf } from './router.js';

/** @param {{ view: import('./router.js').View, info?: import('../api').ConsoleInfo }} props */
export function Header({ view, info }) {
  const on = info?.faults.filter((fault) => fault.on).length ?? 0;
  return html`
    <header class="bar">
      <a class="workflow" href=${addressOf({ filters: view.filters })}>
        ${info ? printable(info.workflow) : 'Console'}
      </a>
      <span class="target">${info && targetOf(info)}</span>
      <${ConnectionMark} />
      <nav class="actions" aria-label="Actions">
        ${info?.can.write && html`<button type="button" class="primary" onClick=${() => openDialog({ name: 'upload' })}>Upload</button>`}
        <button type="button" onClick=${() => openDialog({ name: 'import' })}>Import</button>
        ${
          info?.can.fault &&
          html`<button type="button" class=${on > 0 ? 'warns' : ''} onClick=${() => openDialog({ name: 'faults' })}>
            Faults${on > 0 ? `: ${on} on` : ''}
          </button>`
        }
        <button type="button" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick=${() => openDialog({ name: 'help' })}>?</button>
      </nav>
    </header>
  `;
}

/** @param {import('../api').ConsoleInfo} info */
function targetOf({ target, can }) {
  const place = target.kind === 'engine' ? 'on this machine' : `AWS ${target.account}, ${target.region}`;
  return can.write ? place : `${place} · read only`;
}
