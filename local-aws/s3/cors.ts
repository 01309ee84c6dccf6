/**
 * CORS: which pages may send which requests to a bucket.
 *
 * Source: docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html and ManageCorsUsing.html
 */

import { AwsError } from '../service';
import type { CorsRule } from '../stack/model';
import type { Reply } from './reply';
import type { S3Request } from './request';

type Headers = Record<string, string>;

/** The request of a page: its origin, the method, and the headers that a preflight names. */
interface Question {
  origin: string;
  method: string;
  headers: string[];
}

/** The headers of an answer to a page; none if the request comes from no page. */
export function corsHeaders(
  { headers, method }: Pick<S3Request, 'headers' | 'method'>,
  rules: readonly CorsRule[],
): Headers {
  const origin = headers.get('origin');
  if (origin === undefined) return {};
  const question = { origin, method, headers: [] };
  const rule = rules.find((each) => allows(each, question));
  return rule ? answerTo(question, rule) : {};
}

/**
 * Answers whether a page may send a request.
 *
 * @param rules of the bucket; undefined if there is no such bucket
 * @throws AwsError `AccessForbidden` if it may not, `BadRequest` if the preflight is incomplete
 */
export function preflight(
  { headers, key }: Pick<S3Request, 'headers' | 'key'>,
  rules: readonly CorsRule[] | undefined,
): Reply {
  const origin = headers.get('origin');
  const method = headers.get('access-control-request-method');
  if (origin === undefined) throw unclear('Insufficient information. Origin request header needed.');
  if (method === undefined) throw unclear('Invalid Access-Control-Request-Method: null');
  const forbidden = (why: string) =>
    new AwsError('AccessForbidden', `CORSResponse: ${why}`, 403, {
      Method: method,
      ResourceType: key === '' ? 'BUCKET' : 'OBJECT',
    });
  if (!rules) throw forbidden('Bucket not found');
  if (rules.length === 0) throw forbidden('CORS is not enabled for this bucket.');
  const asked = (headers.get('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const question = { origin, method, headers: asked };
  const rule = rules.find((each) => allows(each, question));
  if (!rule) throw forbidden(NOT_ALLOWED);
  return {
    headers: {
      ...answerTo(question, rule),
      ...(asked.length > 0 && { 'access-control-allow-headers': asked.join(', ') }),
      'content-length': 0,
    },
  };
}

/** S3's own text, with its misspelling. */
const NOT_ALLOWED =
  'This CORS request is not allowed. This is usually because the evalution of Origin, request method / ' +
  "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.";

function allows(rule: CorsRule, { origin, method, headers }: Question): boolean {
  return (
    rule.methods.includes(method) &&
    rule.origins.some((pattern) => matches(pattern, origin)) &&
    headers.every((name) => rule.headers.some((pattern) => matches(pattern.toLowerCase(), name)))
  );
}

/** Whether any of the rules lets pages of this origin send something. */
export const allowsOrigin = (rules: readonly CorsRule[], origin: string): boolean =>
  rules.some(({ origins }) => origins.some((pattern) => matches(pattern, origin)));

/** A pattern may have one `*`. */
function matches(pattern: string, text: string): boolean {
  const [start = '', end] = pattern.split('*', 2);
  if (end === undefined) return text === pattern;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

function answerTo({ origin }: Question, { origins, methods, expose, maxAge }: CorsRule): Headers {
  const everyone = origins.includes('*');
  return {
    'access-control-allow-origin': everyone ? '*' : origin,
    'access-control-allow-methods': methods.join(', '),
    ...(expose.length > 0 && { 'access-control-expose-headers': expose.join(', ') }),
    ...(maxAge !== undefined && { 'access-control-max-age': String(maxAge) }),
    ...(!everyone && { 'access-control-allow-credentials': 'true' }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

const unclear = (message: string) => new AwsError('BadRequest', message, 400);
