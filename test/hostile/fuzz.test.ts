import { fuzzImages } from './fuzz';

test('each of a few mutated images, the same every time, ends as a thumbnail or with a permanent error, within its limits of time and memory', async () => {
  const { failure, outcomes } = await fuzzImages({ seed: 1, runs: 60 });
  if (failure) throw new Error(`${failure.what}; the image is ${failure.file}`);
  // Enough of them reached the decoder, and passed it.
  expect(outcomes.thumbnail).toBeGreaterThan(3);
  expect(outcomes.CorruptImage).toBeGreaterThan(3);
});
