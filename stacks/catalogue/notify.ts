import { environmentOf, type StateFunction } from './entry';
import { eventsEnvironment } from './environment';

export const notify = {
  kind: 'state',
  folder: 'notify',
  description: 'Publishes a message about an image whose thumbnails are ready.',
  memoryMb: 512,
  timeoutSeconds: 3,
  impact: 'Thumbnails and records are complete, but subscribers are not notified.',
  environment: (given) =>
    environmentOf('notify', {
      TABLE_NAME: given.records.name,
      TOPIC_ARN: given.processed.arn,
      ...eventsEnvironment(given),
      ...(given.settings.delivery.viewers === 'signed' && { PRIVATE_URLS: 'true' }),
    }),
  permissions: ({ records, processed }) => [
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
} as const satisfies StateFunction;
