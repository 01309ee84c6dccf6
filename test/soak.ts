/** `npm run soak`: the long versions of the tests that search. */
import { defineCommand, UsageError } from '../cli/lib/command';
import { positive } from '../cli/lib/options';
import { main } from '../cli/lib/run-command';

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
  },
  details: [
    'It searches histories of objects with their events in any order, executions held up at each of their calls, and mutated images.',
  ],
  exit: { 0: 'nothing was found', 1: 'something was found; the last line repeats it' },
  run: async ({ minutes, seed = Date.now() % 2 ** 31 }) =>
    (await import('./soak/run.ts')).soak({ minutes, seed }),
});

/** @throws UsageError unless the text is a whole number */
function seed(text: string, option: string): number {
  const value = Number(text);
  if (text.trim() && Number.isSafeInteger(value)) return value;
  throw new UsageError(`Expected a whole number for ${option} but received "${text}"`);
}

if (require.main === module) void main(soak);
