/** A button that copies text, and says so. */
import { html, useState } from './preact.js';

/** @param {{ text: string, what: string }} props `what` names it to those who can't see what it stands beside */
export function Copy({ text, what }) {
  const [said, say] = useState('Copy');
  const copy = async () => {
    say(
      await navigator.clipboard.writeText(text).then(
        () => 'Copied',
        () => 'Not allowed',
      ),
    );
    setTimeout(() => say('Copy'), 2_000);
  };
  return html`
    <button type="button" class="copy" aria-label=${`${said === 'Copied' ? 'Copied' : 'Copy'} the ${what}`} onClick=${copy}>${said}</button>
  `;
}
