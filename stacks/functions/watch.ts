import { PROCESSING_INDEX } from '../../contract/record';
import { environmentOf, type Resources, type Task } from './task';

/** Seconds it may run: it asks the index sixteen short questions at once. */
export const WATCH_TIMEOUT = 30;

/** Counts what never came to an end. It is no state of the workflow: a schedule runs it. */
export function watch({ records }: Pick<Resources, 'records'>): Task {
  return {
    description: 'Counts images that have been PROCESSING for long.',
    environment: environmentOf('watch', { TABLE_NAME: records.name }),
    statements: [
      {
        // Of the index alone: it holds keys, and the query answers a number.
        sid: 'CountWhatIsProcessing',
        actions: ['dynamodb:Query'],
        resources: [`${records.arn}/index/${PROCESSING_INDEX}`],
      },
    ],
  };
}
