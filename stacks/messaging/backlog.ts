import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Construct } from 'constructs';
import { CATALOGUE } from '../catalogue';
import type { WorkflowFunction } from '../functions/workflow-function';
import type { Key } from '../security/key';
import { Queue } from './queue';

/** As AWS advises, so that a mapping whose function is throttled can try again: services-sqs-configure.html of Lambda's guide. */
const VISIBILITY_TIMEOUT = 6 * CATALOGUE.resume.timeoutSeconds;

/**
 * How often a message is received before it counts as one that never ends. Waits of half an hour to an hour make about
 * 60 in the day after which it becomes a failure by itself. What can't even be started comes back after the visibility
 * timeout, 650 times in the 14 days that SQS keeps it: it has to be moved before those are over.
 */
const MAX_RECEIVES = 200;

export interface BacklogProps {
  readonly name: string;
  /** Takes messages that were received again and again, and never ended. */
  readonly failures: Queue;
  /**
   * Encrypts the messages.
   * @default - the key of SQS
   */
  readonly key?: Key;
}

/** Where events wait for capacity, and come back into the workflow at a bounded concurrency. */
export class Backlog extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { name, failures, key }: BacklogProps) {
    super(scope, id);
    this.queue = new Queue(this, 'queue', {
      name,
      key,
      visibilityTimeoutSeconds: VISIBILITY_TIMEOUT,
      redrive: { queue: failures, maxReceiveCount: MAX_RECEIVES },
    });
  }

  /**
   * @param resume runs the event of one message through the workflow, and waits for the end
   * @param concurrency how many of them at once, 2 to 1,000
   */
  resumeBy(resume: WorkflowFunction, concurrency: number): void {
    new LambdaEventSourceMapping(this, 'mapping', {
      eventSourceArn: this.queue.arn,
      // As the state machine, which it starts: Terraform changes settings and code of `$LATEST` one after the other. A
      // mapping takes another version in place, so a deploy does not replace it: UpdateEventSourceMapping, FunctionName.
      functionName: resume.versionArn,
      batchSize: 1,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: concurrency },
    });
  }
}
