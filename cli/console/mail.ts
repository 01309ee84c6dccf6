/** The mail that a run sent: worded again by what words it in the workflow, or as Quarantine has worded it. */
import { type ProcessedMessage, processedMail } from '../../contract/messages/processed';
import { processedSubject } from '../../contract/messages/subject';
import type { HistoryEvent } from '../../local-aws/history';
import type { RunDetail } from './api';
import { type RunState, stateOf } from './state-of';

type Mail = RunDetail['mail'];

/**
 * @param execution its ARN
 * @param opensUrls whether readers can open the URLs of thumbnails
 */
export function mailOf(execution: string, history: readonly HistoryEvent[], opensUrls = true): Mail {
  const state = stateOf(history);
  if (!state) return { missing: 'The history has no data, so the mail is not known.' };
  if (state.failure) return failureMail(state.failure, history);
  const { notification } = state;
  if (!notification) return { missing: 'This run sent no mail.' };
  if (notification.messageId === null) {
    return { missing: 'This run sent no mail: an earlier run of the same version had sent it.' };
  }
  return processed(execution, state, history, opensUrls);
}

/** A mail about a failure is in the history, word for word. */
function failureMail(
  { subject, text }: { subject: string; text: string },
  history: readonly HistoryEvent[],
): Mail {
  const published = history.some(
    ({ type, details }) => type === 'TaskSucceeded' && details['resourceType'] === 'sns',
  );
  return published
    ? { value: { subject, text } }
    : { missing: 'The errors topic did not accept the mail of this run. The history has its text.' };
}

function processed(
  execution: string,
  state: RunState,
  history: readonly HistoryEvent[],
  opensUrls: boolean,
): Mail {
  const { image, thumbnails, record } = state;
  if (!image || !thumbnails) return { missing: 'The history lacks what the mail was made of.' };
  const { source, format, width, height, frames, bytes, preset } = image;
  const message: ProcessedMessage = {
    schema: 1,
    status: 'DONE',
    // Not in the mail.
    dedupeId: '',
    source: { ...source, format, width, height, frames, bytes },
    preset,
    thumbnails: thumbnails.items,
    ...(thumbnails.onRequest && { onRequest: thumbnails.onRequest }),
    execution,
    time: new Date(Number(history.at(-1)?.event_timestamp)).toISOString(),
  };
  return {
    value: {
      subject: processedSubject(message),
      text: processedMail(message, record?.id ?? 'unknown', opensUrls),
    },
  };
}
