/** `npm run soak`: the long versions of the tests that search. */
import { defineCommand, UsageError } from '../cli/lib/command';
import { positive } from '../cli/lib/options';
import { main } from '../cli/lib/run-command';
import type { Part } from './soak/run';

const ALL_PARTS: Part[] = ['histories', 'images', 'day', 'memory'];

export const soak = defineCommand({
  name: 'soak',
  summary: 'Runs the tests that search for longer than npm test does.',
  options: {
    minutes: { value: 'N', default: '10', read: positive, help: 'for how long' },
    seed: {
      value: 'N',
      read: seed,
      help: 'repeat a run with the seed that it printed',
      defaultHelp: 'a new one',
    },
    part: { value: 'NAME', read: part, help: `run one part alone: ${ALL_PARTS.join(', ')}` },
    uploads: {
      value: 'N',
      default: '10000',
      read: positive,
      help: 'how many uploads the part "memory" makes',
    },
  },
  details: [
    'It searches histories of objects with their events in any order, executions held up at each of their calls, and mutated images.',
    'On a busy day, it uploads, overwrites and deletes as fast as it can while it kills the engine, fills its disk and sets its clock, and then compares everything with what was acknowledged. As root on Linux it mounts a file system in memory for that; otherwise the full disk is simulated.',
    'The part "memory" runs only when it is named. It uploads image after image and says how the memory of the engine and of each function grows.',
  ],
  exit: { 0: 'nothing was found', 1: 'something was found; the last line repeats it' },
  run: async ({ seed = Date.now() % 2 ** 31, ...values }) =>
    (await import('./soak/run.ts')).soak({ seed, ...values }),
});

/** @throws UsageError unless the text is a whole number */
function seed(text: string, option: string): number {
  const value = Number(text);
  if (text.trim() && Number.isSafeInteger(value)) return value;
  throw new UsageError(`Expected a whole number for ${option} but received "${text}"`);
}

/** @throws UsageError unless there is such a part */
function part(text: string, option: string): Part {
  const found = ALL_PARTS.find((name) => name === text);
  if (found) return found;
  throw new UsageError(`Expected one of ${ALL_PARTS.join(', ')} for ${option} but received "${text}"`);
}

if (require.main === module) void main(soak);
