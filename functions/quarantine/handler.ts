import { S3Client } from '@aws-sdk/client-s3';
import { FAILURE_FIELDS, type TaskInput } from '../../contract/states';
import { Records } from '../lib/records/records';
import { settingsHashFrom } from '../lib/records/settings-hash';
import { announcerFrom } from '../lib/runtime/announcer';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { emit } from '../lib/runtime/metrics';
import { task } from '../lib/runtime/task';
import { thumbnailBucketFrom } from '../lib/storage/thumbnail-bucket';
import { copyOriginal } from './copy';
import { quarantine } from './quarantine';

declare module '../../contract/environment' {
  interface Environments {
    quarantine: TableEnvironment &
      ThumbnailsEnvironment &
      EventsEnvironment &
      OutcomeEnvironment & {
        QUARANTINE_BUCKET: string;
        /** Of docs/operations.md, if it isn't read in the checkout. */
        RUNBOOK_URL?: string;
      };
  }
}

const environment = environmentOf<'quarantine'>();
const s3 = new S3Client(clientConfig());
const records = new Records(environment.text('TABLE_NAME'));
const thumbnails = thumbnailBucketFrom(environment, s3);
const bucket = environment.text('QUARANTINE_BUCKET');
const announce = announcerFrom(environment);
const settingsHash = settingsHashFrom(environment);
const runbook = environment.optional('RUNBOOK_URL') || undefined;

/** Milliseconds at the end of an attempt to record what became of the copy. */
const RESERVE = 1_500;

export const handler = task('failure', FAILURE_FIELDS, (input: TaskInput<'error'>, context) =>
  quarantine(
    input,
    {
      copy: (source, error) =>
        copyOriginal(s3, source, error, bucket, context.getRemainingTimeInMillis() - RESERVE),
      apply: (update) => records.apply(update),
      count: (error) => emit({ Failed: 1 }, error),
      removeBefore: (sequencer, key) => thumbnails.removeBefore(sequencer, key),
      announce,
      settingsHash,
    },
    new Date(),
    runbook,
  ),
);
