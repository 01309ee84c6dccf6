/** Whether what one sees is up to date. */
import { html } from './preact.js';
import { connection } from './state.js';
import { useStore } from './store.js';

const WORDS = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting', refused: 'Not connected' };

export function ConnectionMark() {
  const { state } = useStore(connection);
  return html`<span class="connection" data-state=${state}>${WORDS[state]}</span>`;
}

/** Stays empty while all is well, so that a screen reader notices what appears in it. */
export function ConnectionBanner() {
  const now = useStore(connection);
  const text =
    now.state === 'refused'
      ? now.message
      : now.state === 'lost'
        ? 'The console does not answer: it was stopped, or it is starting again. What you see may be out of date. This page reconnects by itself; to start the console, run npm run console.'
        : '';
  return html`<div role="alert">${text && html`<p class="banner">${text}</p>`}</div>`;
}
