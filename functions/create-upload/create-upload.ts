import { type InputFormat, SUFFIXES } from '../../contract/formats';
import { either } from '../../contract/text';
import { json } from '../lib/http/api';
import { type HttpAnswer, HttpProblem } from '../lib/http/problem';
import { uploadKey } from '../lib/http/subject';
import { assertWithin, type Limits } from '../lib/image/limits';
import { encodedFileName } from './file-name';
import type { UploadRequest } from './request';

export interface CreateUploadSettings {
  accepted: readonly InputFormat[];
  limits: Limits;
  /** Start of the keys of all uploads; may be empty. */
  prefix: string;
  /** Whether callers may ask for a form. */
  forms: boolean;
}

/** What S3 has to enforce on an upload. */
export interface Upload {
  key: string;
  contentType: string;
  /** Name of the file, as a header can have it. */
  fileName: string;
  /** Bytes of the file, exactly. */
  bytes: number;
}

/** A request that uploads the file, once: PUT with exactly these headers, and the file as its body. */
export interface PresignedPut {
  method: 'PUT';
  url: string;
  headers: Record<string, string>;
  /** RFC 3339. */
  expiresAt: string;
}

/** An HTML form, to be sent as multipart/form-data: `fields` first, then the file as the field `file`. */
export interface PresignedForm {
  method: 'POST';
  url: string;
  fields: Record<string, string>;
  /** RFC 3339. */
  expiresAt: string;
}

/** The calls that CreateUpload makes. */
export interface CreateUploadPorts {
  newId(): string;
  /** The random id of a user, who gets one with the first upload. */
  subjectOf(caller: string): Promise<string>;
  put(upload: Upload): Promise<PresignedPut>;
  form(upload: Upload): Promise<PresignedForm>;
}

/** The answer to a request for an upload. */
export interface CreatedUpload {
  id: string;
  upload: PresignedPut | PresignedForm;
  /** Path to ask for the state of the upload, relative to the API. */
  status: string;
}

/**
 * Signs the upload of one file. S3 enforces the size that the caller announces, so what is signed for a small file can't be
 * used for large ones. The content type only saves the caller an upload that would be refused: what counts is what the
 * workflow finds in the bytes.
 *
 * It signs a PUT that S3 accepts once. A form, which works without JavaScript, can be used again until it expires.
 *
 * @throws HttpProblem 400 for a form where there are none, 413 if the file is larger than the limit, 422 if its format is not
 *   accepted
 */
export async function createUpload(
  request: UploadRequest,
  caller: string,
  { accepted, limits, prefix, forms }: CreateUploadSettings,
  ports: CreateUploadPorts,
): Promise<HttpAnswer> {
  const { method = 'PUT', contentType } = request;
  if (method === 'POST' && !forms) throw noForms();
  const format = acceptedFormat(contentType, accepted);
  refuseTooLarge(request.size, limits);
  const id = `${ports.newId()}.${SUFFIXES[format]}`;
  const subject = await ports.subjectOf(caller);
  const sign = method === 'PUT' ? ports.put : ports.form;
  const upload = await sign({
    key: uploadKey(prefix, subject, id),
    contentType,
    fileName: encodedFileName(request.fileName),
    bytes: request.size,
  });
  const status = `/images/${id}`;
  const created: CreatedUpload = { id, upload, status };
  return json(201, created, { location: status, 'cache-control': 'no-store' });
}

function noForms(): HttpProblem {
  const detail = 'Expected "PUT" but received "POST": this API signs no forms';
  return new HttpProblem(400, `${detail}. Leave "method" out.`, { faults: [{ pointer: '/method', detail }] });
}

function acceptedFormat(contentType: string, accepted: readonly InputFormat[]): InputFormat {
  // Some browsers name the container of a HEIC rather than its coding.
  const type = contentType === 'image/heif' ? 'image/heic' : contentType;
  const format = accepted.find((name) => type === `image/${name}`);
  if (format) return format;
  const types = either(accepted.map((name) => `image/${name}`));
  const detail = `Expected ${types} but received ${JSON.stringify(contentType)}`;
  throw new HttpProblem(422, `${detail}. Convert the image and upload it again.`, {
    error: 'UnsupportedFormat',
    faults: [{ pointer: '/contentType', detail }],
  });
}

function refuseTooLarge(size: number, limits: Limits): void {
  try {
    assertWithin('bytes', size, limits);
  } catch (error) {
    const { name, message } = error as Error;
    throw new HttpProblem(413, message, { error: name });
  }
}
