/** The name of a run's file, which matters, after its folder, which matters less. */
import { html } from './preact.js';
import { nameOf, titleOf } from './words.js';

/** @param {{ run: import('../api').Run }} props */
export function FileName({ run }) {
  if (!run.object) return html`<bdi>${titleOf(run)}</bdi>`;
  const { folder, name } = nameOf(run.object.key);
  return html`<span class="path" title=${folder + name}>${folder && html`<bdi class="folder">${folder}</bdi>`}<bdi class="name">${name}</bdi></span>`;
}
