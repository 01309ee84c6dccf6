import { App } from './app.js';
import { follow } from './live.js';
import { html, render } from './preact.js';

const root = /** @type {HTMLElement} */ (document.querySelector('#app'));
render(html`<${App} />`, root);
follow();
