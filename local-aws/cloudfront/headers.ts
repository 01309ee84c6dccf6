/** Headers of an answer on its way from the origin to the viewer. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Cors, ResponseHeadersPolicy } from './model';

/** By lower-case name. */
export type Headers = Record<string, string | string[]>;

/** These concern one connection, or every server on the way sets them anew. */
const NOT_PASSED_ON = [
  'age',
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-cache',
];

export function passedOn(headers: IncomingHttpHeaders): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter(
      (entry): entry is [string, string | string[]] =>
        entry[1] !== undefined && !NOT_PASSED_ON.includes(entry[0]),
    ),
  );
}

/**
 * Applies a response headers policy, to errors too.
 *
 * Source: docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
 */
export function withPolicy(
  headers: Headers,
  viewer: IncomingHttpHeaders,
  method: string,
  policy: ResponseHeadersPolicy | undefined,
): Headers {
  if (!policy) return headers;
  const kept = Object.entries(headers).filter(([name]) => !policy.remove.includes(name));
  const result: Headers = Object.fromEntries(kept);
  for (const { name, value, override } of policy.set) {
    const header = name.toLowerCase();
    if (override || result[header] === undefined) result[header] = value;
  }
  return policy.cors ? withCors(result, viewer, method, policy.cors) : result;
}

function withCors(headers: Headers, viewer: IncomingHttpHeaders, method: string, cors: Cors): Headers {
  const { origin } = viewer;
  if (origin === undefined) return headers;
  const own = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
  if (own.length > 0 && !cors.override) return headers;
  const others = Object.fromEntries(Object.entries(headers).filter(([name]) => !own.includes(name)));
  const everybody = cors.origins.includes('*');
  // Viewers of another origin get another answer.
  const vary: Headers = everybody ? {} : { vary: [others['vary'] ?? [], 'Origin'].flat().join(', ') };
  if (!everybody && !cors.origins.some((allowed) => isOrigin(allowed, origin))) return { ...others, ...vary };
  const preflight = method === 'OPTIONS' && viewer['access-control-request-method'] !== undefined;
  return {
    ...others,
    ...vary,
    'access-control-allow-origin': everybody && !cors.credentials ? '*' : origin,
    ...(cors.credentials && { 'access-control-allow-credentials': 'true' }),
    ...(!preflight && cors.expose.length > 0 && { 'access-control-expose-headers': cors.expose.join(',') }),
    ...(preflight && {
      'access-control-allow-methods': cors.methods.join(', '),
      'access-control-allow-headers': cors.headers.join(', '),
      ...(cors.maxAge !== undefined && { 'access-control-max-age': String(cors.maxAge) }),
    }),
  };
}

/** An origin without a scheme matches both schemes; `*.example.com` matches every subdomain. */
function isOrigin(allowed: string, origin: string): boolean {
  const [, scheme = '', host = ''] = /^(https?:\/\/)?(.*)$/.exec(allowed) ?? [];
  const actual = /^(https?:\/\/)(.*)$/.exec(origin);
  if (!actual || (scheme !== '' && scheme !== actual[1])) return false;
  return host.startsWith('*.') ? actual[2]!.endsWith(host.slice(1)) : actual[2] === host;
}
