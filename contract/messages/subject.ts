/**
 * Subjects of mails: the name of the file and what became of it.
 *
 * SNS takes ASCII that begins with a letter, digit or punctuation mark, without control characters, and below 100 characters
 * (docs.aws.amazon.com/sns/latest/api/API_Publish.html). Mail programs decode `=?…?=` in a subject (RFC 2047), and a key may hold
 * anything, so of a key only letters, digits, dots, dashes, underscores and single spaces stay.
 */
import { plural } from '../text';
import type { FailureMessage, Unannounced } from './failure';
import type { ProcessedMessage } from './processed';

/** Characters. */
const LONGEST_SUBJECT = 99;
const LONGEST_ERROR = 40;

/** Characters that a shortened name keeps at its end, which is where file names differ. */
const END = 16;

/** In place of the name of a file of which nothing safe is left. */
const NAMELESS = 'An image';

export function processedSubject({ source, thumbnails, onRequest = [] }: ProcessedMessage): string {
  return thumbnails.length === 0 && onRequest.length > 0
    ? about(source.key, `: ${plural(onRequest.length, 'thumbnail')} on request`)
    : about(source.key, `: ${plural(thumbnails.length, 'thumbnail')} ready`);
}

const OUTCOMES: Record<FailureMessage['consequence'], string> = {
  NOT_MADE: ' failed',
  NOT_REMADE: ' was not made again',
  NOT_NOTIFIED: ' is done but not announced',
  NOT_REMOVED: ' is deleted, its thumbnails are not',
  UNKNOWN: ' failed, and handling that too',
};

/** @param unannounced the outcome whose event EventBridge did not accept, if that is the failure */
export function failureSubject(
  { source, error, consequence }: FailureMessage,
  unannounced?: Unannounced,
): string {
  const outcome = unannounced === 'removed' ? ' is deleted but not announced' : OUTCOMES[consequence];
  return about(source.key, `${outcome}: ${safe(error.name).slice(0, LONGEST_ERROR)}`);
}

function about(key: string, rest: string): string {
  return `${fileName(key, LONGEST_SUBJECT - rest.length) ?? NAMELESS}${rest}`;
}

/** @returns the name of the file, as far as a subject may have it; null if that says nothing */
function fileName(key: string, most: number): string | null {
  // Letters lose their accents rather than becoming an underscore.
  const name = key
    .slice(key.lastIndexOf('/') + 1)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');
  const kept = safe(name);
  if (!/[A-Za-z0-9]/.test(kept.replace(/\.[A-Za-z0-9]*$/, ''))) return null;
  if (kept.length <= most) return kept;
  return `${kept.slice(0, most - END - 3)}...${kept.slice(-END)}`;
}

const safe = (text: string) =>
  text
    .replace(/[^A-Za-z0-9._ -]+/g, '_')
    .replace(/ +/g, ' ')
    .trim();
