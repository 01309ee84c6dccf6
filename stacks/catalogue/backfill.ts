import { type BackgroundFunction, environmentOf } from './entry';
import { imageEnvironment, outcomeEnvironment, uploadsEnvironment } from './environment';
import { distinguishMissingFromForbidden } from './permissions';

/** It isn't a state of the workflow: the children of a backfill invoke it, and it starts the workflow. */
export const backfill = {
  kind: 'background',
  folder: 'backfill',
  description: 'Runs the workflow for those images of a batch that have no thumbnails, or stale ones.',
  note: 'It exists only if `backfill.enabled` is set.',
  existsFor: (settings) => settings.backfill.enabled,
  memoryMb: 256,
  // With the waits before its retries it has to fit into the five minutes of a child: stacks/backfill/definition.ts.
  timeoutSeconds: 170,
  reservable: true,
  environment: (given) => {
    const { settings, stateMachine, records } = given;
    const {
      ACCEPTED_FORMATS: _,
      MAX_BYTES: __,
      MAX_PIXELS: ___,
      MAX_SIDE: ____,
      ...recipes
    } = imageEnvironment(given);
    return environmentOf('backfill', {
      TABLE_NAME: records.name,
      ...recipes,
      ...uploadsEnvironment(given),
      UPLOADS_SUFFIXES: settings.uploads.suffixes.join(','),
      ...outcomeEnvironment(given),
      STATE_MACHINE_ARN: stateMachine().arn,
    });
  },
  permissions: ({ uploads, records, stateMachine }) => [
    {
      // HeadObject says which version is the current one. It reads no image.
      sid: 'CheckTheCurrentVersion',
      actions: ['s3:GetObject'],
      resources: [uploads.objectsArn],
    },
    distinguishMissingFromForbidden(uploads),
    {
      // It reads the record of each image, and counts in an item of its own what the run has done.
      sid: 'ReadRecordsAndCount',
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      resources: [records.arn],
    },
    {
      sid: 'RunTheWorkflow',
      actions: ['states:StartSyncExecution'],
      resources: [stateMachine().arn],
    },
  ],
} as const satisfies BackgroundFunction;
