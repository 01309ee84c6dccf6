import fc from 'fast-check';
import type { Result } from '../../cli/lib/command';
import { fuzzImages } from '../hostile/fuzz';
import { Cloud } from '../order/cloud';
import { makeContents } from '../order/contents';
import { convergence } from '../order/histories';
import { MORE_RACES, RACES, race } from '../order/races';

export interface SoakOptions {
  minutes: number;
  seed: number;
}

/** Shares of the time: the most goes to what has the most to find. */
const SHARES = { versioned: 0.4, unversioned: 0.1, images: 0.5 };

/** Reports progress, at most every ten seconds. */
function progress(what: string): (runs: number) => void {
  let last = Date.now();
  return (runs) => {
    if (Date.now() - last < 10_000) return;
    last = Date.now();
    console.log(`${new Date().toISOString()} ${what}: ${runs}`);
  };
}

async function order({ minutes, seed }: SoakOptions): Promise<string | null> {
  const contents = await makeContents();
  const cloud = await Cloud.open();
  try {
    for (const given of [...RACES, ...MORE_RACES]) {
      console.log(`An object ${given.name}: held up at ${await race(cloud, contents, given)} calls`);
    }
    for (const versioned of [true, false]) {
      const what = `histories in a bucket ${versioned ? 'with' : 'without'} versions`;
      const told = progress(what);
      let runs = 0;
      const property = convergence(cloud, contents, versioned).beforeEach(async () => told(++runs));
      const share = versioned ? SHARES.versioned : SHARES.unversioned;
      const details = await fc.check(property, {
        seed,
        numRuns: Number.MAX_SAFE_INTEGER,
        interruptAfterTimeLimit: minutes * 60_000 * share,
      });
      if (details.failed) return fc.defaultReportMessage(details) ?? null;
      console.log(`${runs} ${what}: all ended in order`);
    }
    return null;
  } finally {
    await cloud.close();
  }
}

async function images({ minutes, seed }: SoakOptions): Promise<string | null> {
  const told = progress('images');
  const result = await fuzzImages({
    seed,
    minutes: minutes * SHARES.images,
    report: ({ runs }) => told(runs),
  });
  console.log(`${result.runs} images:`, result.outcomes);
  const { failure } = result;
  return failure && `${failure.what}. The image is ${failure.file}`;
}

export async function soak(options: SoakOptions): Promise<Result> {
  const { minutes, seed } = options;
  console.log(`Seed ${seed}`);
  const failures = [await order(options), await images(options)].filter((failure) => failure !== null);
  for (const failure of failures) console.error(`\n${failure}`);
  return failures.length === 0
    ? { ok: true, summary: 'Nothing was found.' }
    : { ok: false, summary: `To repeat it: npm run soak -- --minutes ${minutes} --seed ${seed}` };
}
