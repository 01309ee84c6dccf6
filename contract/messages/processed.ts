import type { Details } from '../details';
import type { InputFormat } from '../formats';
import type { Offer, PresetReference, Thumbnail } from '../image';
import type { SCHEMA } from '../schema';
import type { Source } from '../source';
import { executionLink, objectLink } from './links';
import { fileSize, row, uri } from './parts';

/** The message for machines on the `processed` topic. Documented in docs/messages.md. The mail doesn't show the details. */
export interface ProcessedMessage extends Details {
  schema: typeof SCHEMA;
  status: 'DONE';
  /** The same for every delivery of one outcome of one version: drop what you have seen before. */
  dedupeId: string;
  source: Source & { format: InputFormat; width: number; height: number; frames: number; bytes: number };
  preset: PresetReference;
  thumbnails: Thumbnail[];
  /** Left out if there are none. */
  onRequest?: Offer[];
  execution: string;
  time: string;
}

/**
 * The message as a mail tells it.
 *
 * @param recordId of the image's record
 * @param opensUrls whether readers can open the URLs of thumbnails. If not, the mail links to S3's console.
 */
export function processedMail(message: ProcessedMessage, recordId: string, opensUrls = true): string {
  const { source, thumbnails, onRequest = [], preset, execution, time } = message;
  const moves = [...thumbnails, ...onRequest].some((thumbnail) => thumbnail.animated);
  const frames = source.frames > 1 ? `, ${moves ? '' : 'first of '}${source.frames} frames` : '';
  /** Its URL, or else where it is in S3. Not both: the longest keys of many variants would exceed the 256 KB of SNS. */
  const location = ({ bucket, key, url, note }: Offer) =>
    `\n    ${(opensUrls && url) || (objectLink({ bucket, key }, execution) ?? uri({ bucket, key }))}${note ? `\n    ${note}` : ''}`;
  return [
    `The thumbnails of ${uri(source)} are ready.`,
    '',
    ...thumbnails.map((made) => `${description(made)}, ${fileSize(made.bytes)}${location(made)}`),
    ...onRequest.map((offer) => `${description(offer)}, made on first request${location(offer)}`),
    '',
    ...row(
      'Source',
      `${source.width} x ${source.height} ${source.format}, ${fileSize(source.bytes)}${frames}`,
      objectLink(source, execution),
    ),
    ...row('Version', source.version ?? source.etag),
    ...row('Preset', preset.name),
    ...row('Record', recordId),
    ...row('Execution', execution, executionLink(execution, time)),
    '',
  ].join('\n');
}

const description = ({ variant, width, height, format, animated }: Offer) =>
  `  ${variant}: ${width} x ${height} ${format}${animated ? ', animated' : ''}`;
