import { defineCommand } from '../lib/command';
import { positive, TARGET } from '../lib/options';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Checks whether a deployed stack works, by uploading a small image of its own.',
  changes: true,
  details: [
    'It looks at the bucket, the subscribers and the queues, then uploads the image, waits for its record, its thumbnails and the message, and removes all of it again. When something is missing it says what usually causes that and what to do. Subscribers receive the message about this image like any other.',
  ],
  options: {
    timeout: {
      value: 'SECONDS',
      default: '60',
      read: positive,
      help: 'how long to wait for the image to be done, and again for its removal',
    },
    ...TARGET,
  },
  exit: { 0: 'it works, perhaps with warnings', 1: 'something is wrong' },
  run: async (values) => (await import('./run.ts')).examine(values),
});
