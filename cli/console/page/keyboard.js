/** Shortcuts of one key. They can be turned off, since software that types for people may press them by accident. */
import { openDialog } from './opened.js';
import { useEffect } from './preact.js';
import { open, replace } from './router.js';
import { matching } from './runs.js';
import { runs, selected } from './state.js';

export const SHORTCUTS = /** @type {const} */ ([
  ['j', 'next run'],
  ['k', 'previous run'],
  ['Enter', 'open the run'],
  ['/', 'filter by file or run'],
  ['Esc', 'back to the list, or clear the filter'],
  ['?', 'this list'],
]);

const OFF = 'shortcuts-off';

export const shortcutsOff = () => localStorage.getItem(OFF) !== null;

/** @param {boolean} on */
export function turnShortcuts(on) {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, '');
}

/** @typedef {import('./router.js').View} View */

/** @param {View} view */
export function useKeyboard(view) {
  useEffect(() => {
    const press = (/** @type {KeyboardEvent} */ event) => {
      const { key, ctrlKey, metaKey, altKey } = event;
      if (ctrlKey || metaKey || altKey || event.defaultPrevented || document.querySelector('dialog[open]'))
        return;
      const typing = /** @type {Element} */ (event.target).closest?.('input, select, textarea');
      if (key === 'Escape') return goBack(view, typing);
      if (typing || shortcutsOff()) return;
      if (key === 'j' || key === 'k') move(view, key === 'j' ? 1 : -1);
      else if (key === 'Enter' && event.target === document.body && selected.get()) {
        open({ run: selected.get(), filters: view.filters });
      } else if (key === '/') document.getElementById('search')?.focus();
      else if (key === '?') openDialog({ name: 'help' });
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [view]);
}

/**
 * @param {View} view
 * @param {Element | null} typing
 */
function goBack(view, typing) {
  if (view.run) open({ filters: view.filters });
  else if (view.filters.text) replace({ filters: { ...view.filters, text: undefined } });
  if (typing instanceof HTMLElement) typing.blur();
}

/**
 * To the run after or before the selected one. In the view of a run, it opens that one.
 *
 * @param {View} view
 * @param {1 | -1} step
 */
function move(view, step) {
  const list = matching(runs.get().list, view.filters);
  const at = list.findIndex(({ id }) => id === (view.run ?? selected.get()));
  const next = list[at < 0 ? 0 : Math.min(Math.max(at + step, 0), list.length - 1)];
  if (!next) return;
  selected.set(next.id);
  if (view.run) open({ run: next.id, filters: view.filters });
  // The row exists once the table has scrolled to it.
  else requestAnimationFrame(() => requestAnimationFrame(() => focusRow(next.id)));
}

/** @param {string} id */
export function focusRow(id) {
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-run="${CSS.escape(id)}"]`))?.focus({
    preventScroll: true,
  });
}
