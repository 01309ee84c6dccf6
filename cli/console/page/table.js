/** The table of runs. Only the rows in view exist; what one reads stays in place while others arrive above it. */
import { html, useEffect, useLayoutEffect, useRef, useState } from './preact.js';
import { Row } from './row.js';
import { selected } from './state.js';
import { useStore } from './store.js';
import { anchored, windowOf } from './window.js';

/** Pixels, as `--row` in runs.css. Narrow rows have two lines. */
const ROW = { wide: 40, narrow: 64 };
const NARROW = matchMedia('(max-width: 899px)');

const COLUMNS = ['Outcome', 'Thumbnail', 'File', 'Preset', 'Started', 'Duration', 'Attempts', 'Error'];

/** @typedef {import('../api').Run} Run */

/** @param {{ runs: Run[], filters: import('./router.js').Filters }} props */
export function Table({ runs, filters }) {
  const rowHeight = useNarrow() ? ROW.narrow : ROW.wide;
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const anchor = useRef(/** @type {{ id: string, offset: number } | undefined} */ (undefined));
  const [view, setView] = useState({ top: 0, height: 900 });
  const current = useStore(selected);
  const now = useClock(runs.some(({ endedAt }) => endedAt === undefined));

  const measure = () => {
    const element = box.current;
    if (!element) return;
    const { scrollTop: top, clientHeight: height } = element;
    const index = Math.floor(top / rowHeight);
    const row = top > 0 ? runs[index] : undefined;
    anchor.current = row && { id: row.id, offset: top - index * rowHeight };
    setView({ top, height });
  };

  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(/** @type {Element} */ (box.current));
    return () => observer.disconnect();
  }, [runs, rowHeight]);

  useLayoutEffect(() => {
    const top = anchored(anchor.current, runs, rowHeight);
    if (box.current && top !== undefined && top !== box.current.scrollTop) box.current.scrollTop = top;
    measure();
  }, [runs, rowHeight]);

  useLayoutEffect(() => keepInView(box.current, runs, rowHeight, current), [current]);

  const { first, end } = windowOf({ ...view, rowHeight, count: runs.length });
  const above = useArrivedAbove(runs, view.top > 0);
  return html`
    <div class="table" role="table" aria-label="Runs, newest first" aria-rowcount=${runs.length + 1} aria-colcount=${COLUMNS.length}>
      <div role="rowgroup" class="head">
        <div class="row" role="row" aria-rowindex="1">
          ${COLUMNS.map((name) => html`<span key=${name} role="columnheader" class=${name.toLowerCase()}>${name === 'Thumbnail' ? html`<span class="unseen">${name}</span>` : name}</span>`)}
        </div>
      </div>
      <div role="rowgroup" class="body" ref=${box} onScroll=${measure}>
        <div class="rows" role="presentation" style=${{ height: `${runs.length * rowHeight}px` }}>
          <div role="presentation" style=${{ transform: `translateY(${first * rowHeight}px)` }}>
            ${runs
              .slice(first, end)
              .map(
                (run, index) =>
                  html`<${Row} key=${run.id} run=${run} index=${first + index} filters=${filters} selected=${run.id === current} now=${now} />`,
              )}
          </div>
        </div>
      </div>
      ${
        above > 0 &&
        html`<button type="button" class="arrived" onClick=${() => box.current?.scrollTo({ top: 0 })}>
          ↑ ${above} new ${above === 1 ? 'run' : 'runs'}
        </button>`
      }
    </div>
  `;
}

function useNarrow() {
  const [narrow, setNarrow] = useState(NARROW.matches);
  useEffect(() => {
    const update = () => setNarrow(NARROW.matches);
    NARROW.addEventListener('change', update);
    return () => NARROW.removeEventListener('change', update);
  }, []);
  return narrow;
}

/** The time, each second while something runs. @param {boolean} running */
function useClock(running) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

/** How many runs are newer than the newest one that was seen at the top. @param {Run[]} runs @param {boolean} scrolled */
function useArrivedAbove(runs, scrolled) {
  const seen = useRef(/** @type {string | undefined} */ (undefined));
  if (!scrolled || seen.current === undefined) seen.current = runs[0]?.id;
  return Math.max(
    0,
    runs.findIndex(({ id }) => id === seen.current),
  );
}

/**
 * @param {HTMLElement | null} box
 * @param {Run[]} runs
 * @param {number} rowHeight
 * @param {string | undefined} id
 */
function keepInView(box, runs, rowHeight, id) {
  const index = runs.findIndex((run) => run.id === id);
  if (!box || index < 0) return;
  const top = index * rowHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + box.clientHeight)
    box.scrollTop = top + rowHeight - box.clientHeight;
}
