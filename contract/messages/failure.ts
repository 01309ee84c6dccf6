import { replayCommand } from '../replay-command';
import type { SCHEMA } from '../schema';
import { isImageError } from '../vocabulary';
import { executionLink, objectLink, runbookLink } from './links';
import { row, uri } from './parts';
import { settingToRaise } from './too-large';
import { usualCause } from './usual-cause';

/** The message for machines on the `errors` topic. Documented in docs/messages.md. */
export interface FailureMessage {
  schema: typeof SCHEMA;
  status: 'FAILED';
  /**
   * There are no thumbnails of the image; there are, those of an earlier run; there are, but the processed topic or the event
   * bus was not notified; there are some that should be gone; or it is not known, because Quarantine itself failed.
   */
  consequence: 'NOT_MADE' | 'NOT_REMADE' | 'NOT_NOTIFIED' | 'NOT_REMOVED' | 'UNKNOWN';
  dedupeId: string;
  source: {
    bucket: string;
    key: string;
    version: string | null;
    etag: string | null;
    sequencer: string | null;
  };
  error: { name: string; message: string };
  /** Where the copy of the original is; null if there is none, and then `note` says why. */
  quarantine: { bucket: string; key: string } | null;
  note: string | null;
  execution: string;
  time: string;
}

/** What a mail says besides the message. */
export interface MailOptions {
  /** The outcome whose event EventBridge did not accept, if that is the failure. */
  unannounced?: Unannounced;
  /** URL of docs/operations.md. @default its path in the checkout */
  runbook?: string;
}

/** The failure as a mail tells it: what happened, to what, why, and what to do. */
export function failureMail(message: FailureMessage, { unannounced, runbook }: MailOptions = {}): string {
  const { source, error, quarantine, note, execution, consequence, time } = message;
  const { headline, advice } = unannounced ? UNANNOUNCED[unannounced] : WORDS[consequence];
  return [
    headline(uri(source)),
    '',
    ...row('Reason', error.name, error.message, usualCause(error.name)),
    ...row('Version', source.version ?? source.etag ?? 'unknown'),
    ...(quarantine
      ? row('Copy', uri(quarantine), objectLink(quarantine, execution))
      : row('Copy', note ?? 'none')),
    ...row('Execution', execution, executionLink(execution, time)),
    ...row('Runbook', runbookLink(error.name, runbook)),
    '',
    advice(message),
    '',
  ].join('\n');
}

interface Words {
  headline: (object: string) => string;
  advice: (message: FailureMessage) => string;
}

const WORDS: Record<FailureMessage['consequence'], Words> = {
  NOT_MADE: {
    headline: (object) => `No thumbnails were made of ${object}.`,
    advice: ({ source, error }) => {
      if (source.sequencer === null) {
        return 'The event names no version of the object, so there is nothing to run again.';
      }
      return isImageError(error.name)
        ? `The same bytes will fail again: upload a better image. ${settingOf(error)}, deploy, and run:\n\n  ${replayCommand(source.key)}`
        : fixTheCause(source);
    },
  },
  NOT_REMADE: {
    headline: (object) =>
      `The thumbnails of ${object} were not made again; those of the earlier run are still there.`,
    advice: ({ source, error }) =>
      isImageError(error.name)
        ? `The same bytes will fail again with these settings. If a setting refused it, change the setting, deploy, and run:\n\n  ${replayCommand(source.key)}`
        : fixTheCause(source),
  },
  NOT_NOTIFIED: {
    headline: (object) =>
      `The thumbnails of ${object} are made and recorded, but the processed topic was not notified.`,
    advice: ({ source }) =>
      `The thumbnails are fine. To notify the topic, fix the cause first, then run:\n\n  ${replayCommand(source.key)}`,
  },
  NOT_REMOVED: {
    headline: (object) => `${object} was deleted, but its thumbnails were not removed.`,
    advice: ({ source }) => fixTheCause(source),
  },
  UNKNOWN: {
    headline: (object) => `Something went wrong with ${object}.`,
    advice: () => 'Look at the execution to see what happened.',
  },
};

/** An outcome that people were notified of, but programs were not. */
export type Unannounced = 'ready' | 'removed';

const putEventAgain = ({ source }: FailureMessage) =>
  `The thumbnails are fine. To put the event on the bus, fix the cause first, then run:\n\n  ${replayCommand(source.key)}`;

const UNANNOUNCED: Record<Unannounced, Words> = {
  ready: {
    headline: (object) =>
      `The thumbnails of ${object} are made and recorded, but EventBridge accepted no event about them.`,
    advice: putEventAgain,
  },
  removed: {
    headline: (object) =>
      `${object} was deleted and its thumbnails are gone, but EventBridge accepted no event about that.`,
    advice: ({ source }) =>
      `To put the event on the bus, fix the cause first, then run:\n\n  ${replayCommand(source.key)}`,
  },
};

/** Whoever uploaded the image sees the error alone: only those who get this mail can change a setting. */
function settingOf({ name, message }: FailureMessage['error']): string {
  if (name === 'UnsupportedFormat' && /this file is an? (AVIF|TIFF|HEIC) image\b/.test(message)) {
    return 'To accept this format, add it to `accept` in the settings';
  }
  const setting = name === 'ImageTooLarge' && settingToRaise(message);
  return setting
    ? `To accept this one, raise \`${setting}\` in the settings`
    : 'If a setting refused it, change the setting';
}

const fixTheCause = ({ key }: FailureMessage['source']) =>
  `Fix the cause first, then run:\n\n  ${replayCommand(key)}`;
