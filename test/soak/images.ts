import { fuzzImages } from '../hostile/fuzz';
import { progress } from './progress';

/** Searches mutated images for one that crashes a decoder or takes too long. @returns what it found; null if nothing */
export async function searchImages(options: { minutes: number; seed: number }): Promise<string | null> {
  const report = progress('images');
  const result = await fuzzImages({ ...options, report: ({ runs }) => report(runs) });
  console.log(`${result.runs} images:`, result.outcomes);
  const { failure } = result;
  return failure && `${failure.what}. The image is ${failure.file}`;
}
