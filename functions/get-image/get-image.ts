import type { Details } from '../../contract/details';
import type { OutputFormat } from '../../contract/formats';
import type { Offer, Size } from '../../contract/image';
import type { FailureMessage } from '../../contract/messages/failure';
import type { ImageRecord } from '../../contract/record';
import type { ObjectName } from '../../contract/source';
import { json } from '../lib/http/api';
import { outwardError } from '../lib/http/outward-error';
import { type HttpAnswer, HttpProblem } from '../lib/http/problem';
import { UPLOAD_ID, uploadKey } from '../lib/http/subject';
import { versionOf } from '../lib/image/thumbnail-url';
import { withETag } from './etag';
import { type Srcsets, srcsets } from './srcset';
import type { UrlSigner } from './url-signer';

export interface GetImageSettings {
  bucket: string;
  /** Start of the keys of all uploads; may be empty. */
  prefix: string;
  /** URL that thumbnails are delivered from, without a slash at the end. */
  deliveryUrl: string;
}

/** The calls that GetImage makes. */
export interface GetImagePorts {
  /** The random id of a user; null if the user has uploaded nothing. */
  subjectOf(caller: string): Promise<string | null>;
  find(object: ObjectName): Promise<ImageRecord | null>;
  /** Whether the object exists. */
  exists(object: ObjectName): Promise<boolean>;
  /**
   * Asked if there are thumbnails.
   * @default - URLs need no signature
   */
  signer?: UrlSigner | undefined;
}

/** The state of an upload. */
export type ImageAnswer = { id: string } & (
  | { status: 'PROCESSING' }
  | { status: 'FAILED'; error: FailureMessage['error'] }
  | ({
      status: 'DONE';
      image: Required<ImageRecord>['image'];
      thumbnails: DeliveredThumbnail[];
    } & Srcsets &
      Details)
);

export interface DeliveredThumbnail extends Size {
  variant: string;
  url: string;
  format: OutputFormat;
  /** Whether it moves. */
  animated?: true;
  /** Left out if it is not made yet. */
  bytes?: number;
  /** Whether the first request for its URL makes it. */
  onRequest?: true;
}

/** Seconds. A thumbnail takes one to three. */
const ASK_AGAIN_AFTER = 1;

/**
 * Answers with the state of a user's upload. The key holds the random id of the user, so the id of another's upload finds nothing.
 *
 * @param ifNoneMatch the header of the request
 * @throws HttpProblem 404 if nothing was uploaded, or if it was deleted
 */
export async function getImage(
  { id = '', caller, ifNoneMatch }: { id: string | undefined; caller: string; ifNoneMatch?: string },
  { bucket, prefix, deliveryUrl }: GetImageSettings,
  ports: GetImagePorts,
): Promise<HttpAnswer> {
  const subject = UPLOAD_ID.test(id) ? await ports.subjectOf(caller) : null;
  if (subject === null) throw missing(id);
  const object = { bucket, key: uploadKey(prefix, subject, id) };
  const record = await ports.find(object);
  // The event of an upload takes a second or so to arrive, and waits in the backlog for as long as a service is overloaded.
  if (record ? record.status === 'DELETED' : !(await ports.exists(object))) throw missing(id);

  const sign = record?.status === 'DONE' ? await ports.signer?.() : undefined;
  const answer = record ? answerOf(id, record, { base: deliveryUrl, sign }) : waiting(id);
  const again = answer.status === 'PROCESSING' && { 'retry-after': String(ASK_AGAIN_AFTER) };
  return withETag(json(200, answer, { 'cache-control': 'private, no-cache', ...again }), ifNoneMatch);
}

function missing(id: string): HttpProblem {
  return new HttpProblem(
    404,
    `Expected the id of an image you uploaded but received ${JSON.stringify(id.slice(0, 60))}. It was not uploaded yet, or it was deleted.`,
  );
}

const waiting = (id: string): ImageAnswer => ({ id, status: 'PROCESSING' });

interface Urls {
  /** What every URL begins with. */
  base: string;
  sign: ((url: string) => string) | undefined;
}

function answerOf(id: string, record: ImageRecord, urls: Urls): ImageAnswer {
  const { status, error, image, execution } = record as Required<ImageRecord>;
  const { placeholders, exif } = record;
  if (status === 'FAILED') return { id, status, error: outwardError(error, execution) };
  const thumbnails = delivered(record, urls);
  if (status !== 'DONE' || thumbnails.length === 0) return waiting(id);
  return {
    id,
    status,
    image,
    thumbnails,
    ...srcsets(image, thumbnails),
    ...(placeholders && { placeholders }),
    ...(exif && { exif }),
  };
}

function delivered(record: ImageRecord, urls: Urls): DeliveredThumbnail[] {
  const { thumbnails = [], onRequest = [] } = record;
  const shared = (thumbnail: Offer) => {
    const { variant, width, height, format, animated } = thumbnail;
    const url = urlOf(thumbnail, record, urls);
    return { variant, url, width, height, format, ...(animated && { animated }) };
  };
  return [
    ...thumbnails.map((made) => ({ ...shared(made), bytes: made.bytes })),
    ...onRequest.map((offer) => ({ ...shared(offer), onRequest: true as const })),
  ];
}

/** The domain may have changed since the record was written, or there was none yet; the version in the URL stays. */
function urlOf({ key, url }: Offer, record: ImageRecord, { base, sign }: Urls): string {
  const { version, etag, preset } = record as Required<ImageRecord>;
  const recorded = url && new URL(url).searchParams.get('v');
  const unsigned = `${base}/${key}?v=${recorded || versionOf({ version, etag }, preset.hash)}`;
  return sign ? sign(unsigned) : unsigned;
}
