/** One run: how it went, state by state, and what it made. */
import { printable } from '../../../contract/text.js';
import { readRun } from './api.js';
import { Graph } from './graph.js';
import { refreshScan } from './live.js';
import { Mail } from './mail.js';
import { Missing } from './missing.js';
import { Pictures } from './pictures.js';
import { html, useEffect, useState } from './preact.js';
import { addressOf, replace } from './router.js';
import { RunHead } from './run-head.js';
import { connection, info as infoStore, runs, selected } from './state.js';
import { useStore } from './store.js';
import { Timeline } from './timeline.js';
import { TreeBox } from './tree.js';
import { Visits } from './visits.js';
import { messageOf, titleOf } from './words.js';

/**
 * @typedef {import('../api').RunDetail} RunDetail
 * @param {{ view: import('./router.js').View, info?: import('../api').ConsoleInfo }} props
 */
export function RunView({ view, info }) {
  const id = /** @type {string} */ (view.run);
  const { detail, problem } = useDetail(id);
  useEffect(() => selected.set(id), [id]);
  useEffect(() => {
    if (detail) document.title = `${titleOf(detail.run)} · ${infoStore.get()?.workflow ?? 'Console'}`;
  }, [detail]);
  const back = html`<a class="back" href=${addressOf({ filters: view.filters })}>← All runs</a>`;
  if (!detail) {
    return html`<div class="run-view">${back}
      <p class=${problem ? 'missing' : 'quiet'} aria-busy=${!problem}>${problem ?? 'Loading the run …'}</p>
    </div>`;
  }
  const select = (/** @type {number | undefined} */ state) => replace({ ...view, state });
  return html`
    <div class="run-view">
      ${back}
      <${RunHead} detail=${detail} view=${view} info=${info} />
      <div class="story">
        <section aria-labelledby="graph-title" class="panel graph-panel">
          <h2 id="graph-title">Graph</h2>
          ${info?.missing && html`<${Missing} what="No graph" why=${info.missing} />`}
          ${info && !info.missing && html`<${Graph} graph=${info.graph} start=${info.definition.StartAt} visits=${detail.visits} view=${view} onSelect=${select} />`}
        </section>
        <div class="course">
          <section aria-labelledby="time-title" class="panel">
            <h2 id="time-title">Time line</h2>
            <${Timeline} visits=${detail.visits} run=${detail.run} onSelect=${select} />
          </section>
          <section aria-labelledby="states-title" class="panel">
            <h2 id="states-title">States</h2>
            <${Visits} visits=${detail.visits} selected=${view.state} onSelect=${select} />
          </section>
          <section aria-labelledby="pictures-title" class="panel">
            <h2 id="pictures-title">Pictures</h2>
            <${Pictures} source=${detail.source} thumbnails=${detail.thumbnails} />
          </section>
          <div class="pair">
            <section aria-labelledby="record-title" class="panel">
              <h2 id="record-title">Record</h2>
              ${
                'missing' in detail.record
                  ? html`<${Missing} what="No record" why=${detail.record.missing} />`
                  : html`<${TreeBox} label="record" text=${JSON.stringify(detail.record.value)} />`
              }
            </section>
            <section aria-labelledby="mail-title" class="panel">
              <h2 id="mail-title">Mail</h2>
              <${Mail} mail=${detail.mail} />
            </section>
          </div>
        </div>
      </div>
      <p class="arn quiet">${printable(detail.run.arn)}</p>
    </div>
  `;
}

/** @param {string} id The details are read again when the run changes, and after an interruption. */
function useDetail(id) {
  const [detail, setDetail] = useState(/** @type {RunDetail | undefined} */ (undefined));
  const [problem, setProblem] = useState(/** @type {string | undefined} */ (undefined));
  const { list } = useStore(runs);
  const { state } = useStore(connection);
  const known = list.find((run) => run.id === id);
  const version = known && `${known.outcome} ${known.attempts} ${known.endedAt} ${known.thumbnail?.key}`;
  const running = known ? known.outcome === 'RUNNING' : detail?.run.outcome === 'RUNNING';
  useEffect(() => {
    let wanted = true;
    const read = () =>
      readRun(id).then(
        (answer) => {
          refreshScan();
          if (!wanted) return;
          setDetail(answer);
          setProblem(undefined);
        },
        (error) => wanted && setProblem(messageOf(error)),
      );
    read();
    // A run says when it ends, but not when it enters a state.
    const timer = running ? setInterval(read, 1_000) : undefined;
    return () => {
      wanted = false;
      clearInterval(timer);
    };
  }, [id, version, running, state === 'live']);
  return { detail, problem };
}
