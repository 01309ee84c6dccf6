/** Starts what answers at the public endpoints of a stack. */

import { API_GATEWAY, createHttpApi } from '../api-gateway';
import { allowsOrigin } from '../api-gateway/cors';
import type { HttpApi } from '../api-gateway/model';
import type { Tokens } from '../api-gateway/tokens';
import { CLOUDFRONT, createDistribution } from '../cloudfront';
import type { Cache } from '../cloudfront/cache';
import type { serviceMetrics } from '../cloudwatch/services';
import type { Lambda } from '../lambda';
import { createFunctionUrl } from '../lambda/function-url';
import type { Context } from './context';
import type { OpenEndpoint } from './public-endpoints';

export interface ServedEndpoints {
  publicEndpoints: OpenEndpoint[];
  /** What each distribution has cached, by its ARN. */
  caches: ReadonlyMap<string, Cache>;
  lambda: Lambda;
  metrics: ReturnType<typeof serviceMetrics>;
  /** Verifies tokens. */
  tokens: Tokens;
  /** Origins of pages that may call every HTTP API. */
  origins: ReadonlySet<string>;
  /** The time for caches, in Unix milliseconds. */
  now?: () => number;
}

export function servePublicEndpoints(context: Context, options: ServedEndpoints): void {
  const { stack } = context;
  const at = (domain: string) =>
    options.publicEndpoints.find(({ origins }) => origins.includes(`https://${domain}`))!;
  for (const url of stack.functionUrls) at(url.domain).serve(functionUrl(context, options, url));
  for (const api of stack.apis) {
    at(api.domain).serve(httpApi(context, options, api), {
      allows: (origin) => options.origins.has(origin) || allowsOrigin(api.cors, origin),
    });
    logLimitsOf(api, context.log);
  }
  for (const distribution of stack.distributions) {
    const { arn, domain, skipped } = distribution;
    const server = createDistribution({
      distribution,
      cache: options.caches.get(arn)!,
      region: stack.region,
      principal: context.principals.signingService(CLOUDFRONT, arn),
      reach: ({ kind, name }) => (kind === 's3' ? context.endpoint : at(name).url),
      now: options.now,
    });
    at(domain).serve(server, { allows: (origin) => options.origins.has(origin), anyoneReads: true });
    if (skipped.length > 0) context.log(`The distribution ${domain} runs here without ${skipped.join(', ')}`);
  }
}

function functionUrl(
  { stack, principals, gate, faults }: Context,
  { lambda, metrics }: ServedEndpoints,
  url: Context['stack']['functionUrls'][number],
) {
  return createFunctionUrl({
    url,
    account: stack.account,
    find: principals.find,
    gate,
    invoke: lambda.invoke,
    perform: faults.serve,
    measure: (values) => metrics.invocation(values, { name: url.functionName }),
  });
}

function httpApi(
  { stack, principals, gate, faults }: Context,
  { lambda, metrics, tokens, origins, now }: ServedEndpoints,
  api: HttpApi,
) {
  return createHttpApi({
    api,
    account: stack.account,
    find: principals.find,
    gate,
    tokens,
    service: (source) => principals.service(API_GATEWAY, source),
    invoke: lambda.invoke,
    perform: faults.serve,
    origins,
    now,
    onAnswer: (status) => metrics.apiAnswer(api, status),
  });
}

function logLimitsOf({ name, skipped, routes }: HttpApi, log: Context['log']): void {
  log(`The API ${name} runs here without ${skipped.join(', ')}`);
  const issuers = new Set(
    routes.flatMap(({ authorization }) => (authorization.type === 'JWT' ? [authorization.issuer] : [])),
  );
  for (const issuer of issuers) {
    log(`The API ${name} accepts tokens of ${issuer} only if a key of this data folder has signed them`);
  }
}
