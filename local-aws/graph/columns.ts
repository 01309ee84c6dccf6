/** Rows and columns of the boxes of a state machine, by dagre. */

import { type Definition, type Edge, edgesOf } from './edges';

// The package declares its types for ES modules only, though it ships both.
type Dagre = typeof import('@dagrejs/dagre', { with: { 'resolution-mode': 'import' }});
const { Graph, layout: dagre } = require('@dagrejs/dagre') as Dagre;

/** Blank columns between boxes and lines. */
export const GAP = 3;

const MARGIN = 1;

function newGraph(label: object) {
  const graph = new Graph<object, { width: number; height: number; x: number; y: number }>();
  return graph.setGraph(label).setDefaultEdgeLabel(() => ({}));
}

/** The row of each state from the top, without gaps. */
export function ranksOf(definition: Definition): Map<string, number> {
  const graph = newGraph({});
  const names = Object.keys(definition.States);
  for (const name of names) graph.setNode(name, { width: 1, height: 1 });
  for (const { from, to } of edgesOf(definition)) if (from !== to) graph.setEdge(from, to);
  // Rows don't depend on the order within them, which takes most of the time to find.
  dagre(graph, { disableOptimalOrderHeuristic: true });
  const heights = [...new Set(names.map((name) => graph.node(name).y))].sort((a, b) => a - b);
  return new Map(names.map((name) => [name, heights.indexOf(graph.node(name).y)]));
}

export interface Columns {
  /** Left edge of each box. */
  boxes: Map<string, number>;
  /** Where a line over more than one row can go straight down between the boxes, by its target. */
  passages: Map<string, number>;
}

/**
 * Only the path without failures and the nearest Catch into each state shape the drawing, so that failures don't pull it
 * apart. A line over several rows takes part as a chain of narrow boxes.
 */
export function columnsOf(ranks: Map<string, number>, edges: Edge[], boxWidth: number): Columns {
  const rank = (name: string) => ranks.get(name)!;
  const shaping = edges.filter((edge) => {
    const into = edges.filter(({ to }) => to === edge.to);
    const nearest = into.reduce((best, other) => (rank(other.from) > rank(best.from) ? other : best));
    return !edge.isCatch || (into.every(({ isCatch }) => isCatch) && edge === nearest);
  });
  const graph = newGraph({ nodesep: GAP, align: 'UL' });
  for (const name of ranks.keys()) graph.setNode(name, { width: boxWidth, height: 1 });
  const chains = new Map<string, string[]>();
  for (const { from, to } of shaping.sort((a, b) => Number(a.isCatch) - Number(b.isCatch))) {
    const links = Array.from({ length: rank(to) - rank(from) - 1 }, (_, index) =>
      JSON.stringify([to, rank(from) + 1 + index]),
    );
    for (const link of links) graph.setNode(link, { width: 1, height: 1 });
    if (links.length > 0) chains.set(to, [...(chains.get(to) ?? []), ...links]);
    [...links, to].forEach((next, index) => {
      graph.setEdge(links[index - 1] ?? from, next);
    });
  }
  // In the order of the definition, as its reader expects, rather than the order with the fewest crossings.
  dagre(graph, { disableOptimalOrderHeuristic: true });

  const leftOf = (name: string) => Math.round(graph.node(name).x - boxWidth / 2);
  const shift = MARGIN - Math.min(...[...ranks.keys()].map(leftOf));
  const boxes = new Map([...ranks.keys()].map((name) => [name, leftOf(name) + shift]));
  const passages = new Map<string, number>();
  for (const [to, links] of chains) {
    const columns = new Set(links.map((link) => Math.floor(graph.node(link).x) + shift));
    if (columns.size === 1) passages.set(to, [...columns][0]!);
  }
  return { boxes, passages };
}
