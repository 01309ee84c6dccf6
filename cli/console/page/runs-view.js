/** Every run: what came of them, filters, and the table. */
import { plural } from '../../../contract/text.js';
import { Empty } from './empty.js';
import { Filters } from './filters.js';
import { chooseTime } from './live.js';
import { Missing } from './missing.js';
import { Errors, Overview } from './overview.js';
import { html, useEffect, useMemo } from './preact.js';
import { counts, matching } from './runs.js';
import { ScanLine } from './scan.js';
import { runs } from './state.js';
import { useStore } from './store.js';
import { Table } from './table.js';

/** @param {{ view: import('./router.js').View, info?: import('../api').ConsoleInfo }} props */
export function RunsView({ view: { filters }, info }) {
  const { list, more, missing, loaded } = useStore(runs);
  const { outcome, error, text, time } = filters;
  const shown = useMemo(() => matching(list, filters), [list, outcome, error, text, time]);
  const counted = useMemo(() => counts(list, filters), [list, text, time]);
  useEffect(() => {
    document.title = `Runs · ${info?.workflow ?? 'Console'}`;
  }, [info]);
  useEffect(() => {
    chooseTime(time);
  }, [time]);
  return html`
    <div class="runs-view">
      <h1 class="unseen">Runs</h1>
      <${Overview} counts=${counted} filters=${filters} info=${info} />
      <${Filters} filters=${filters}>
        <${Errors} errors=${counted.errors} filters=${filters} />
        <p class="count">
          ${
            loaded &&
            `${shown.length === list.length ? plural(list.length, 'run') : `${shown.length.toLocaleString('en-US')} of ${plural(list.length, 'run')}`}${more ? '; older ones are not loaded' : ''}`
          }
        </p>
      </${Filters}>
      ${info?.scan && html`<${ScanLine} scan=${info.scan} />`}
      ${missing && html`<${Missing} what="Some runs" why=${missing} />`}
      ${
        shown.length > 0
          ? html`<${Table} runs=${shown} filters=${filters} />`
          : html`<${Empty} any=${list.length > 0} loaded=${loaded} info=${info} />`
      }
    </div>
  `;
}
