/** An S3 endpoint: objects on disk, requests as the AWS CLI and SDKs send them, errors as S3 reports them. */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../service';
import type { Authenticated } from '../sigv4';
import type { CorsRule } from '../stack/model';
import { openBuckets, type S3Options, type Service } from './buckets';
import { corsHeaders, preflight } from './cors';
import type { ObjectEvent } from './events';
import { Exchange } from './exchange';
import { happened } from './happened';
import { operationOf, postObject } from './operations';
import { type Reply, send, sendError } from './reply';
import { parseRequest, type S3Request } from './request';

export type { S3Options } from './buckets';
export { allowsOrigin } from './cors';
export type { ObjectEvent } from './events';
export { isUnsigned } from './unsigned';

export interface S3 {
  /** Answers a request whose signature is verified. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse, authenticated: Authenticated): Promise<void>;
  /** Answers a request that {@link isUnsigned}. Never rejects. */
  handleUnsigned(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers an error that happened before {@link handle}, such as a wrong signature, as S3 does. Never rejects. */
  refuse(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void>;
  /** Whether the change that an event announces has happened. After a crash, it may not have. */
  happened(event: ObjectEvent): boolean;
  /** Resolves when the requests in progress are answered. */
  close(): Promise<void>;
}

/** Opens the buckets under a data folder, as an earlier run has left them, and serves them. */
export function createS3(options: S3Options): S3 {
  const service: Service = { ...options, buckets: openBuckets(options) };
  const inProgress = new Set<Promise<void>>();

  /** The bucket's rules, plus the engine's own. */
  function rulesOf(bucket: string): CorsRule[] | undefined {
    const { origins = new Set() } = options;
    const found = service.buckets.get(bucket);
    return found && [...found.cors, ...(origins.size > 0 ? [uploadsFrom([...origins])] : [])];
  }

  async function answer(request: IncomingMessage, response: ServerResponse, work: Work): Promise<void> {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    try {
      const parsed = parseRequest(request);
      const headers = corsHeaders(parsed, rulesOf(parsed.bucket) ?? []);
      // A page may read an error only if it may read the answer.
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      await send(response, await work(parsed, requestId), requestId);
    } catch (error) {
      await answerError(request, response, error, requestId);
    }
  }

  function track(work: Promise<void>): Promise<void> {
    inProgress.add(work);
    return work.finally(() => inProgress.delete(work));
  }

  return {
    handle: (request, response, authenticated) =>
      track(
        answer(request, response, async (parsed, requestId) => {
          const operation = operationOf(parsed);
          return operation(new Exchange(parsed, authenticated, service, requestId));
        }),
      ),
    handleUnsigned: (request, response) =>
      track(
        answer(request, response, async (parsed, requestId) =>
          parsed.method === 'OPTIONS'
            ? preflight(parsed, rulesOf(parsed.bucket))
            : postObject(parsed, service, requestId),
        ),
      ),
    refuse: (request, response, error) => track(answer(request, response, () => Promise.reject(error))),
    happened: (event) => happened(service, event),
    async close() {
      while (inProgress.size > 0) await Promise.all(inProgress);
    },
  };
}

type Work = (request: S3Request, requestId: string) => Promise<Reply>;

const uploadsFrom = (origins: string[]): CorsRule => ({
  origins,
  methods: ['PUT', 'POST'],
  headers: ['*'],
  expose: ['ETag', 'Location'],
});

async function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  requestId: string,
): Promise<void> {
  // There is no way to report the error if the caller has disconnected or the answer has begun.
  if (response.headersSent || response.destroyed || request.errored) {
    response.destroy();
    return;
  }
  const known =
    error instanceof AwsError
      ? error
      : new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500);
  if (known !== error) console.error(`S3 request ${requestId} failed:`, error);
  const [resource = '/'] = (request.url ?? '/').split('?');
  try {
    await sendError(response, known, requestId, resource, request.method === 'HEAD');
  } catch {
    response.destroy();
  }
}
