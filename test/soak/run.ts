import type { Result } from '../../cli/lib/command';
import { busyDay } from './day/run';
import { searchHistories } from './histories';
import { searchImages } from './images';
import { measureMemory } from './memory';

/** What can run, in this order, each with its share of the time. Memory takes as long as its uploads take. */
const PARTS = {
  histories: { share: 0.3, run: searchHistories },
  images: { share: 0.3, run: searchImages },
  day: { share: 0.4, run: busyDay },
  memory: { share: 0, run: measureMemory },
};

export type Part = keyof typeof PARTS;

export interface SoakOptions {
  minutes: number;
  seed: number;
  uploads: number;
  /** Runs alone, in all of the time. @default every part but memory */
  part?: Part;
}

export async function soak({ minutes, seed, uploads, part }: SoakOptions): Promise<Result> {
  console.log(`Seed ${seed}`);
  const parts = part ? [part] : (Object.keys(PARTS) as Part[]).filter((name) => PARTS[name].share > 0);
  const failures: string[] = [];
  for (const name of parts) {
    const share = part ? 1 : PARTS[name].share;
    const failure = await PARTS[name].run({ minutes: minutes * share, seed, uploads });
    if (failure !== null) failures.push(failure);
  }
  for (const failure of failures) console.error(`\n${failure}`);
  if (failures.length === 0) return { ok: true, summary: 'Nothing was found.' };
  const again = `npm run soak -- --minutes ${minutes} --seed ${seed}${part ? ` --part ${part}` : ''}`;
  return { ok: false, summary: `To repeat it: ${again}` };
}
