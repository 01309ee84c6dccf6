import { ONLY, type Only } from '../../contract/backfill';
import { either } from '../../contract/text';
import { defineCommand, UsageError } from '../lib/command';
import { count, MOMENTS, moment, TARGET } from '../lib/options';

function readOnly(text: string, option: string): Only {
  if ((ONLY as readonly string[]).includes(text)) return text as Only;
  throw new UsageError(`Expected ${either(ONLY)} for ${option} but received "${text}"`);
}

export const backfill = defineCommand({
  name: 'backfill',
  summary:
    'Makes the thumbnails of images that are in the bucket already, or that are stale, and says the price first.',
  changes: true,
  options: {
    prefix: { value: 'P', help: 'only images whose key starts with P' },
    only: {
      value: 'WHICH',
      default: 'all',
      read: readOnly,
      help: 'missing: without a record; stale: made or refused with other settings; failed: those that are FAILED, once more; all: missing and stale',
    },
    since: { value: 'D', read: moment, help: `only objects that were changed since D: ${MOMENTS}` },
    inventory: {
      value: 'S3URL',
      help: 'read the objects from this manifest.json of an S3 Inventory rather than list the bucket',
    },
    concurrency: {
      value: 'N',
      read: count,
      help: 'work on at most this many images at once',
      defaultHelp: 'backfill.concurrency of the settings',
    },
    limit: { value: 'N', read: count, help: 'look at no more than this many objects' },
    'dry-run': {
      help: 'count, and say what it would cost and how long it would take, without starting anything',
    },
    yes: { help: 'start without asking' },
    status: { help: 'show how far a run is, and follow it' },
    stop: { help: 'stop the run that is under way: what is made stays' },
    resume: { help: 'go on with a run that failed or was stopped' },
    report: { help: 'list the images that failed, with the reasons' },
    ...TARGET,
  },
  arguments: {
    usage: '[RUN]',
    help: 'with --status, --resume and --report: the name of a run; the latest one without it',
  },
  details: [
    'Each object is looked at once, and its record is read. What is of the version in the bucket and of the settings of now is left alone, whether it is DONE or FAILED, so to run it again costs next to nothing. To run one image again, or what failed of late: npm run replay.',
    'The run goes on in Step Functions when this command ends. Nobody is notified of each image: the report names what failed, and one mail says that the run has ended.',
    'The stack needs the setting backfill.enabled: docs/backfill.md.',
  ],
  exit: { 0: 'all is well', 1: 'images failed, the run failed or was stopped, or there is nothing to do' },
  run: async (values, rest) => (await import('./run.ts')).runBackfill(values, rest),
});
