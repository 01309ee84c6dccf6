/** What a function receives from a queue, and what it may answer: docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */

import type { Received } from '../sqs';

/** One message of the batch. */
export interface SqsRecord {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: Record<string, string>;
  messageAttributes: Record<
    string,
    {
      stringValue?: string;
      binaryValue?: string;
      stringListValues: [];
      binaryListValues: [];
      dataType: string;
    }
  >;
  md5OfBody: string;
  eventSource: 'aws:sqs';
  eventSourceARN: string;
  awsRegion: string;
}

export function recordOf(message: Received, queueArn: string, region: string): SqsRecord {
  const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
    name,
    {
      stringValue: attribute.StringValue,
      binaryValue: attribute.BinaryValue,
      stringListValues: [],
      binaryListValues: [],
      dataType: attribute.DataType,
    },
  ]);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

/**
 * Reads the answer of a function that reports failed messages. No answer or an empty one means that all
 * succeeded; an invalid one means that none did.
 *
 * @returns ids of the messages that stay in the queue
 */
export function undone(answer: unknown, records: SqsRecord[]): Set<string> {
  const ids = new Set(records.map(({ messageId }) => messageId));
  if (answer === null || answer === '') return new Set();
  if (typeof answer !== 'object') return ids;
  const { batchItemFailures: failures = [] } = answer as { batchItemFailures?: unknown };
  if (failures === null) return new Set();
  if (!Array.isArray(failures)) return ids;
  const failed = failures.map((failure) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  return failed.every((id): id is string => ids.has(id as string)) ? new Set(failed) : ids;
}
