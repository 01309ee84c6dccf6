/** A dialog of the browser's own: it keeps the focus, Esc closes it, and focus returns to where it was. */
import { html, useEffect, useRef } from './preact.js';

/** @param {{ title: string, onClose: () => void, children?: unknown }} props */
export function Dialog({ title, onClose, children }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  return html`
    <dialog ref=${box} aria-labelledby="dialog-title" onClose=${onClose}>
      <div class="dialog-head">
        <h2 id="dialog-title">${title}</h2>
        <button type="button" class="close" aria-label="Close" onClick=${() => box.current?.close()}>×</button>
      </div>
      ${children}
    </dialog>
  `;
}
