import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AwsError } from '../service';
import { toErrorXml } from './xml';

/** The answer of an operation. */
export interface Reply {
  /** @default 200 */
  status?: number;
  /** Headers that are undefined are left out. */
  headers?: Record<string, string | number | undefined>;
  /** Content of the answer: an XML document, or bytes. */
  body?: string | Readable;
}

/**
 * S3 doesn't send these. On this machine, a page among the objects would share its origin with the services, and could call
 * them.
 */
const HARMLESS = { 'content-security-policy': 'sandbox', 'x-content-type-options': 'nosniff' };

export async function send(response: ServerResponse, reply: Reply, requestId: string): Promise<void> {
  const { status = 200, headers = {}, body } = reply;
  const given = Object.entries(headers).filter(([, value]) => value !== undefined);
  const all = {
    ...HARMLESS,
    server: 'AmazonS3',
    'x-amz-request-id': requestId,
    ...(typeof body === 'string' && {
      'content-type': 'application/xml',
      'content-length': Buffer.byteLength(body),
    }),
    ...(Object.fromEntries(given) as Record<string, string | number>),
  };
  response.writeHead(status, all);
  if (body === undefined || typeof body === 'string') response.end(body);
  else await pipeline(body, response);
}

/** @param head whether the request was a HEAD, which has no room for an error document */
export async function sendError(
  response: ServerResponse,
  error: AwsError,
  requestId: string,
  resource: string,
  head: boolean,
): Promise<void> {
  const headers = error instanceof ErrorWithHeaders ? error.headers : {};
  const fields = { Code: error.code, Message: error.message, ...error.fields };
  const body = head
    ? undefined
    : toErrorXml({ ...fields, Resource: resource, RequestId: requestId, HostId: requestId });
  await send(response, { status: error.status, headers, body }, requestId);
}

/** An error with additional headers. */
export class ErrorWithHeaders extends AwsError {
  constructor(
    error: AwsError,
    readonly headers: Record<string, string>,
  ) {
    super(error.code, error.message, error.status, error.fields);
  }
}
