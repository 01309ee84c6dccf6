import type { Queue } from '../messaging/queue';
import { environmentOf, type Task } from './task';

/** Seconds it may run: it waits for an Express execution, which has five minutes, and then for SQS. */
export const RESUME_TIMEOUT = 310;

/** Takes events out of the backlog queue and through the workflow. It is no state of the workflow: it starts it. */
export function resume(stateMachine: { readonly arn: string }, backlog: Queue): Task {
  return {
    description: 'Runs an event that has waited for capacity through the workflow.',
    environment: environmentOf('resume', { STATE_MACHINE_ARN: stateMachine.arn, QUEUE_URL: backlog.url }),
    statements: [
      {
        sid: 'RunTheWorkflow',
        actions: ['states:StartSyncExecution'],
        resources: [stateMachine.arn],
      },
      {
        // The first three are asked for by the event source mapping, which acts in the name of this function.
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
