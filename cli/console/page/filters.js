/** What limits the table, besides the choices of the overview. */
import { html } from './preact.js';
import { replace } from './router.js';
import { TIMES } from './runs.js';

/** @param {{ filters: import('./router.js').Filters, children?: unknown }} props */
export function Filters({ filters, children }) {
  /** @param {'text' | 'time'} field */
  const setting = (field) => (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLInputElement} */ (event.target);
    replace({ filters: { ...filters, [field]: value || undefined } });
  };
  return html`
    <form class="filters" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <input
        id="search"
        type="search"
        aria-label="Filter by file or run"
        placeholder="Filter by file or run"
        autocomplete="off"
        spellcheck=${false}
        value=${filters.text ?? ''}
        onInput=${setting('text')}
      />
      <select aria-label="Time" value=${filters.time ?? ''} onChange=${setting('time')}>
        <option value="">All times</option>
        ${Object.entries(TIMES).map(([value, { label }]) => html`<option key=${value} value=${value}>${label}</option>`)}
      </select>
      ${children}
    </form>
  `;
}
