/** Contenders measured in turns, so that whatever else the machine does meets all of them. */

/** Milliseconds of CPU for one image, user and system together. */
export type Contender = () => Promise<number>;

export interface Measured {
  median: number;
  /** Half of all runs lie between these. */
  quartiles: [low: number, high: number];
}

/** @param runs of each; the first round warms up and is not counted */
export async function inTurns<Name extends string>(
  contenders: Record<Name, Contender>,
  runs: number,
): Promise<Record<Name, Measured>> {
  const names = Object.keys(contenders) as Name[];
  const all = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round <= runs; round++) {
    for (const name of names) {
      const cpu = await contenders[name]();
      if (round > 0) all[name].push(cpu);
    }
  }
  return Object.fromEntries(names.map((name) => [name, summarize(all[name])])) as Record<Name, Measured>;
}

/** @throws RangeError without any value */
export function summarize(values: number[]): Measured {
  if (values.length === 0) throw new RangeError('Expected at least one value to summarize');
  const sorted = [...values].sort((one, other) => one - other);
  return { median: quantile(sorted, 0.5), quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)] };
}

/** Between two values, the share of each that lies nearer. */
function quantile(sorted: number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return low + (high - low) * (at - Math.floor(at));
}
