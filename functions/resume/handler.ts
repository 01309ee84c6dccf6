import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../lib/runtime/client-config';
import { environmentOf } from '../lib/runtime/environment';
import { emit } from '../lib/runtime/metrics';
import { type BacklogMessage, type Ended, resume, secondsInBacklog } from './resume';

declare module '../../contract/environment' {
  interface Environments {
    resume: { STATE_MACHINE_ARN: string; QUEUE_URL: string };
  }
}

const environment = environmentOf<'resume'>();
/** An execution may take all of the five minutes that an Express workflow has. */
const states = new SFNClient({
  ...clientConfig(),
  requestHandler: { ...clientConfig().requestHandler, requestTimeout: 305_000 },
});
const sqs = new SQSClient(clientConfig());
const stateMachineArn = environment.text('STATE_MACHINE_ARN');
const QueueUrl = environment.text('QUEUE_URL');

/** Invoked by SQS with one message. A message that isn't finished is reported as failed, and so stays in the queue. */
export async function handler({ Records }: { Records: BacklogMessage[] }) {
  const failures: { itemIdentifier: string }[] = [];
  for (const message of Records) {
    const now = new Date();
    emit({ BacklogAge: secondsInBacklog(message, now) });
    const done = await resume(message, { run, delay }, now);
    if (!done) failures.push({ itemIdentifier: message.messageId });
  }
  return { batchItemFailures: failures };
}

async function run(input: string): Promise<Ended> {
  const { status, error } = await states.send(new StartSyncExecutionCommand({ stateMachineArn, input }));
  return { status: status as Ended['status'], error };
}

async function delay({ receiptHandle }: BacklogMessage, seconds: number): Promise<void> {
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}
