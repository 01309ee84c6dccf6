import { fuzzImages } from './fuzz';

test('a mutated image ends as a thumbnail or with a permanent error, within its limits of time and memory', async () => {
  const { failure, seed, runs, outcomes } = await fuzzImages({ runs: 1_000 });
  if (failure) {
    throw new Error(
      `${failure.what}. To repeat: fuzzImages({ seed: ${seed}, runs: ${runs} }); the image is ${failure.file}`,
    );
  }
  // Enough of them reached the decoder, and passed it.
  expect(outcomes.thumbnail).toBeGreaterThan(50);
  expect(outcomes.CorruptImage).toBeGreaterThan(50);
}, 180_000);
