import type { FailureMessage } from '../../contract/contract';
import { uri } from '../../contract/message';
import { replayCommand } from '../../contract/replay-command';

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
      if (source.sequencer === null) return 'Without an object version there is nothing to try again.';
      return IMAGE_AT_FAULT.has(error.name)
        ? `The same bytes fail again: upload a better image. If a setting refused it, change that, deploy, and run:\n\n  ${replayCommand(source.key)}`
        : onceTheCauseIsGone(source);
    },
  },
  NOT_TOLD: {
    headline: (object) =>
      `The thumbnails of ${object} are made and recorded, but the processed topic was not told.`,
    advice: ({ source }) =>
      `The thumbnails need nothing. To tell the topic, put the cause right and run:\n\n  ${replayCommand(source.key)}`,
  },
  NOT_REMOVED: {
    headline: (object) => `${object} was deleted, but its thumbnails were not removed.`,
    advice: ({ source }) => onceTheCauseIsGone(source),
  },
  UNKNOWN: {
    headline: (object) => `Something failed with ${object}.`,
    advice: () => 'The execution tells more.',
  },
};

const onceTheCauseIsGone = ({ key }: FailureMessage['source']) =>
  `Put the cause right, or it fails again. Then run:\n\n  ${replayCommand(key)}`;

/** Errors of the bytes themselves, against the settings as they are. */
const IMAGE_AT_FAULT: ReadonlySet<string> = new Set([
  'UnsupportedFormat',
  'ImageTooLarge',
  'CorruptImage',
  'SuspiciousImage',
  'EmptyObject',
]);
