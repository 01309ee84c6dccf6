/** A thumbnail over its source, and a slider that says how much of each is seen. */
import { printable } from '../../../contract/text.js';
import { pictureAddress } from './api.js';
import { html, useState } from './preact.js';

/** @typedef {import('../api').Picture} Picture */

/** How much larger than it is a thumbnail is shown at most, so that one sees what differs. */
const LARGER = 2;

/** Pixels of the page. */
const HIGHEST = 520;

/** @param {{ source: Picture, thumbnails: Picture[] }} props */
export function Compare({ source, thumbnails }) {
  // The largest shows most.
  const [key, setKey] = useState(thumbnails.reduce((a, b) => ((b.width ?? 0) > (a.width ?? 0) ? b : a)).key);
  const [part, setPart] = useState(50);
  const thumbnail = thumbnails.find((each) => each.key === key) ?? thumbnails[0];
  if (!thumbnail) return null;
  const { width = 4, height = 3 } = thumbnail;
  const shown = Math.min(width * LARGER, (HIGHEST * width) / height);
  return html`
    <div class="compare" role="group" aria-label="Compare">
      <div class="over" style=${{ aspectRatio: `${width} / ${height}`, width: `${shown}px` }}>
        <img src=${pictureAddress(source)} alt="" />
        <img src=${pictureAddress(thumbnail)} alt="" style=${{ clipPath: `inset(0 0 0 ${part}%)` }} />
        <span class="edge" style=${{ left: `${part}%` }}></span>
      </div>
      <div class="controls">
        <label>
          Original left, thumbnail right
          <input type="range" min="0" max="100" value=${part} onInput=${(/** @type {Event} */ event) => setPart(Number(/** @type {HTMLInputElement} */ (event.target).value))} />
        </label>
        ${
          thumbnails.length > 1 &&
          html`<label>Thumbnail
            <select value=${key} onChange=${(/** @type {Event} */ event) => setKey(/** @type {HTMLSelectElement} */ (event.target).value)}>
              ${thumbnails.map((each) => html`<option key=${each.key} value=${each.key}>${printable(each.name)}</option>`)}
            </select>
          </label>`
        }
      </div>
    </div>
  `;
}
