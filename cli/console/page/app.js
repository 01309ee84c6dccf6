/** The frame of the page: what is the same in each view. */
import { useArrivals } from './arrivals.js';
import { ConnectionBanner } from './connection.js';
import { Dialogs } from './dialogs.js';
import { useDrop } from './drop.js';
import { Header } from './header.js';
import { useKeyboard } from './keyboard.js';
import { Notices } from './notices.js';
import { html } from './preact.js';
import { useView } from './router.js';
import { RunView } from './run-view.js';
import { RunsView } from './runs-view.js';
import { info, runs } from './state.js';
import { useStore } from './store.js';

export function App() {
  const view = useView();
  const console = useStore(info);
  useKeyboard(view);
  const dragging = useDrop();
  const said = useArrivals(useStore(runs));
  return html`
    <a class="skip" href="#content" onClick=${skip}>Skip to the ${view.run ? 'run' : 'runs'}</a>
    <${Header} view=${view} info=${console} />
    <${ConnectionBanner} />
    <main id="content" tabindex="-1">
      ${
        view.run
          ? html`<${RunView} key=${view.run} view=${view} info=${console} />`
          : html`<${RunsView} view=${view} info=${console} />`
      }
    </main>
    <${Notices} />
    <${Dialogs} view=${view} info=${console} />
    <p class="unseen" role="status">${said}</p>
    ${dragging && html`<div class="dropping" aria-hidden="true"><p>Drop pictures to upload them, or a history to open it</p></div>`}
  `;
}

/** @param {Event} event The address names the view, so that it can't name a place in the page, too. */
function skip(event) {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
