import fc from 'fast-check';
import { Cloud } from './cloud';
import { type Content, makeContents } from './contents';
import { convergence } from './histories';
import { RACES, race } from './races';

let cloud: Cloud;
let contents: Record<Content, Buffer>;
beforeAll(async () => {
  contents = await makeContents();
  cloud = await Cloud.open();
});
afterAll(() => cloud?.close());

describe('whatever happens to objects, and even if events arrive late, repeatedly and out of order, the result matches S3', () => {
  test.each([
    ['with versions', true, 30],
    ['without versions', false, 12],
  ])('in a bucket %s', (_, versioned, numRuns) =>
    fc.assert(convergence(cloud, contents, versioned), { numRuns }),
  );
});

describe('whichever call an execution is held up at, the result matches S3 when an object', () => {
  test.each(RACES)('$name', async (given) => {
    expect(await race(cloud, contents, given)).toBeGreaterThan(20);
  });
});
