/** An S3 endpoint: objects on disk, requests as the AWS CLI and SDKs send them, errors in S3's words. */

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../service';
import type { Authenticated } from '../sigv4';
import { openBuckets, type S3Options, type Service } from './buckets';
import { Exchange } from './exchange';
import { operationOf } from './operations';
import { send, sendError } from './reply';
import { parseRequest } from './request';

export type { S3Options } from './buckets';
export type { ObjectEvent } from './events';

export interface S3 {
  /** Answers a request whose signature is verified. Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse, authenticated: Authenticated): Promise<void>;
  /** Answers an error that came up before {@link handle}, such as a wrong signature, as S3 does. Never rejects. */
  refuse(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void>;
  /** Resolves when the requests in progress are answered. */
  close(): Promise<void>;
}

/** Opens the buckets under a data folder, as an earlier run has left them, and serves them. */
export function createS3(options: S3Options): S3 {
  const service: Service = { ...options, buckets: openBuckets(options) };
  const inProgress = new Set<Promise<void>>();

  async function answer(request: IncomingMessage, response: ServerResponse, work: Work): Promise<void> {
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    try {
      await work(requestId);
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
        answer(request, response, async (requestId) => {
          const parsed = parseRequest(request);
          const operation = operationOf(parsed);
          const reply = await operation(new Exchange(parsed, authenticated, service, requestId));
          await send(response, reply, requestId);
        }),
      ),
    refuse: (request, response, error) => track(answer(request, response, () => Promise.reject(error))),
    async close() {
      while (inProgress.size > 0) await Promise.all(inProgress);
    },
  };
}

type Work = (requestId: string) => Promise<void>;

async function answerError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  requestId: string,
): Promise<void> {
  // The caller has gone, or the answer is already on its way: nobody is left to tell.
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
