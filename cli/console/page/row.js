/** A run in the table. */
import { printable } from '../../../contract/text.js';
import { pictureAddress } from './api.js';
import { FileName } from './file-name.js';
import { Outcome } from './outcome.js';
import { html, useState } from './preact.js';
import { addressOf } from './router.js';
import { durationOf, fullTimeOf, timeOf } from './words.js';

/** @typedef {import('../api').Run} Run */

/** @param {{ run: Run, index: number, filters: import('./router.js').Filters, selected: boolean, now: number }} props */
export function Row({ run, index, filters, selected, now }) {
  return html`
    <div class="row" role="row" aria-rowindex=${index + 2} data-outcome=${run.outcome} data-selected=${selected}>
      <span role="cell" class="outcome"><${Outcome} outcome=${run.outcome} /></span>
      <span role="cell" class="thumbnail"><${Thumbnail} run=${run} /></span>
      <span role="cell" class="file">
        <a href=${addressOf({ run: run.id, filters })} data-run=${run.id}><${FileName} run=${run} /></a>
        ${run.imported && html`<span class="tag">imported</span>`}
      </span>
      <span role="cell" class="preset">${printable(run.preset ?? '')}</span>
      <span role="cell" class="started"><time datetime=${new Date(run.startedAt).toISOString()} title=${fullTimeOf(run.startedAt)}>${timeOf(run.startedAt, now)}</time></span>
      <span role="cell" class="duration">${durationOf(run, now)}</span>
      <span role="cell" class="attempts">${run.attempts > 1 ? html`${run.attempts}<span class="only-narrow">×<span class="unseen"> attempts</span></span>` : html`<span class="only-wide quiet">1</span>`}</span>
      <span role="cell" class="error">${printable(run.error ?? '')}</span>
    </div>
  `;
}

/** @param {{ run: Run }} props The name beside it says what it shows. */
function Thumbnail({ run }) {
  const { thumbnail, outcome } = run;
  const address = thumbnail && pictureAddress(thumbnail);
  /** The address of a thumbnail that is no longer there. */
  const [gone, setGone] = useState(/** @type {string | undefined} */ (undefined));
  if (!thumbnail || address === gone) return html`<span class="frame" data-outcome=${outcome}></span>`;
  return html`<span class="frame"><img src=${address} alt="" loading="lazy" decoding="async" width=${thumbnail.width} height=${thumbnail.height} onError=${() => setGone(address)} /></span>`;
}
