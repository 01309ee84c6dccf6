/** Draws a state machine and one execution of it with characters. */

import { Canvas, type Pen, paint, type Style } from './canvas';
import type { Definition } from './edges';
import { backEdges, type Layout, layout } from './layout';
import { type Look, type Node, nodesOf, transitionsOf } from './nodes';
import { markOf, type StateSummary, type Summary } from './summary';

export interface RenderOptions {
  /** With ANSI colours. Without them, heavy lines and marks say the same. */
  color: boolean;
  /** Columns of the terminal. */
  width: number;
}

const STYLES: Record<Look, Style> = {
  plain: 'plain',
  unvisited: 'dim',
  succeeded: 'good',
  caught: 'warning',
  failed: 'bad',
  aborted: 'bad',
  running: 'busy',
};

const WIDEST_BOX = 34;
const NARROWEST_BOX = 16;

/** Borders and a blank on either side. */
const FRAME = 4;

/**
 * Draws each state as a box. Heavy borders and lines are the path the execution took, dashed lines are Catches.
 *
 * @returns lines no wider than asked for, unless the boxes of one row do not fit even when they are narrow
 */
export function renderGraph(
  definition: Definition,
  summary: Summary | undefined,
  options: RenderOptions,
): string {
  const nodes = nodesOf(definition, summary, backEdges(definition));
  const laidOut = fit(definition, nodes, options.width);
  const canvas = new Canvas(laidOut.width, laidOut.height);
  drawBoxes(canvas, laidOut, nodes);
  drawLines(canvas, laidOut, transitionsOf(summary), summary ? 'dim' : 'plain');
  const notes = summary ? failureNotes(summary, options) : [];
  return [canvas.toString(options.color), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

/** The widest boxes that fit, but no wider than their text. */
function fit(definition: Definition, nodes: Map<string, Node>, width: number): Layout {
  const wanted = [...nodes.values()].flatMap(({ name, duration, details }) => [
    name.length + Math.max(duration.length, 6) + 3,
    ...details.map((text) => text.length + 2),
  ]);
  const contentRows = (name: string) => 1 + nodes.get(name)!.details.length;
  for (let boxWidth = Math.min(Math.max(...wanted) + FRAME, WIDEST_BOX); ; boxWidth--) {
    const result = layout(definition, { boxWidth, contentRows });
    if (result.width <= width || boxWidth <= NARROWEST_BOX) return result;
  }
}

function borderOf({ look }: Node): Pen {
  return { heavy: look !== 'unvisited' && look !== 'plain', dashed: false, style: STYLES[look] };
}

function drawBoxes(canvas: Canvas, { boxes }: Layout, nodes: Map<string, Node>): void {
  for (const { name, x, y, width, height } of boxes) {
    const node = nodes.get(name)!;
    const style = STYLES[node.look];
    const inner = width - FRAME;
    canvas.box(x, y, width, height, name, borderOf(node));
    if (node.isStart) canvas.text(x + 2, y, ' start ', style);
    if (node.isEnd) canvas.text(x + 2, y + height - 1, ' end ', style);
    canvas.text(x + 2, y + 1, node.mark, style);
    const room = inner - 2 - (node.duration ? node.duration.length + 1 : 0);
    canvas.text(x + 4, y + 1, cut(name, room), node.look === 'unvisited' ? 'dim' : 'bold');
    canvas.text(x + width - 2 - node.duration.length, y + 1, node.duration, 'plain');
    node.details.forEach((text, index) => {
      canvas.text(x + 4, y + 2 + index, cut(text, inner - 2), style);
    });
  }
}

/** Lines that the execution did not take come first, so that the others are drawn over them. */
function drawLines(
  canvas: Canvas,
  { lines }: Layout,
  isTaken: (from: string, to: string) => boolean,
  usual: Style,
): void {
  const sorted = [...lines].sort((a, b) => Number(isTaken(a.from, a.to)) - Number(isTaken(b.from, b.to)));
  for (const { from, to, isCatch, points } of sorted) {
    const taken = isTaken(from, to);
    const pen: Pen = {
      heavy: taken,
      dashed: isCatch,
      style: taken ? STYLES[isCatch ? 'caught' : 'succeeded'] : usual,
    };
    canvas.lineFrom(from, points, `→ ${to}`, pen);
    const end = points.at(-1)!;
    canvas.text(end.x, end.y, '▼', pen.style);
  }
}

function cut(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(room - 1, 0))}…`;
}

/** Each failed attempt with its whole message, which doesn't fit into a box. */
function failureNotes({ states }: Summary, { color, width }: RenderOptions): string[] {
  return states.flatMap((state) => {
    const { error, failures } = state;
    const shown = failures.length > 0 ? failures : error ? [error] : [];
    return shown.flatMap(({ name, message }, index) => {
      const attempt = state.attempts > 1 ? ` (attempt ${index + 1} of ${state.attempts})` : '';
      const head = `${markOf(state)} ${state.name}${attempt}: ${name}`;
      return [paint(head, noteStyle(state), color), ...wrap(message, width - 4).map((line) => `    ${line}`)];
    });
  });
}

function noteStyle({ outcome }: StateSummary): Style {
  return outcome === 'succeeded' ? 'warning' : STYLES[outcome];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line ? `${line} ${word}` : word;
      if (longer.length > width && line) {
        lines.push(line);
        line = word;
      } else {
        line = longer;
      }
    }
    if (line) lines.push(line);
  }
  return lines;
}
