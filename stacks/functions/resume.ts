import type { Queue } from '../messaging/queue';
import { environmentOf, type Task } from './task';

/** Seconds it may run: it waits for an Express execution, which has five minutes, and then for SQS. */
export const RESUME_TIMEOUT = 310;

/** Takes events out of the backlog and runs the workflow with them. It isn't a state of the workflow: it starts it. */
export function resume(stateMachine: { readonly arn: string }, backlog: Queue): Task {
  return {
    description: 'Runs the workflow with an event that has waited for capacity.',
    environment: environmentOf('resume', { STATE_MACHINE_ARN: stateMachine.arn, QUEUE_URL: backlog.url }),
    statements: [
      {
        sid: 'RunTheWorkflow',
        actions: ['states:StartSyncExecution'],
        resources: [stateMachine.arn],
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
  };
}
