/** A part of order.slow.test.ts: some of its histories, and each race, held up at every 24th of its calls. */
import fc from 'fast-check';
import { Cloud } from './cloud';
import { type Content, makeContents } from './contents';
import { convergence, histories } from './histories';
import { RACES, race } from './races';

let cloud: Cloud;
let contents: Record<Content, Buffer>;
beforeAll(async () => {
  contents = await makeContents();
  cloud = await Cloud.open();
});
afterAll(() => cloud?.close());

describe('whatever happens to objects, and even if events arrive late, repeatedly and out of order, the result matches S3', () => {
  describe.each([
    ['with versions', true, { seed: 100, numRuns: 2 }],
    ['without versions', false, { seed: 100, numRuns: 2 }],
  ])('in a bucket %s', (_, versioned, which) => {
    test('in a few histories', () => fc.assert(convergence(cloud, contents, versioned), which));

    test('which have operations of each kind, late and repeated events, and executions that take turns', () => {
      const sample = fc.sample(histories(versioned), which);
      const kinds = sample.flatMap(({ operations }) => operations.map((operation) => operation.do));
      expect(new Set(kinds)).toEqual(new Set(['put', 'delete', 'backfill', ...(versioned ? ['purge'] : [])]));
      expect(new Set(sample.map(({ late }) => late))).toEqual(new Set([true, false]));
      expect(sample.flatMap(({ deliveries }) => deliveries)).toContain(2);
      expect(sample.some(({ switches }) => switches.length > 3)).toBe(true);
    });
  });
});

describe('whichever call an execution is held up at, the result matches S3 when an object', () => {
  // Each race begins at another call.
  test.each(RACES.map((given, from) => ({ ...given, from })))('$name', async ({ from, ...given }) => {
    expect(await race(cloud, contents, given, { from, step: 24 })).toBeGreaterThan(20);
  });
});
