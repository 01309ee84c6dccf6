/**
 * Where the boxes and lines of a state machine go, in character cells.
 *
 * dagre puts the boxes into rows and columns. The lines are routed here, because dagre draws each on its own: a
 * workflow whose every state may fail into the same few states would drown in them. Lines into one state share a
 * vertical lane next to the boxes they pass, and one horizontal track above the state.
 */

import { columnsOf, ranksOf } from './columns';
import { type Definition, type Edge, edgesOf } from './edges';
import { chooseExits, type Exit, type Grid } from './lanes';
import { routeTracks, type Wire } from './tracks';

export interface Box {
  name: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** A line along columns and rows, from the border of one box to the cell above another. */
export interface Line extends Edge {
  points: Point[];
}

export interface Layout {
  width: number;
  height: number;
  boxes: Box[];
  lines: Line[];
}

export interface LayoutOptions {
  boxWidth: number;
  /** Rows a state needs inside the borders of its box. */
  contentRows: (name: string) => number;
}

/** Edges that go back up, or to the state itself, which are not drawn as lines. */
export function backEdges(definition: Definition): Edge[] {
  const ranks = ranksOf(definition);
  return edgesOf(definition).filter(({ from, to }) => ranks.get(to)! <= ranks.get(from)!);
}

/** @returns boxes and lines. Lines touch no other box; two lines meet at a right angle, or lead into the same state */
export function layout(definition: Definition, { boxWidth, contentRows }: LayoutOptions): Layout {
  const ranks = ranksOf(definition);
  const rank = (name: string) => ranks.get(name)!;
  const edges = edgesOf(definition).filter(({ from, to }) => rank(to) > rank(from));
  const columns = columnsOf(ranks, edges, boxWidth);
  const left = (name: string) => columns.boxes.get(name)!;
  const centre = (name: string) => left(name) + Math.floor(boxWidth / 2);
  const exits = chooseExits({ edges, ranks, columns, boxWidth });
  const ports = portsBelow({ edges, ranks, columns, boxWidth }, exits);

  /** Lines that leave to the right, from the top: the one that goes furthest comes first, so that they don't cross. */
  const rightOf = (name: string) =>
    edges
      .filter((edge) => edge.from === name && exits.get(edge)!.side === 'right')
      .sort((a, b) => exits.get(b)!.lane! - exits.get(a)!.lane!);

  const names = [...ranks.keys()];
  const rows = Array.from({ length: Math.max(...ranks.values()) + 1 }, (_, row) =>
    names.filter((name) => rank(name) === row),
  );
  const heights = rows.map(
    (row) => 2 + Math.max(...row.map((name) => Math.max(contentRows(name), rightOf(name).length))),
  );

  // The columns a line takes: where it leaves its box, its lane, and the middle of the box it leads to.
  const routes = new Map(
    edges.map((edge) => {
      const { side, lane } = exits.get(edge)!;
      const start = side === 'right' ? lane! : ports.get(edge)!;
      return [edge, { start, lane: lane ?? start, end: centre(edge.to) }];
    }),
  );
  const wires = rows.slice(1).map((): Wire[] => []);
  for (const [{ from, to }, { start, lane, end }] of routes) {
    const [first, last] = [rank(from), rank(to) - 1];
    if (first < last) wires[first]!.push({ target: to, from: start, to: lane });
    wires[last]!.push({ target: to, from: first < last ? lane : start, to: end });
  }
  const tracks = wires.map(routeTracks);

  const tops = [0];
  for (const [row, { count }] of tracks.entries()) tops.push(tops[row]! + heights[row]! + count + 1);
  const trackRow = (row: number, target: string) =>
    tops[row]! + heights[row]! + (tracks[row]!.of.get(target) ?? 0);

  const lines = edges.map((edge): Line => {
    const { start, lane, end } = routes.get(edge)!;
    const [first, last] = [rank(edge.from), rank(edge.to) - 1];
    const points: Point[] = [];
    if (exits.get(edge)!.side === 'right') {
      const y = tops[first]! + 1 + rightOf(edge.from).indexOf(edge);
      points.push({ x: left(edge.from) + boxWidth - 1, y }, { x: lane, y });
    } else {
      points.push({ x: start, y: tops[first]! + heights[first]! - 1 });
      if (first < last) bend(points, trackRow(first, edge.to), lane);
    }
    bend(points, trackRow(last, edge.to), end);
    return { ...edge, points: [...points, { x: end, y: tops[last + 1]! - 1 }] };
  });

  const boxes = names.map((name) => ({
    name,
    x: left(name),
    y: tops[rank(name)]!,
    width: boxWidth,
    height: heights[rank(name)]!,
  }));
  const columnsUsed = [
    ...boxes.map((box) => box.x + box.width),
    ...lines.flatMap(({ points }) => points.map(({ x }) => x + 1)),
  ];
  return { width: Math.max(...columnsUsed), height: tops.at(-1)! + heights.at(-1)!, boxes, lines };
}

/** Goes down to a row, and along it to a column. */
function bend(points: Point[], y: number, column: number): void {
  const { x } = points.at(-1)!;
  if (x !== column) points.push({ x, y }, { x: column, y });
}

/** Columns of the lines that leave below each box, side by side in the order of where they go. */
function portsBelow({ edges, columns, boxWidth }: Grid, exits: Map<Edge, Exit>): Map<Edge, number> {
  const ports = new Map<Edge, number>();
  for (const [name, left] of columns.boxes) {
    const goal = (edge: Edge) =>
      exits.get(edge)!.lane ?? columns.boxes.get(edge.to)! + Math.floor(boxWidth / 2);
    const outgoing = edges.filter((edge) => edge.from === name && exits.get(edge)!.side === 'below');
    const middle = left + Math.floor(boxWidth / 2);
    const step = Math.max(Math.floor(boxWidth / (outgoing.length + 1)), 1);
    outgoing.sort((a, b) => goal(a) - goal(b));
    // A line that can go straight down does; the others keep their distance from it.
    const straight = outgoing.findIndex((edge) => goal(edge) === middle);
    const anchor = straight >= 0 ? straight : (outgoing.length - 1) / 2;
    outgoing.forEach((edge, index) => {
      ports.set(edge, clamp(Math.round(middle + (index - anchor) * step), left + 1, left + boxWidth - 2));
    });
  }
  return ports;
}

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);
