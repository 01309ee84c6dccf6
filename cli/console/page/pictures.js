/** The source and its thumbnails, with format, size and bytes, and any thumbnail over the source. */
import { printable } from '../../../contract/text.js';
import { pictureAddress } from './api.js';
import { Compare } from './compare.js';
import { Missing } from './missing.js';
import { html, useState } from './preact.js';
import { size } from './words.js';

/** @typedef {import('../api').Picture} Picture @typedef {import('../api').RunDetail} RunDetail */

/** @param {{ source: RunDetail['source'], thumbnails: RunDetail['thumbnails'] }} props */
export function Pictures({ source, thumbnails }) {
  const original = 'value' in source ? source.value : undefined;
  const made = 'value' in thumbnails ? thumbnails.value : [];
  const comparable = original?.shown ? made.filter(({ shown }) => shown) : [];
  return html`
    <div class="pictures">
      ${original ? html`<${Figure} picture=${original} label="Original" />` : 'missing' in source && html`<${Missing} what="Original" why=${source.missing} />`}
      ${made.map((picture) => html`<${Figure} key=${`${picture.key} ${picture.version}`} picture=${picture} label=${picture.name} />`)}
      ${'missing' in thumbnails && html`<${Missing} what="Thumbnails" why=${thumbnails.missing} />`}
      ${'value' in thumbnails && made.length === 0 && html`<p class="quiet">This run made no thumbnails.</p>`}
    </div>
    ${original && comparable.length > 0 && html`<${Compare} source=${original} thumbnails=${comparable} />`}
  `;
}

/** Pixels of the page that a picture takes at most. */
const MOST = { width: 288, height: 224 };

/** Its own width, unless that is too wide or makes it too high. */
const shownWidth = (width = MOST.width, height = MOST.height) =>
  Math.min(width, MOST.width, (MOST.height * width) / height);

/** @param {{ picture: Picture, label: string }} props */
function Figure({ picture, label }) {
  const { format, width, height, bytes, key } = picture;
  const [shown, setShown] = useState(picture.shown);
  const address = pictureAddress(picture);
  const type = format === 'unknown' ? 'unknown format' : format.toUpperCase();
  return html`
    <figure>
      ${
        shown
          ? html`<a class="frame" href=${address} target="_blank" rel="noopener"><img src=${address} alt=${`${label} of ${printable(key)}`} width=${width} height=${height} style=${{ width: `${shownWidth(width, height)}px` }} loading="lazy" onError=${() => setShown(false)} /></a>`
          : html`<span class="frame none">A browser can't show this file</span>`
      }
      <figcaption><b>${printable(label)}</b> <span>${width && height ? `${width} × ${height} ` : ''}${type}</span> <span>${size(bytes)}</span></figcaption>
    </figure>
  `;
}
