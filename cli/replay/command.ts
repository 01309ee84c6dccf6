import { defineCommand } from '../lib/command';
import { count, MOMENTS, moment, positive, TARGET } from '../lib/options';

export const replay = defineCommand({
  name: 'replay',
  summary: 'Runs images through the workflow again, from their records.',
  changes: true,
  options: {
    key: { value: 'K', help: 'one image' },
    'key-base64': {
      value: 'K',
      help: 'one image, by its key in Base64, as mails have it: no shell takes anything in it for more than itself',
    },
    prefix: { value: 'P', help: 'every image whose key starts with P' },
    'failed-since': { value: 'T', read: moment, help: `every image that is FAILED since T: ${MOMENTS}` },
    resume: { value: 'FILE', help: 'continue a --prefix that was interrupted: FILE is its journal' },
    'dry-run': { help: 'count the images and show some of them, without running any' },
    yes: { help: 'go ahead even with more than 1,000 images' },
    rate: { value: 'N', default: '5', read: positive, help: 'start at most this many images a second' },
    concurrency: { value: 'N', default: '4', read: count, help: 'work on at most this many images at once' },
    ...TARGET,
  },
  details: [
    'It runs exactly the version that is recorded. When the object was deleted but its thumbnails are left, it runs the deletion.',
    'Give exactly one of --key, --key-base64, --prefix, --failed-since and --resume.',
    'Fix the cause first: an image that is itself bad fails again, and its failure is mailed again. You can stop it and run it again at any time: thumbnails that exist are kept unless the preset has changed, a newer version wins, and success is announced once for each version. What --failed-since has done is no longer FAILED, so the same command continues where it was interrupted.',
  ],
  exit: { 0: 'all is well', 1: 'some images failed, are gone or have no record, or it was stopped early' },
  run: async (values) => (await import('./run.ts')).replayImages(values),
});
