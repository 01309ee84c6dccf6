/** Stands in place of the table if it has no rows, and says what to do. */
import { either } from '../../../contract/text.js';
import { openDialog } from './opened.js';
import { html } from './preact.js';
import { addressOf } from './router.js';

/** @param {{ any: boolean, loaded: boolean, info?: import('../api').ConsoleInfo }} props */
export function Empty({ any, loaded, info }) {
  if (!loaded || !info)
    return html`<div class="empty" aria-busy="true"><p class="quiet">Loading runs …</p></div>`;
  if (any) {
    return html`
      <div class="empty">
        <h2>No run matches</h2>
        <p><a href=${addressOf({ filters: {} })}>Show all runs</a></p>
      </div>
    `;
  }
  const { bucket, prefixes, suffixes } = info.uploads;
  const where = either(prefixes.map((prefix) => `${bucket}/${prefix}`));
  return html`
    <div class="empty">
      <h2>No runs yet</h2>
      <p>
        ${info.can.write ? 'Drop a picture anywhere on this page, or put one' : 'Put a picture'} into ${where}.
        Its run appears here as it happens.${suffixes.length > 0 && ` Names that start one end in ${either(suffixes)}.`}
      </p>
      ${
        info.can.write &&
        html`<p><button type="button" class="primary" onClick=${() => openDialog({ name: 'upload' })}>Upload a picture</button></p>`
      }
    </div>
  `;
}
