import { defineCommand } from '../lib/command';
import { positive, TARGET } from '../lib/options';

export const stuck = defineCommand({
  name: 'stuck',
  summary: 'Lists images that have been PROCESSING for a long time.',
  details: [
    'Their execution died without recording an error, for example because five minutes were over, or they wait in the backlog for capacity.',
  ],
  options: {
    minutes: {
      value: 'N',
      default: '10',
      read: positive,
      help: 'list what has been PROCESSING for longer than this',
    },
    ...TARGET,
  },
  exit: { 0: 'there are none', 1: 'there are some' },
  run: async (values) => (await import('./run.ts')).listStuck(values),
});
