import type { ReadyDetail } from '../../contract/messages/outcome-event';
import { attribute, json, prefixOf } from '../../contract/messages/parts';
import { type ProcessedMessage, processedMail } from '../../contract/messages/processed';
import { processedSubject } from '../../contract/messages/subject';
import type { SCHEMA } from '../../contract/schema';
import type { TaskInput } from '../../contract/states';
import { dedupeId } from '../lib/records/dedupe-id';
import type { Announcer } from '../lib/runtime/announcer';

declare module '../../contract/states' {
  interface Answers {
    notification: Notification;
  }
}

/** What Notify answers. `messageId` is null when an earlier run of the same version had already notified. */
export interface Notification {
  schema: typeof SCHEMA;
  messageId: string | null;
  /** For the event bus, also of a repeated run; left out if the settings ask for no events. */
  event?: ReadyDetail;
}

/** An SNS `Publish` input, without its topic. */
export interface Publication {
  Subject: string;
  MessageStructure: 'json';
  Message: string;
  MessageAttributes: Record<string, { DataType: 'String'; StringValue: string }>;
}

/** The calls that Notify makes. */
export interface NotifyPorts {
  /** Resolves to the message id. */
  publish(publication: Publication): Promise<string>;
  markNotified(): Promise<void>;
  announce: Announcer;
  /** Whether readers of mails can open the URLs of thumbnails. */
  opensUrls: boolean;
}

/**
 * Notifies the processed topic, as a rule once for each version of an object: it publishes first, then notes that in the
 * record. If it crashes between the two, the message is sent twice with the same `dedupeId`, but never not at all.
 */
export async function notify(
  input: TaskInput<'image' | 'thumbnails' | 'record'>,
  ports: NotifyPorts,
  now: Date,
): Promise<Notification> {
  const message = processedMessage(input, now);
  const event = ports.announce(message);
  if (input.state.record.notified) return { schema: 1, messageId: null, ...event };
  const messageId = await ports.publish(publication(message, input.state.record.id, ports.opensUrls));
  await ports.markNotified();
  return { schema: 1, messageId, ...event };
}

/** The message for machines. */
export function processedMessage(
  { execution, state: { image, thumbnails } }: TaskInput<'image' | 'thumbnails'>,
  now: Date,
): ProcessedMessage {
  const { source, format, width, height, frames, bytes, preset } = image;
  const { items, onRequest, placeholders, exif } = thumbnails;
  return {
    schema: 1,
    status: 'DONE',
    dedupeId: dedupeId(source, 'DONE'),
    source: { ...source, format, width, height, frames, bytes },
    preset,
    thumbnails: items,
    ...(onRequest && { onRequest }),
    ...(placeholders && { placeholders }),
    ...(exif && { exif }),
    execution,
    time: now.toISOString(),
  };
}

/** The message as SNS takes it: JSON by default, text for mails, attributes for filter policies. */
export function publication(message: ProcessedMessage, recordId: string, opensUrls: boolean): Publication {
  return {
    Subject: processedSubject(message),
    MessageStructure: 'json',
    Message: JSON.stringify({ default: json(message), email: processedMail(message, recordId, opensUrls) }),
    MessageAttributes: {
      status: attribute(message.status),
      format: attribute(message.source.format),
      prefix: attribute(prefixOf(message.source.key)),
    },
  };
}
