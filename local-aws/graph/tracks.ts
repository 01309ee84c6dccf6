/** Horizontal tracks between two rows of boxes. */

/** Joins a column where a line comes down with a column where it goes on. Wires to one target share a track. */
export interface Wire {
  target: string;
  from: number;
  to: number;
}

export interface Tracks {
  /** Rows the tracks take. */
  count: number;
  /** The row of each target's track, from the top; a target whose lines only go straight down has none. */
  of: Map<string, number>;
}

interface Group {
  target: string;
  from: number[];
  to: number[];
  low: number;
  high: number;
}

/** Trying all orders of more tracks than this would take too long, so they keep their order. */
const MOST_ORDERED = 6;

/** Lines on top of each other are wrong; crossings are only ugly. */
const OVERLAP = 1_000;

/** Puts the tracks in the order with the fewest crossings, and with no two lines on top of each other. */
export function routeTracks(wires: Wire[]): Tracks {
  const groups = [...new Set(wires.map(({ target }) => target))]
    .map((target): Group => {
      const own = wires.filter((wire) => wire.target === target);
      const [from, to] = [own.map((wire) => wire.from), own.map((wire) => wire.to)];
      return { target, from, to, low: Math.min(...from, ...to), high: Math.max(...from, ...to) };
    })
    .filter(({ low, high }) => low < high);
  const orders = groups.length <= MOST_ORDERED ? permutations(groups) : [groups];
  const best = orders.reduce((least, order) => (cost(order) < cost(least) ? order : least));
  return { count: best.length, of: new Map(best.map(({ target }, row) => [target, row])) };
}

function cost(order: Group[]): number {
  let sum = 0;
  order.forEach((upper, index) => {
    for (const lower of order.slice(index + 1)) {
      // On its way down the upper track passes the lower one, and the other way round.
      for (const column of upper.to) {
        if (lower.from.includes(column)) sum += OVERLAP;
        else if (column > lower.low && column < lower.high) sum++;
      }
      for (const column of lower.from) if (column > upper.low && column < upper.high) sum++;
    }
  });
  return sum;
}

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
