/** What came of something a person did, in words, until it is dismissed or no longer news. */
import { html } from './preact.js';
import { createStore, useStore } from './store.js';
import { messageOf } from './words.js';

/** Milliseconds; what failed stays. */
const LASTS = 8_000;

/** @typedef {{ id: number, text: string, failed: boolean, link?: { href: string, text: string } }} Notice */
const notices = createStore(/** @type {Notice[]} */ ([]));
let last = 0;

/** @param {number} id */
const dismiss = (id) => notices.set(notices.get().filter((notice) => notice.id !== id));

/**
 * @param {string} text
 * @param {{ failed?: boolean, link?: { href: string, text: string } }} [options]
 */
export function notify(text, { failed = false, link } = {}) {
  const id = ++last;
  notices.set([...notices.get().slice(-3), { id, text, failed, link }]);
  if (!failed) setTimeout(() => dismiss(id), LASTS);
}

/**
 * Says what the server answers, also if it refuses.
 *
 * @param {Promise<{ message: string }>} answer
 * @returns {Promise<boolean>} whether it was done
 */
export async function report(answer) {
  try {
    notify((await answer).message);
    return true;
  } catch (error) {
    notify(messageOf(error), { failed: true });
    return false;
  }
}

export function Notices() {
  return html`
    <div class="notices" role="log" aria-label="Notices">
      ${useStore(notices).map(
        ({ id, text, failed, link }) => html`
          <div key=${id} class=${failed ? 'notice failed' : 'notice'}>
            <p>${failed && html`<strong>Failed: </strong>`}${text} ${link && html`<a href=${link.href}>${link.text}</a>`}</p>
            <button type="button" aria-label="Dismiss" onClick=${() => dismiss(id)}>×</button>
          </div>
        `,
      )}
    </div>
  `;
}
