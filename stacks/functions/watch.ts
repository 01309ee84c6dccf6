import { PROCESSING_INDEX } from '../../contract/record';
import { environmentOf, type Resources, type Task } from './task';

/** Seconds it may run: it sends sixteen short queries to the index at once. */
export const WATCH_TIMEOUT = 30;

/** Counts images that have been PROCESSING for too long. It isn't a state of the workflow: a schedule runs it. */
export function watch({ records }: Pick<Resources, 'records'>): Task {
  return {
    description: 'Counts images that have been PROCESSING for too long.',
    environment: environmentOf('watch', { TABLE_NAME: records.name }),
    statements: [
      {
        // Of the index alone, which holds only keys. The query returns a count.
        sid: 'CountStuckRecords',
        actions: ['dynamodb:Query'],
        resources: [`${records.arn}/index/${PROCESSING_INDEX}`],
      },
    ],
  };
}
