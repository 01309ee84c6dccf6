/**
 * The event for an HTTP request, in payload format 2.0, as function URLs and HTTP APIs send it.
 *
 * Source: docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */

import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../service';

export interface HttpRequest {
  method: string;
  /** As the function gets it. */
  path: string;
  /** Without `?`. */
  query: string;
  /** By lower-case name. */
  headers: IncomingHttpHeaders;
  body: Buffer;
  sourceIp: string;
}

/** What the request came through. */
export interface HttpSource {
  account: string;
  /** Id of the URL or API. */
  apiId: string;
  domainName: string;
  /** @default `$default` */
  routeKey?: string;
  /** @default `$default` */
  stage?: string;
  /** The caller, as described by the authorizer. */
  authorizer?: Record<string, unknown>;
  pathParameters?: Record<string, string>;
}

export function httpEvent(request: HttpRequest, source: HttpSource, now = new Date()): HttpEvent {
  const { method, path, query, body, sourceIp } = request;
  const { account, apiId, domainName, routeKey = '$default', stage = '$default', authorizer } = source;
  const { cookie, ...headers } = request.headers;
  const parameters = queryParameters(query);
  const binary = !isText(request.headers['content-type']);
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie && { cookies: cookie.split(/;\s*/) }),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ...(Object.keys(parameters).length > 0 && { queryStringParameters: parameters }),
    ...(source.pathParameters && { pathParameters: source.pathParameters }),
    requestContext: {
      accountId: account,
      apiId,
      ...(authorizer && { authorizer }),
      domainName,
      domainPrefix: domainName.split('.')[0]!,
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage,
      time: apacheTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(binary ? 'base64' : 'utf8') }),
    isBase64Encoded: binary && body.length > 0,
  };
}

export interface HttpEvent {
  version: '2.0';
  routeKey: string;
  rawPath: string;
  rawQueryString: string;
  cookies?: string[];
  headers: Record<string, string>;
  queryStringParameters?: Record<string, string>;
  pathParameters?: Record<string, string>;
  requestContext: Record<string, unknown>;
  body?: string;
  isBase64Encoded: boolean;
}

/** Decoded; several values of one name are joined by commas. */
function queryParameters(query: string): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    all[name] = Object.hasOwn(all, name) ? `${all[name]},${value}` : value;
  }
  return all;
}

const isText = (type = '') => /^(text\/|application\/(json|javascript|xml|[\w.-]+\+(json|xml))\b)/.test(type);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** For example `12/Mar/2020:19:03:58 +0000`. */
function apacheTime(now: Date): string {
  const day = String(now.getUTCDate()).padStart(2, '0');
  const time = now.toISOString().slice(11, 19);
  return `${day}/${MONTHS[now.getUTCMonth()]}/${now.getUTCFullYear()}:${time} +0000`;
}

/** The signer of a request, as an event describes it. */
export function identityOf({ arn, accessKeyId }: Principal, account: string) {
  const id = arn.split('/').at(-1)!;
  return {
    accessKey: accessKeyId,
    accountId: account,
    callerId: id,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: arn,
    userId: id,
  };
}
