import { environmentOf, type Resources, type Task } from './task';

/** Publishes one message and marks the record as notified. */
export function notify({ processed, records }: Resources): Task {
  return {
    description: 'Tells the processed topic about an image that is done.',
    environment: environmentOf('notify', { TABLE_NAME: records.name, TOPIC_ARN: processed.arn }),
    statements: [
      {
        sid: 'TellSubscribers',
        actions: ['sns:Publish'],
        resources: [processed.arn],
      },
      {
        // So that a repeated run of the same version stays silent.
        sid: 'MarkTheRecordAsNotified',
        actions: ['dynamodb:UpdateItem'],
        resources: [records.arn],
      },
    ],
  };
}
