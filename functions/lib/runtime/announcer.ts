import type { EventsEnvironment } from '../../../contract/environment';
import { detailOf } from '../../../contract/messages/outcome-event';
import type { SCHEMA } from '../../../contract/schema';
import type { Reader } from './environment';

/** @returns the `event` of an answer, which a later state puts on the event bus; nothing if the settings ask for no events */
export type Announcer = <Message extends { schema: typeof SCHEMA }>(
  message: Message,
) => { event?: ReturnType<typeof detailOf<Message>> };

/** Announces nothing. */
export const SILENT: Announcer = () => ({});

/** @returns an announcer for the settings of this function */
export function announcerFrom(environment: Reader<EventsEnvironment & { WORKFLOW_NAME: string }>): Announcer {
  if (environment.optional('EVENTS') === '') return SILENT;
  const namePrefix = environment.text('WORKFLOW_NAME');
  return (message) => ({ event: detailOf(message, namePrefix) });
}
