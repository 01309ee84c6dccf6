/** Puts behind each door of a stack what the stack has there. */

import { API_GATEWAY, createHttpApi } from './api-gateway';
import type { Tokens } from './api-gateway/tokens';
import { CLOUDFRONT, createDistribution } from './cloudfront';
import type { Door, OpenDoor } from './doors';
import type { Lambda } from './lambda';
import { createFunctionUrl } from './lambda/function-url';
import type { Principals } from './principals';
import type { Perform } from './server';
import type { Gate } from './service';
import type { Stack } from './stack/model';

export interface ServeDoorsOptions {
  /** Those of {@link openDoors}. */
  doors: OpenDoor[];
  stack: Stack;
  /** Where S3 is. */
  endpoint: string;
  principals: Principals;
  gate: Gate;
  invoke: Lambda['invoke'];
  /** What requests to functions go through. */
  perform: Perform;
  /** Told what Lambda measures of the URL of a function. */
  measure: (values: Record<string, number>, fn: { name: string }) => void;
  /** Told the status of each answer of an HTTP API. */
  measureApi: (api: { id: string }, status: number) => void;
  /** What tokens are verified with. */
  tokens: Tokens;
  /** Origins of pages that may call every HTTP API. */
  origins: ReadonlySet<string>;
  /** What time it is for caches, in milliseconds. */
  now?: () => number;
  /** Told what a distribution or API asks for and does not have here. */
  log: (line: string) => void;
}

export function serveDoors(options: ServeDoorsOptions): void {
  const { doors, stack, endpoint, principals, gate, invoke, perform, measure, now, log } = options;
  const doorTo = (domain: string) => doors.find(({ origins }) => origins.includes(`https://${domain}`))!;

  for (const url of stack.functionUrls) {
    const server = createFunctionUrl({
      url,
      account: stack.account,
      find: principals.find,
      gate,
      invoke,
      perform,
      measure: (values) => measure(values, { name: url.functionName }),
    });
    doorTo(url.domain).serve(server);
  }
  for (const api of stack.apis) {
    const server = createHttpApi({
      api,
      account: stack.account,
      find: principals.find,
      gate,
      tokens: options.tokens,
      service: (source) => principals.service(API_GATEWAY, source),
      invoke,
      perform,
      origins: options.origins,
      now,
      onAnswer: (status) => options.measureApi(api, status),
    });
    doorTo(api.domain).serve(server);
    log(`The API ${api.name} runs here without ${api.skipped.join(', ')}`);
    const issuers = new Set(
      api.routes.flatMap(({ authorization }) => (authorization.type === 'JWT' ? [authorization.issuer] : [])),
    );
    for (const issuer of issuers) {
      log(
        `The API ${api.name} takes tokens of ${issuer} that are signed with a key of this data folder, and no others`,
      );
    }
  }
  for (const distribution of stack.distributions) {
    const { arn, domain, skipped } = distribution;
    const server = createDistribution({
      distribution,
      region: stack.region,
      principal: principals.signingService(CLOUDFRONT, arn),
      reach: ({ kind, name }) => (kind === 's3' ? endpoint : doorTo(name).url),
      now,
    });
    doorTo(domain).serve(server);
    if (skipped.length > 0) log(`The distribution ${domain} runs here without ${skipped.join(', ')}`);
  }
}

/** What is told of a door. */
export const told = ({ kind, name, url }: OpenDoor): Door => ({ kind, name, url });
