/** Draws a state machine as a picture, for light and dark pages alike. */

import type { Definition } from './edges';
import { type Box, backEdges, type Layout, type Line, layout, type Point } from './layout';
import { type Node, nodesOf, transitionsOf } from './nodes';
import type { Summary } from './summary';

/** Pixels of one character cell. */
const CELL = { width: 8.5, height: 18 };

const BOX_WIDTH = 28;
const RADIUS = 7;

const STYLE = `
svg { --ink: #1f2328; --faint: #818b98; --page: #ffffff; --good: #1a7f37; --warning: #9a6700; --bad: #d1242f; --busy: #0969da; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #f0f6fc; --faint: #9198a1; --page: #0d1117; --good: #3fb950; --warning: #d29922; --bad: #f85149; --busy: #4493f8; }
}
text { font: 14px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink); }
.detail { font-size: 12px; }
.duration { font-size: 12px; text-anchor: end; }
rect { fill: var(--page); stroke: var(--ink); stroke-width: 1.5; }
path { fill: none; stroke: var(--faint); stroke-width: 1.5; }
.catch { stroke-dasharray: 4 4; }
path.arrow { fill: var(--faint); stroke: none; }
.unvisited rect { stroke: var(--faint); }
.unvisited text { fill: var(--faint); }
.succeeded rect, path.taken { stroke: var(--good); stroke-width: 2.5; }
.caught rect, path.taken.catch { stroke: var(--warning); stroke-width: 2.5; }
path.arrow.taken { fill: var(--good); stroke: none; }
path.arrow.taken.catch { fill: var(--warning); stroke: none; }
.failed rect, .aborted rect { stroke: var(--bad); stroke-width: 2.5; }
.running rect { stroke: var(--busy); stroke-width: 2.5; }
.succeeded .mark { fill: var(--good); }
.caught .mark, .caught .detail { fill: var(--warning); }
.failed .mark, .aborted .mark, .failed .detail { fill: var(--bad); }
`;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string) => text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);

const pixel = ({ x, y }: Point) => ({ x: (x + 0.5) * CELL.width, y: (y + 0.5) * CELL.height });

const round = (value: number) => Math.round(value * 10) / 10;

const at = ({ x, y }: Point) => `${round(x)},${round(y)}`;

/**
 * @param summary an execution to show; without one, just the state machine
 * @returns an SVG document of its own
 */
export function renderSvg(definition: Definition, summary?: Summary): string {
  const nodes = nodesOf(definition, summary, backEdges(definition));
  const laidOut = layout(definition, {
    boxWidth: BOX_WIDTH,
    contentRows: (name) => 1 + nodes.get(name)!.details.length,
  });
  const isTaken = transitionsOf(summary);
  const lines = [...laidOut.lines].sort(
    (a, b) => Number(isTaken(a.from, a.to)) - Number(isTaken(b.from, b.to)),
  );
  const { width, height } = sizeOf(laidOut);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="State machine starting at ${escapeXml(definition.StartAt)}">`,
    `<style>${STYLE}</style>`,
    ...lines.map((line) => drawLine(line, isTaken(line.from, line.to))),
    ...laidOut.boxes.map((box) => drawBox(box, nodes.get(box.name)!)),
    '</svg>',
    '',
  ].join('\n');
}

function sizeOf({ width, height }: Layout) {
  return { width: Math.ceil((width + 1) * CELL.width), height: Math.ceil(height * CELL.height) };
}

/**
 * The last point is the cell above the box; the arrow goes on to its border. The path is written from there, so that
 * the dashes of lines that end in one lane lie on each other.
 */
function drawLine({ points, isCatch }: Line, taken: boolean): string {
  const end = points.at(-1)!;
  const corners = [...points.slice(0, -1), { x: end.x, y: end.y + 1 }].map(pixel).reverse();
  const tip = corners[0]!;
  const classes = `${isCatch ? 'catch' : 'next'}${taken ? ' taken' : ''}`;
  return [
    `<path class="${classes}" d="${roundedPath(corners)}"/>`,
    `<path class="arrow ${classes}" d="M${at(tip)} l-5,-9 h10 z"/>`,
  ].join('');
}

function roundedPath(corners: Point[]): string {
  return corners
    .map((corner, index) => {
      const [before, after] = [corners[index - 1], corners[index + 1]];
      if (!before) return `M${at(corner)}`;
      if (!after) return `L${at(corner)}`;
      return `L${at(towards(corner, before))} Q${at(corner)} ${at(towards(corner, after))}`;
    })
    .join(' ');
}

/** A point a corner's radius away, or half the way where that is nearer. */
function towards(from: Point, to: Point): Point {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const part = Math.min(RADIUS, distance / 2) / (distance || 1);
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

function drawBox({ x, y, width, height }: Box, node: Node): string {
  const corner = pixel({ x, y });
  const opposite = pixel({ x: x + width - 1, y: y + height - 1 });
  const [w, h] = [opposite.x - corner.x, opposite.y - corner.y];
  const texts = [node.name, ...node.details];
  // One block of lines, in the middle of the box.
  const first = corner.y + h / 2 - ((texts.length - 1) * CELL.height) / 2 + 5;
  const left = corner.x + (node.mark ? 30 : 14);
  const parts = [
    `<rect x="${round(corner.x)}" y="${round(corner.y)}" width="${round(w)}" height="${round(h)}" rx="${RADIUS}"/>`,
    ...texts.map(
      (text, index) =>
        `<text${index > 0 ? ' class="detail"' : ''} x="${round(left)}" y="${round(first + index * CELL.height)}">${escapeXml(text)}</text>`,
    ),
  ];
  if (node.mark)
    parts.push(`<text class="mark" x="${round(corner.x + 11)}" y="${round(first)}">${node.mark}</text>`);
  if (node.duration) {
    parts.push(
      `<text class="duration" x="${round(opposite.x - 12)}" y="${round(first)}">${node.duration}</text>`,
    );
  }
  if (node.isEnd) {
    parts.push(`<text class="detail" x="${round(corner.x + 11)}" y="${round(opposite.y + 15)}">end</text>`);
  }
  return `<g class="${node.look}">${parts.join('')}</g>`;
}
