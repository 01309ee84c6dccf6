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
}

/** What S3 is to hold an upload to. */
export interface Form {
  key: string;
  /** Fields that have to be sent with exactly these values. */
  fields: Record<string, string>;
  /** Most bytes of the file; it has at least one. */
  maxBytes: number;
}

/** A form of HTML, encoded as multipart/form-data: `fields` come first, then the file, as the field `file`. */
export interface PresignedForm {
  url: string;
  fields: Record<string, string>;
  /** RFC 3339. */
  expiresAt: string;
}

/** What CreateUpload needs of the world. */
export interface CreateUploadPorts {
  newId(): string;
  presign(form: Form): Promise<PresignedForm>;
}

/** The answer to a request for a form. */
export interface CreatedUpload {
  id: string;
  upload: PresignedForm;
  /** Where to ask what became of it, relative to the API. */
  status: string;
}

/**
 * A form to upload one file with. The name and the size that the request tells are only believed as far as they save the
 * caller a refused upload: S3 holds to what the form says, and the workflow to what the bytes are.
 *
 * @throws HttpProblem 413 where the file is larger than the limit, 422 where its format is not accepted
 */
export async function createUpload(
  request: UploadRequest,
  subject: string,
  { accepted, limits, prefix }: CreateUploadSettings,
  ports: CreateUploadPorts,
): Promise<HttpAnswer> {
  const format = acceptedFormat(request.contentType, accepted);
  refuseTooLarge(request.size, limits);
  const id = `${ports.newId()}.${SUFFIXES[format]}`;
  const upload = await ports.presign({
    key: uploadKey(prefix, subject, id),
    fields: {
      'Content-Type': request.contentType,
      'x-amz-meta-file-name': encodedFileName(request.fileName),
    },
    maxBytes: limits.bytes,
  });
  const status = `/images/${id}`;
  const created: CreatedUpload = { id, upload, status };
  return json(201, created, { location: status, 'cache-control': 'no-store' });
}

function acceptedFormat(contentType: string, accepted: readonly InputFormat[]): InputFormat {
  const format = accepted.find((name) => contentType === `image/${name}`);
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
