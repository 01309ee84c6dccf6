/** Vertical lanes, for lines that pass other boxes on their way down. */

import { type Columns, GAP } from './columns';
import type { Edge } from './edges';

export interface Grid {
  edges: Edge[];
  /** Row of each state. */
  ranks: Map<string, number>;
  columns: Columns;
  boxWidth: number;
}

/** How a line leaves its box, and where it goes down; if it has no lane, straight to the next row. */
export interface Exit {
  side: 'below' | 'right';
  lane?: number;
}

const isLong = ({ ranks }: Grid, { from, to }: Edge) => ranks.get(from)! + 1 < ranks.get(to)!;

/** The path without failures runs between the boxes if there is room. */
const passageOf = (grid: Grid, edge: Edge) =>
  !edge.isCatch && isLong(grid, edge) ? grid.columns.passages.get(edge.to) : undefined;

/** Decides for every line. Lines into the same state share a lane. */
export function chooseExits(grid: Grid): Map<Edge, Exit> {
  const lanes = chooseLanes(grid);
  return new Map(
    grid.edges.map((edge): [Edge, Exit] => {
      const passage = passageOf(grid, edge);
      if (passage !== undefined) return [edge, { side: 'below', lane: passage }];
      const lane = lanes.get(edge.to);
      if (lane === undefined || !(edge.isCatch || isLong(grid, edge))) return [edge, { side: 'below' }];
      return [edge, { side: isClear(grid, edge.from, lane) ? 'right' : 'below', lane }];
    }),
  );
}

/** Whether nothing is between the right border of a box and a column. */
function isClear({ ranks, columns, boxWidth }: Grid, from: string, lane: number): boolean {
  const right = columns.boxes.get(from)! + boxWidth;
  const row = [...columns.boxes].filter(([name]) => ranks.get(name) === ranks.get(from));
  return lane > right && row.every(([, left]) => left < right || left > lane);
}

/**
 * One column for each state with lines that need a lane, as close to the boxes as possible. States reached earlier get
 * theirs first, and so are further inside.
 */
function chooseLanes(grid: Grid): Map<string, number> {
  const { edges, ranks, columns, boxWidth } = grid;
  const wanted = [...new Set(edges.map(({ to }) => to))]
    .map((to) => {
      const into = edges.filter((edge) => edge.to === to && passageOf(grid, edge) === undefined);
      const users = into.some((edge) => isLong(grid, edge))
        ? into.filter((edge) => edge.isCatch || isLong(grid, edge))
        : [];
      return {
        to,
        users,
        first: Math.min(...users.map(({ from }) => ranks.get(from)!)),
        last: ranks.get(to)! - 1,
      };
    })
    .filter(({ users }) => users.length > 0)
    .sort((a, b) => a.last - b.last || b.first - a.first);

  const lanes = new Map<string, number>();
  for (const { to, users, first, last } of wanted) {
    const spans = (rank: number) => rank >= first && rank <= last;
    const boxes = [...columns.boxes].filter(([name]) => spans(ranks.get(name)!)).map(([, left]) => left);
    const others = [
      ...wanted
        .filter((other) => other.first <= last && other.last >= first)
        .map((other) => lanes.get(other.to)),
      ...columns.passages.values(),
    ].filter((column) => column !== undefined);
    const isFree = (column: number) =>
      boxes.every((left) => column < left - 1 || column > left + boxWidth) &&
      others.every((other) => Math.abs(other - column) >= GAP);
    let column = Math.min(...users.map(({ from }) => columns.boxes.get(from)! + boxWidth)) + 1;
    while (!isFree(column)) column++;
    lanes.set(to, column);
  }
  return lanes;
}
