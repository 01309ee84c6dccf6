import { defineCommand } from '../lib/command';
import { positive, TARGET } from '../lib/options';
import { readQueues } from './names';

export const redrive = defineCommand({
  name: 'redrive',
  summary: 'Starts an execution for each event in the dead-letter queue and the failure queue.',
  changes: true,
  options: {
    queue: { value: 'NAME', default: 'both', read: readQueues, help: 'dead-letters, failures or both' },
    'dry-run': { help: 'count the messages and show some of them, without starting anything' },
    rate: { value: 'N', default: '5', read: positive, help: 'start at most this many executions a second' },
    ...TARGET,
  },
  details: [
    'dead-letters holds events for which EventBridge could not start an execution; failures holds failures that could not be published, and events that the backlog gave up on.',
    'Fix the cause first: an image that is itself bad fails again. You can stop it and run it again at any time. A message is deleted only after its execution was accepted, so at worst an event runs twice, and that does no harm: records and thumbnails are written under conditions, and success is announced once for each version of an object.',
  ],
  exit: { 0: 'every event was started', 1: 'some messages stay in the queue' },
  run: async (values) => (await import('./run.ts')).redriveQueues(values),
});
