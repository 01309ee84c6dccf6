/** The mail that a run sent. */
import { printable } from '../../../contract/text.js';
import { Copy } from './copy.js';
import { Missing } from './missing.js';
import { html } from './preact.js';

/** @param {{ mail: import('../api').RunDetail['mail'] }} props */
export function Mail({ mail }) {
  if ('missing' in mail) return html`<${Missing} what="No mail" why=${mail.missing} />`;
  const { subject, text } = mail.value;
  return html`
    <article class="mail">
      <h3>${printable(subject)}</h3>
      <${Copy} text=${`${subject}\n\n${text}`} what="mail" />
      <pre tabindex="0" aria-label="Text of the mail">${text.split('\n').map(printable).join('\n')}</pre>
    </article>
  `;
}
