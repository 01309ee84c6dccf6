import { environmentOf, type Resources, type Task } from './task';

/** Publishes one message and marks the record as notified. */
export function notify({ processed, records }: Resources): Task {
  return {
    description: 'Publishes a message about an image whose thumbnails are ready.',
    environment: environmentOf('notify', { TABLE_NAME: records.name, TOPIC_ARN: processed.arn }),
    statements: [
      {
        sid: 'NotifySubscribers',
        actions: ['sns:Publish'],
        resources: [processed.arn],
      },
      {
        // A repeated run of the same version sees the mark and sends nothing.
        sid: 'MarkTheRecordAsNotified',
        actions: ['dynamodb:UpdateItem'],
        resources: [records.arn],
      },
    ],
  };
}
