import { PROCESSING_INDEX } from '../../contract/record';
import { type BackgroundFunction, environmentOf } from './entry';

/** It isn't a state of the workflow: a schedule invokes it. */
export const watch = {
  kind: 'background',
  folder: 'watch',
  description: 'Counts images that have been PROCESSING for too long.',
  note: 'It runs every five minutes.',
  memoryMb: 256,
  // It sends sixteen short queries to the index at once.
  timeoutSeconds: 30,
  reservable: false,
  environment: ({ records }) => environmentOf('watch', { TABLE_NAME: records.name }),
  permissions: ({ records }) => [
    {
      // Of the index alone, which holds only keys. The query returns a count.
      sid: 'CountStuckRecords',
      actions: ['dynamodb:Query'],
      resources: [`${records.arn}/index/${PROCESSING_INDEX}`],
    },
  ],
} as const satisfies BackgroundFunction;
