/** Where the boxes and lines of the state machine go, and what the definition says about uploads. */
import { type Definition, layout } from '../../local-aws/graph';
import type { Graph } from './api';

/** Columns of a box: as wide as the longest name of a state, within reason. */
const WIDTH = { least: 14, most: 24 };

/** Blanks and borders on both sides of a name. */
const FRAME = 6;

/** By definition: to lay one out takes longer than all else that the page loads. */
const graphs = new WeakMap<Definition, Graph>();

export function graphOf(definition: Definition): Graph {
  const graph = graphs.get(definition) ?? laidOut(definition);
  graphs.set(definition, graph);
  return graph;
}

function laidOut(definition: Definition): Graph {
  if (Object.keys(definition.States).length === 0) return { width: 0, height: 0, boxes: [], lines: [] };
  const longest = Math.max(...Object.keys(definition.States).map((name) => name.length)) + FRAME;
  const boxWidth = Math.min(Math.max(longest, WIDTH.least), WIDTH.most);
  return layout(definition, { boxWidth, contentRows: () => 1 });
}

/**
 * The suffixes that start the workflow, as far as the definition has them: with a prefix it is the first state that looks at
 * suffixes, without one it is the rule.
 *
 * @returns in lower case with their dots; none if the definition doesn't have them
 */
export function suffixesIn({ StartAt, States }: Definition): string[] {
  const texts = JSON.stringify(States[StartAt] ?? {}).matchAll(/"StringMatches":"\*(\.[^"*]+)"/g);
  return [...new Set([...texts].map(([, suffix = '']) => suffix.toLowerCase()))];
}
