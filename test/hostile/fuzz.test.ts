import { fuzzImages } from './fuzz';

test('a mutated image ends as a thumbnail or with a permanent error, in time and within memory', async () => {
  const { failure, seed, runs, outcomes } = await fuzzImages({ runs: 1_000 });
  if (failure) {
    throw new Error(
      `${failure.what}. To repeat: fuzzImages({ seed: ${seed}, runs: ${runs} }); the image is ${failure.file}`,
    );
  }
  // Enough of them got as far as the decoder, and through it.
  expect(outcomes.thumbnail).toBeGreaterThan(50);
  expect(outcomes.CorruptImage).toBeGreaterThan(50);
}, 180_000);
