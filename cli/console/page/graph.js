/** The state machine as a drawing: the path that a run took is bold, what each state came to is in its box. */
import { printable } from '../../../contract/text.js';
import { formatDuration, markOf } from '../../../local-aws/graph/summary.js';
import { html, useEffect, useMemo, useRef } from './preact.js';
import { addressOf } from './router.js';

/** Pixels of a character cell: the layout is that of the terminal. */
const CELL = { width: 7, height: 15 };
/** Pixels around the drawing. */
const MARGIN = 14;
/** Pixels of a character of the second line. */
const CHARACTER = 7.2;
/** Scales between which the drawing fits its place; below the smallest it scrolls. */
const SMALLEST = 0.66;
const LARGEST = 1.15;
/** Radius of a line's corners. */
const ROUND = 8;

/** @typedef {import('../api').Visit} Visit @typedef {import('../api').Graph} GraphData */

/** @param {{ graph: GraphData, start: string, visits: Visit[], view: import('./router.js').View, onSelect: (index: number) => void }} props */
export function Graph({ graph: cells, start, visits, view, onSelect }) {
  const graph = useMemo(() => drawingOf(cells), [cells]);
  const taken = new Set(visits.slice(1).map(({ name }, index) => `${visits[index]?.name}\n${name}`));
  const lines = graph.lines.map((line) => ({ ...line, taken: taken.has(`${line.from}\n${line.to}`) }));
  const [width, height] = [graph.width + 2 * MARGIN, graph.height + 2 * MARGIN];
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const place = box.current;
    if (place) place.scrollLeft = middleOf(graph, visits, width) * place.scrollWidth - place.clientWidth / 2;
  }, [graph]);
  return html`
    <div class="graph" ref=${box} tabindex="0" role="region" aria-label="Graph of the states; scrolls">
      <svg
        viewBox=${`${-MARGIN} ${-MARGIN} ${width} ${height}`}
        style=${{ maxWidth: `${width * LARGEST}px`, minWidth: `${width * SMALLEST}px` }}
        role="group"
        aria-label=${`${visits.length} states entered: ${visits.map(({ name }) => name).join(', ')}`}
      >
        <defs>
          ${['plain', 'taken'].map(
            (id) =>
              html`<marker key=${id} id=${`arrow-${id}`} class=${id} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5 8 4 0 7.5z" /></marker>`,
          )}
        </defs>
        ${lines
          .sort((a, b) => Number(a.taken) - Number(b.taken))
          .map(
            (line) => html`<path
              key=${`${line.from}\n${line.to}`}
              class=${`line${line.isCatch ? ' catch' : ''}${line.taken ? ' taken' : ''}`}
              d=${roundedPath(line.points, ROUND)}
              marker-end=${`url(#arrow-${line.taken ? 'taken' : 'plain'})`}
            />`,
          )}
        ${graph.boxes.map((box) => {
          const index = visits.findLastIndex(({ name }) => name === box.name);
          return html`<${Box} key=${box.name} box=${box} index=${index} visits=${visits} start=${start} view=${view} onSelect=${onSelect} />`;
        })}
      </svg>
    </div>
    <ul class="legend">
      <li><svg width="24" height="8" aria-hidden="true"><path class="line taken" d="M0 4h24" /></svg>path of this run</li>
      <li><svg width="24" height="8" aria-hidden="true"><path class="line catch" d="M0 4h24" /></svg>after an error</li>
    </ul>
  `;
}

/**
 * Where the middle of the visited boxes is, from 0 to 1, so that a drawing that is too wide for its place begins there.
 *
 * @param {GraphData} graph
 * @param {Visit[]} visits
 * @param {number} width of the drawing
 */
function middleOf({ boxes }, visits, width) {
  const visited = boxes.filter((box) => visits.some(({ name }) => name === box.name));
  const left = Math.min(...visited.map(({ x }) => x));
  const right = Math.max(...visited.map((box) => box.x + box.width));
  return visited.length > 0 ? ((left + right) / 2 + MARGIN) / width : 0;
}

/** @param {{ box: GraphData['boxes'][number], index: number, visits: Visit[], start: string, view: import('./router.js').View, onSelect: (index: number) => void }} props */
function Box({ box, index, visits, start, view, onSelect }) {
  const { x, y, width, height, name } = box;
  const visit = visits[index];
  const second = visit ? secondLine(visit, visits.filter((each) => each.name === name).length) : '';
  const most = Math.floor((width - 16) / CHARACTER);
  const short = second.length > most ? `${second.slice(0, most - 1)}…` : second;
  // The name of the link, and what one reads on pointing at it.
  const label = [printable(name), visit?.outcome, second].filter(Boolean).join(', ');
  const content = html`
    <title>${label}</title>
    <rect x=${x} y=${y} width=${width} height=${height} rx="6" />
    ${name === start && html`<circle class="start" cx=${x + width / 2} cy=${y - 7} r="4" />`}
    <text x=${x + width / 2} y=${y + (second ? height / 2 - 4 : height / 2 + 4)} class="name">
      ${visit && html`<tspan class="mark">${markOf(visit)} </tspan>`}${printable(name)}
    </text>
    ${second && html`<text x=${x + width / 2} y=${y + height / 2 + 13} class="detail">${short}</text>`}
  `;
  if (!visit) return html`<g class="state unvisited">${content}</g>`;
  const select = (/** @type {Event} */ event) => {
    event.preventDefault();
    onSelect(index);
  };
  return html`
    <a class="state" data-outcome=${visit.outcome} data-selected=${view.state === index} href=${addressOf({ ...view, state: index })} onClick=${select}>
      ${content}
    </a>
  `;
}

/**
 * @param {Visit} visit the last one of a state
 * @param {number} visits of the state
 */
function secondLine({ type, attempts, durationMs, error, failures }, visits) {
  const name = error?.name ?? failures.at(-1)?.name;
  return [
    ...(visits > 1 ? [`${visits} visits`] : []),
    ...(attempts > 1 ? [`${attempts}×`] : []),
    ...(name ? [printable(name)] : []),
    ...(type === 'Task' ? [formatDuration(durationMs)] : []),
  ].join(' · ');
}

/**
 * The layout in pixels. Its lines begin in the border of a box and end in the cell above another.
 *
 * @param {GraphData} cells
 * @returns {GraphData}
 */
export function drawingOf({ width, height, boxes, lines }) {
  const across = (/** @type {number} */ x) => x * CELL.width;
  const down = (/** @type {number} */ y) => y * CELL.height;
  return {
    width: across(width),
    height: down(height),
    boxes: boxes.map((box) => ({
      name: box.name,
      x: across(box.x),
      y: down(box.y),
      width: across(box.width),
      height: down(box.height),
    })),
    lines: lines.map((line) => ({
      ...line,
      points: line.points.map(({ x, y }, index, { [index + 1]: next, length }) => {
        const sideways = index === 0 && next?.y === y;
        const downwards = (index === 0 && !sideways) || index === length - 1;
        return {
          x: across(x + (sideways ? Math.sign(next.x - x) / 2 + 0.5 : 0.5)),
          y: down(y + (downwards ? 1 : 0.5)),
        };
      }),
    })),
  };
}

/**
 * The path along points, with round corners.
 *
 * @param {{ x: number, y: number }[]} points
 * @param {number} radius
 */
export function roundedPath(points, radius) {
  const [first, ...rest] = points;
  if (!first) return '';
  const parts = rest.map((point, index) => {
    const before = points[index];
    const after = rest[index + 1];
    if (!after || !before) return `L${point.x} ${point.y}`;
    const begin = towards(point, before, radius);
    const end = towards(point, after, radius);
    return `L${begin.x} ${begin.y}Q${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  return `M${first.x} ${first.y}${parts.join('')}`;
}

/**
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 * @param {number} most at most half of the way
 */
function towards(from, to, most) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const part = Math.min(most / length, 0.5);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
