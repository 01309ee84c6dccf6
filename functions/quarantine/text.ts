import type { FailureMessage } from '../shared/contract';
import { uri } from '../shared/message';

/** A failure as an email tells it: what happened, to what, why, and what to do. */
export function failureText(message: FailureMessage): string {
  const { source, error, quarantine, note, execution, consequence } = message;
  const { headline, advice } = WORDS[consequence];
  return [
    headline(uri(source)),
    '',
    `Reason:    ${error.name}`,
    `           ${error.message}`,
    `Version:   ${source.version ?? source.etag ?? 'unknown'}`,
    `Kept at:   ${quarantine ? uri(quarantine) : note}`,
    `Execution: ${execution}`,
    '',
    advice,
    '',
  ].join('\n');
}

const WORDS: Record<FailureMessage['consequence'], { headline: (object: string) => string; advice: string }> =
  {
    NOT_MADE: {
      headline: (object) => `No thumbnails were made of ${object}.`,
      advice: 'To try again, upload it once more.',
    },
    NOT_TOLD: {
      headline: (object) =>
        `The thumbnails of ${object} are made and recorded, but the processed topic was not told.`,
      advice: 'The thumbnails need nothing. Subscribers of the processed topic do not know of them.',
    },
    NOT_REMOVED: {
      headline: (object) => `${object} was deleted, but its thumbnails were not removed.`,
      advice: 'To try again, start an execution with the input of this one.',
    },
    UNKNOWN: {
      headline: (object) => `Something failed with ${object}.`,
      advice: 'The execution tells more.',
    },
  };
