/** Measures contenders in rounds, and compares them within each round, because the load of the machine changes between rounds. */
import { summarize } from '../images/measure';
import type { Cost } from './process';

export type Costs<Name extends string> = Record<Name, Cost[]>;

/** @param runs number of rounds; one more comes first as a warm-up and isn't counted */
export async function rounds<Name extends string>(
  contenders: Record<Name, () => Promise<Cost>>,
  runs: number,
): Promise<Costs<Name>> {
  const names = Object.keys(contenders) as Name[];
  const costs = Object.fromEntries(names.map((name) => [name, [] as Cost[]])) as Costs<Name>;
  for (let round = 0; round <= runs; round++) {
    // Every second round runs backwards, so that none always follows the same neighbour.
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const cost = await contenders[name]();
      if (round > 0) costs[name].push(cost);
    }
  }
  return costs;
}

/** Median of the CPU times of the first, each as a share of the second's in the same round. */
export const ratio = (one: Cost[], other: Cost[]): number =>
  summarize(one.map(({ cpu }, round) => cpu / other[round]!.cpu)).median;

/** Median, and in brackets the middle half. */
export function shown(costs: Cost[], what: keyof Cost): string {
  const { median, quartiles } = summarize(costs.map((cost) => cost[what]));
  const [low, high] = quartiles.map((value) => value.toFixed(0));
  return `${median.toFixed(0)} (${low}–${high})`;
}
