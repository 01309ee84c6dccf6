/** What a run was about, what came of it, why, and what one can do about it. */
import { printable } from '../../../contract/text.js';
import { formatDuration } from '../../../local-aws/graph/summary.js';
import { historyAddress, runAgain } from './api.js';
import { Copy } from './copy.js';
import { FileName } from './file-name.js';
import { report } from './notices.js';
import { openDialog } from './opened.js';
import { Outcome } from './outcome.js';
import { html, useEffect, useRef, useState } from './preact.js';
import { addressOf } from './router.js';
import { runs } from './state.js';
import { useStore } from './store.js';
import { durationOf, exact, fullTimeOf, timeOf } from './words.js';

/**
 * @typedef {import('../api').Run} Run
 * @param {{ detail: import('../api').RunDetail, view: import('./router.js').View, info?: import('../api').ConsoleInfo }} props
 */
export function RunHead({ detail: { run, visits, command }, view, info }) {
  const title = useRef(/** @type {HTMLElement | null} */ (null));
  // The view is new to somebody who can't see it.
  useEffect(() => title.current?.focus({ preventScroll: true }), [run.id]);
  return html`
    <div class="run-head">
      <h1 tabindex="-1" ref=${title}><${FileName} run=${run} /></h1>
      <${Outcome} outcome=${run.outcome} />
      <p class="facts">
        ${run.preset !== undefined && html`<span>Preset <b>${printable(run.preset)}</b></span>`}
        <span>Started <b title=${fullTimeOf(run.startedAt)}>${timeOf(run.startedAt)}</b></span>
        <span>
          Took <b title=${run.endedAt === undefined ? undefined : exact(run.endedAt - run.startedAt)}>${durationOf(run)}</b>
        </span>
        <span>Attempts <b>${run.attempts}</b></span>
        ${run.object && html`<span>Bucket <b>${printable(run.object.bucket)}</b></span>`}
        ${run.imported && html`<span class="tag">imported history</span>`}
      </p>
      <div class="actions">
        ${info?.can.write && run.object && !run.imported && html`<${Again} run=${run} />`}
        <a class="button" href=${historyAddress(run.id)} download=${`${run.id}.jsonl`}>Download history</a>
        ${
          info?.can.write &&
          run.object &&
          !run.imported &&
          html`<button type="button" class="dangerous" onClick=${() => openDialog({ name: 'delete', run })}>Delete …</button>`
        }
      </div>
    </div>
    <${Reason} visits=${visits} />
    ${command && html`<p class="command"><code>${printable(command)}</code><${Copy} text=${command} what="command" /></p>`}
    <${SameFile} run=${run} view=${view} />
  `;
}

/** @param {{ run: Run }} props */
function Again({ run }) {
  const [busy, setBusy] = useState(false);
  const again = async () => {
    setBusy(true);
    await report(runAgain(run.id));
    setBusy(false);
  };
  return html`<button type="button" class="primary" disabled=${busy} onClick=${again}>Run again</button>`;
}

/**
 * The first error that no retry cured: later ones follow from it.
 *
 * @param {{ visits: import('../api').Visit[] }} props
 */
function Reason({ visits }) {
  const failed = visits.find(({ error }) => error);
  if (!failed?.error) return null;
  const { name, attempts, durationMs, error } = failed;
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  return html`
    <p class="reason">
      <strong>${printable(error.name)}</strong> in ${printable(name)}${tries}, ${formatDuration(durationMs)}.
      <span>${printable(error.message)}</span>
    </p>
  `;
}

/** Other runs of the same file, so that the one that runs it again is found. @param {{ run: Run, view: import('./router.js').View }} props */
function SameFile({ run, view }) {
  const { list } = useStore(runs);
  const { object } = run;
  if (!object || run.imported) return null;
  const same = list.filter(
    (each) => each.object?.key === object.key && each.object.bucket === object.bucket && !each.imported,
  );
  if (same.length < 2) return null;
  return html`
    <nav class="same-file" aria-label="Runs of this file">
      <span class="quiet">Runs of this file:</span>
      ${same.slice(0, 8).map(
        (each) => html`
          <a key=${each.id} href=${addressOf({ run: each.id, filters: view.filters })} aria-current=${each.id === run.id ? 'page' : undefined}>
            <${Outcome} outcome=${each.outcome} /> ${timeOf(each.startedAt)}
          </a>
        `,
      )}
      ${same.length > 8 && html`<a href=${addressOf({ filters: { text: object.key } })}>all ${same.length}</a>`}
    </nav>
  `;
}
