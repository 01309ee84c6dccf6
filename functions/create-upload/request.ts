/** What a request for an upload may contain. docs/openapi.json is made from the same schema. */
import * as z from 'zod/mini';
import type { HttpEvent } from '../lib/http/api';
import { type Fault, HttpProblem } from '../lib/http/problem';

/** In bytes. The longest valid request has less than 4,000. */
const MAX_BODY = 8_192;

/** No file system has longer names. */
const MAX_FILE_NAME = 255;

/** RFC 6838 allows 127 characters on each side of the slash. */
const MAX_CONTENT_TYPE = 255;

const contentType = expected('a content type such as "image/jpeg"');

export const uploadRequest = z.strictObject(
  {
    fileName: z
      .string(expected('a file name'))
      .check(
        z.minLength(1, expected('a file name')),
        z.maxLength(MAX_FILE_NAME, expected(`a file name of at most ${MAX_FILE_NAME} characters`)),
      ),
    contentType: z.string(contentType).check(z.maxLength(MAX_CONTENT_TYPE, contentType)),
    size: z
      .int(expected('a whole number of bytes'))
      .check(z.minimum(1, expected('a file of at least one byte'))),
    method: z.optional(z.enum(['PUT', 'POST'], expected('"PUT" or "POST"'))),
  },
  expected('an object with fileName, contentType and size'),
);

/** The file that is to be uploaded, and how: by a PUT unless the request says POST. */
export type UploadRequest = z.infer<typeof uploadRequest>;

/** @throws HttpProblem 415, 413 or 400, the last of them with everything that is wrong */
export function readRequest({ headers, body = '', isBase64Encoded }: HttpEvent): UploadRequest {
  const type = headers['content-type'] ?? 'nothing';
  if (!/^application\/json *(;|$)/i.test(type)) {
    throw new HttpProblem(415, `Expected content-type application/json but received ${shown(type)}.`);
  }
  const size = Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');
  if (size > MAX_BODY) {
    throw new HttpProblem(
      413,
      `Expected a request of at most ${MAX_BODY} bytes but received ${size}. The image itself goes to S3, with what this request asks for.`,
    );
  }
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;
  const result = uploadRequest.safeParse(parsed(text));
  if (result.success) return result.data;
  throw invalid(result.error.issues.flatMap(faultsOf));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid([{ pointer: '', detail: `Expected JSON but received ${shown(text)}` }]);
  }
}

function invalid(faults: Fault[]): HttpProblem {
  return new HttpProblem(400, 'The request is not valid: see faults.', { faults });
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointer(issue.path), detail: issue.message }];
  return issue.keys.map((key) => ({
    pointer: pointer([...issue.path, key]),
    detail: `Expected only fileName, contentType, size and method but received ${shown(key)}`,
  }));
}

/** RFC 6901. */
function pointer(path: PropertyKey[]): string {
  return path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');
}

/** The message of a fault, for zod. */
function expected(what: string) {
  return {
    error: ({ input }: { input?: unknown }) =>
      input === undefined
        ? `Expected ${what} but it is missing`
        : `Expected ${what} but received ${shown(input)}`,
  };
}

/** A value as JSON, cut if it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
