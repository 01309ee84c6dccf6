import { DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ObjectEvent } from '../../../contract/event';
import type { Workflow } from '../workflow';

/** Permanently deletes every version of an object, as a person might do at any moment to clean up. */
export async function purge(
  workflow: Workflow,
  bucket: 'uploads' | 'thumbnails',
  key: string,
): Promise<void> {
  const { s3 } = workflow;
  const Bucket = workflow.bucket(bucket);
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: key }));
  for (const { Key, VersionId } of Versions)
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
}

/** @param name the end of the queue's name */
export function queueUrl({ stack }: Workflow, name: string): string {
  const queue = stack.queues.find((each) => each.name.endsWith(`-${name}`));
  if (!queue) throw new Error(`Expected a queue of the stack for ${name}`);
  return queue.url;
}

/** What EventBridge says about each event that it couldn't deliver. */
export async function deadLetters(workflow: Workflow): Promise<Record<string, string | undefined>[]> {
  const sqs = new SQSClient(workflow.client());
  const QueueUrl = queueUrl(workflow, 'dead-letters');
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 }),
  );
  return Messages.map(({ MessageAttributes = {} }) =>
    Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    ),
  );
}

/** The event of the same content, a little later, from a bucket whose versions S3 has yet to notice. */
export function withoutVersion(event: ObjectEvent): ObjectEvent {
  const { 'version-id': _, sequencer, ...object } = event.detail.object;
  return { ...event, detail: { ...event.detail, object: { ...object, sequencer: `${sequencer}0` } } };
}
