import { LambdaEventSourceMapping } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Construct } from 'constructs';
import { CATALOGUE } from '../catalogue';
import type { WorkflowFunction } from '../functions/workflow-function';
import type { Key } from '../security/key';
import { Queue } from './queue';

/** Six times the function's timeout, as AWS advises: docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY_TIMEOUT = 6 * CATALOGUE.resume.timeoutSeconds;

/**
 * How often a message is received before it moves to the failure queue. An event that finds no capacity waits up to an hour
 * each time, so it comes back about 60 times before it fails after a day. An event that can't even be started comes back
 * after each visibility timeout, 650 times in the 14 days that SQS keeps it, and has to move before those are over.
 */
const MAX_RECEIVES = 200;

export interface BacklogProps {
  readonly name: string;
  /** Gets the messages that were received again and again without finishing. */
  readonly failures: Queue;
  /**
   * Encrypts the messages.
   * @default - the key of SQS
   */
  readonly key?: Key;
}

/** Events wait here for capacity, and come back into the workflow with limited concurrency. */
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
   * @param resume the function that runs the event of one message through the workflow and waits for the end
   * @param concurrency how many messages it works on at once, 2 to 1,000
   */
  resumeBy(resume: WorkflowFunction, concurrency: number): void {
    new LambdaEventSourceMapping(this, 'mapping', {
      eventSourceArn: this.queue.arn,
      // A published version, as in the state machine: Terraform changes the settings and the code of `$LATEST` one after the
      // other. UpdateEventSourceMapping can change the version in place, so a deploy does not replace the mapping.
      functionName: resume.versionArn,
      batchSize: 1,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: concurrency },
    });
  }
}
