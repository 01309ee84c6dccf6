/** Measures contenders in turns, so that other load on the machine affects all of them alike. */

/** Returns milliseconds of CPU time for one image, user and system together. */
export type Contender = () => Promise<number>;

export interface Measured {
  median: number;
  /** The middle half of all runs lies between these. */
  quartiles: [low: number, high: number];
}

/** @param runs how often to measure each; one more round comes first as a warm-up and isn't counted */
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

/** @throws RangeError if there are no values */
export function summarize(values: number[]): Measured {
  if (values.length === 0) throw new RangeError('Expected at least one value to summarize');
  const sorted = [...values].sort((one, other) => one - other);
  return { median: quantile(sorted, 0.5), quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)] };
}

/** Interpolates linearly between the two nearest values. */
function quantile(sorted: number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return low + (high - low) * (at - Math.floor(at));
}
