/**
 * A CloudFront distribution on this machine: behaviors, signed URLs and cookies, origins with failover, a cache, and headers
 * by policy.
 */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { steadyNow } from '../clock';
import { AwsError } from '../service';
import type { Cache } from './cache';
import { createEdge, type EdgeAnswer } from './edge';
import { errorPage, refused } from './error-page';
import { withPolicy } from './headers';
import type { Behavior } from './model';
import { createOrigins, OriginError, type OriginsOptions } from './origins';
import { refusalOf, withoutSignature } from './signature';
import { behaviorFor, type ViewerRequest, viewerRequest } from './viewer';

export interface DistributionOptions extends OriginsOptions {
  /** Where it keeps answers. */
  cache: Cache;
  /** The time, in Unix milliseconds. @default the computer's; a cache isn't disturbed when someone sets that clock */
  now?: () => number;
}

/** The service principal that calls origins for its distributions. */
export const CLOUDFRONT = 'cloudfront.amazonaws.com';

export function createDistribution(options: DistributionOptions): Server {
  const { distribution, cache, now = Date.now } = options;
  const origins = createOrigins(options);
  const answerOf = createEdge({ distribution, cache, origins, now: options.now ?? steadyNow });

  async function answer(viewer: ViewerRequest, behavior: Behavior): Promise<EdgeAnswer> {
    if (!behavior.allowedMethods.includes(viewer.method)) return errorPage(403, METHOD);
    const { trustedKeys } = behavior;
    // Before the cache: what one viewer may request isn't for everyone.
    const refusal = trustedKeys && refusalOf(viewer, trustedKeys, now());
    if (refusal) return refused(refusal);
    try {
      return await answerOf(trustedKeys ? withoutSignature(viewer) : viewer, behavior);
    } catch (error) {
      if (error instanceof OriginError) return errorPage(error.status, error.message);
      throw error;
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const viewer = viewerRequest(request);
    const behavior = behaviorFor(distribution, viewer.path);
    const { status, headers, body, result } = await answer(viewer, behavior);
    const given = withPolicy(headers, viewer.headers, viewer.method, behavior.responseHeaders);
    const own = {
      'x-cache': `${result} from cloudfront`,
      via: `1.1 ${distribution.domain} (CloudFront)`,
      'x-amz-cf-id': randomUUID(),
    };
    // Otherwise the rest of an unread body would be read as the next request.
    const close = request.complete ? {} : { connection: 'close' };
    const length = Buffer.isBuffer(body) && status !== 304 ? { 'content-length': String(body.length) } : {};
    response.writeHead(status, { ...given, ...length, ...own, ...close });
    // Node.js sends no body in answer to a HEAD.
    if (body === undefined || Buffer.isBuffer(body)) response.end(body);
    else await pipeline(body, response);
  }

  return createServer((request, response) => {
    request.resume();
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      const isBad = error instanceof AwsError && error.status === 400;
      if (!isBad) console.error(error);
      const { status, headers, body } = isBad
        ? errorPage(400, error.message)
        : errorPage(500, 'Internal error.');
      response.writeHead(status, headers).end(body);
    });
  });
}

const METHOD =
  'This distribution is not configured to allow the HTTP request method that was used for this request.';
