/**
 * CORS of an HTTP API: the API itself answers, and drops the CORS headers of functions.
 *
 * Source: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */

import type { IncomingHttpHeaders } from 'node:http';
import type { HttpCors } from './model';

type Headers = Record<string, string>;

/** Headers of the answer to a preflight; none for an origin or method that is not allowed. */
export function preflightHeaders(cors: HttpCors, headers: IncomingHttpHeaders): Headers {
  const origin = allowedOrigin(cors, headers.origin);
  const method = headers['access-control-request-method'] ?? '';
  if (!origin || !(cors.methods.includes('*') || cors.methods.includes(method))) return {};
  const { maxAge, credentials } = cors;
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': cors.methods.join(','),
    ...(cors.headers.length > 0 && { 'access-control-allow-headers': cors.headers.join(',') }),
    ...(credentials && { 'access-control-allow-credentials': 'true' }),
    ...(maxAge !== undefined && { 'access-control-max-age': String(maxAge) }),
  };
}

/** Headers of any other answer. */
export function corsHeaders(cors: HttpCors, headers: IncomingHttpHeaders): Headers {
  const origin = allowedOrigin(cors, headers.origin);
  if (!origin) return {};
  return {
    'access-control-allow-origin': origin,
    ...(cors.expose.length > 0 && { 'access-control-expose-headers': cors.expose.join(',') }),
    ...(cors.credentials && { 'access-control-allow-credentials': 'true' }),
  };
}

/** Whether pages of this origin may read the API's answers. */
export const allowsOrigin = (cors: HttpCors | undefined, origin: string): boolean =>
  cors !== undefined && allowedOrigin(cors, origin) !== undefined;

/** `*` may also stand for every host of a scheme, as in `https://*`. */
function allowedOrigin({ origins }: HttpCors, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  if (origins.includes('*')) return '*';
  const allowed = origins.some(
    (each) => each === origin || (each.endsWith('://*') && origin.startsWith(each.slice(0, -1))),
  );
  return allowed ? origin : undefined;
}
