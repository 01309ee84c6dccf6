/** Sends real requests to origins at their addresses on this machine, signed for the distribution. */

import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request as send } from 'node:http';
import type { Principal } from '../service';
import { signRequest } from '../sigv4';
import type { Distribution, Origin } from './model';

/** An origin cannot be reached (502), or does not answer in time (504). */
export class OriginError extends Error {
  constructor(
    readonly status: 502 | 504,
    message: string,
  ) {
    super(message);
    this.name = 'OriginError';
  }
}

export interface OriginRequest {
  method: string;
  /** As the viewer sent it. */
  path: string;
  /** Without `?`. */
  query: string;
  headers: Record<string, string>;
  /** Address of the viewer. */
  viewer: string;
}

export interface OriginsOptions {
  distribution: Distribution;
  /** The distribution, which signs. */
  principal: Principal;
  region: string;
  /** Where an origin is on this machine, for example `http://127.0.0.1:4566`. */
  reach: (origin: Origin) => string;
}

export interface Origins {
  /**
   * @param target id of an origin or a group of two
   * @returns the answer; its content has still to be read
   * @throws OriginError
   */
  ask(target: string, request: OriginRequest): Promise<IncomingMessage>;
}

export function createOrigins({ distribution, principal, region, reach }: OriginsOptions): Origins {
  const agent = new Agent({ keepAlive: true });
  const originOf = (id: string) => distribution.origins.find((origin) => origin.id === id)!;

  async function askOne(
    origin: Origin,
    request: OriginRequest,
    failedOver = false,
  ): Promise<IncomingMessage> {
    const { method, query, viewer } = request;
    const server = reach(origin);
    const bucket = origin.kind === 's3' ? `/${origin.name}` : '';
    const targetOf = (path: string) => `${bucket}${origin.path}${path}${query && `?${query}`}`;
    const target = targetOf(request.path);
    // Users report that what CloudFront signs after a failover isn't the path that it sends, if that has escapes.
    const signedTarget =
      failedOver && origin.kind === 'function-url' ? targetOf(request.path.replaceAll('%', '%25')) : target;
    const headers = {
      ...request.headers,
      ...origin.headers,
      'user-agent': 'Amazon CloudFront',
      via: `1.1 ${distribution.domain} (CloudFront)`,
      'x-amz-cf-id': randomUUID(),
      ...(origin.kind === 'function-url' && { 'x-forwarded-for': viewer }),
    };
    const service = origin.kind === 's3' ? 's3' : 'lambda';
    const signed = origin.signed
      ? await signRequest(
          { method, origin: server, target: signedTarget, headers },
          { principal, service, region },
        )
      : headers;
    const { hostname, port } = new URL(server);
    return new Promise((resolve, reject) => {
      const outgoing = send({ agent, hostname, port, method, path: target, headers: signed }, resolve);
      outgoing.setTimeout(origin.readTimeout * 1_000, () =>
        outgoing.destroy(
          new OriginError(504, `${origin.name} did not answer within ${origin.readTimeout} s`),
        ),
      );
      outgoing.on('error', (error) =>
        reject(
          error instanceof OriginError ? error : new OriginError(502, `${origin.name}: ${error.message}`),
        ),
      );
      outgoing.end();
    });
  }

  return {
    async ask(target, request) {
      const group = distribution.originGroups.find(({ id }) => id === target);
      if (!group) return askOne(originOf(target), request);
      const [first, second] = group.members.map(originOf);
      const answer = await askOne(first!, request).catch((error: unknown) => {
        if (error instanceof OriginError) return undefined;
        throw error;
      });
      if (answer && !group.statusCodes.includes(answer.statusCode!)) return answer;
      answer?.resume();
      return askOne(second!, request, true);
    },
  };
}
