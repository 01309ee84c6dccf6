import fc from 'fast-check';
import { Cloud } from '../order/cloud';
import { makeContents } from '../order/contents';
import { convergence } from '../order/histories';
import { MORE_RACES, RACES, race } from '../order/races';
import { progress } from './progress';

/** Shares of the time. A bucket with versions has more that can go wrong. */
const SHARES = { versioned: 0.8, unversioned: 0.2 };

/** Searches histories of objects whose events come in any order. @returns what it found; null if nothing */
export async function searchHistories({
  minutes,
  seed,
}: {
  minutes: number;
  seed: number;
}): Promise<string | null> {
  const contents = await makeContents();
  const cloud = await Cloud.open();
  try {
    for (const given of [...RACES, ...MORE_RACES]) {
      console.log(`An object ${given.name}: held up at ${await race(cloud, contents, given)} calls`);
    }
    for (const versioned of [true, false]) {
      const what = `histories in a bucket ${versioned ? 'with' : 'without'} versions`;
      const report = progress(what);
      let runs = 0;
      const property = convergence(cloud, contents, versioned).beforeEach(async () => report(++runs));
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
