import { type BackgroundFunction, environmentOf } from './entry';

/** It isn't a state of the workflow: it starts the workflow with events from the backlog. */
export const resume = {
  kind: 'background',
  folder: 'resume',
  description: 'Runs the workflow with an event that has waited for capacity.',
  note: 'It may run as long as an execution.',
  memoryMb: 256,
  // It waits for an Express execution, which has five minutes, and then for SQS.
  timeoutSeconds: 310,
  reservable: true,
  impact: 'Events do not come out of the backlog, so these images wait for their thumbnails.',
  environment: ({ stateMachine, backlog }) =>
    environmentOf('resume', { STATE_MACHINE_ARN: stateMachine().arn, QUEUE_URL: backlog.url }),
  permissions: ({ stateMachine, backlog }) => [
    {
      sid: 'RunTheWorkflow',
      actions: ['states:StartSyncExecution'],
      resources: [stateMachine().arn],
    },
    {
      // The event source mapping needs the first three; it uses the role of this function.
      sid: 'ReceiveFromTheBacklog',
      actions: [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ChangeMessageVisibility',
      ],
      resources: [backlog.arn],
    },
  ],
} as const satisfies BackgroundFunction;
