/**
 * The answer of a function to an HTTP request, in payload format 2.0.
 *
 * Source: docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */

import type { ServerResponse } from 'node:http';

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

/** Headers about the connection are the server's own. */
const CONNECTION = ['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade'];

/**
 * A value without a `statusCode` is the body, as JSON.
 *
 * @returns undefined for an answer that AWS would refuse
 */
export function httpAnswer(result: unknown): HttpAnswer | undefined {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(result)),
    };
  }
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = result as Answer;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  if (typeof headers !== 'object' || headers === null || !Array.isArray(cookies)) return undefined;
  if (body !== null && typeof body !== 'string') return undefined;
  const given = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
    .filter(([name]) => !CONNECTION.includes(name));
  return {
    status,
    headers: {
      'content-type': 'application/json',
      ...Object.fromEntries(given),
      ...(cookies.length > 0 && { 'set-cookie': cookies.map(String) }),
    },
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

interface Answer {
  statusCode: unknown;
  headers?: unknown;
  cookies?: unknown;
  body?: unknown;
  isBase64Encoded?: unknown;
}

/** Sends an answer. A HEAD request only gets the headers. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  const empty = status === 204 || status === 304;
  response.writeHead(status, { ...headers, ...(!empty && { 'content-length': body.length }) });
  response.end(empty || response.req.method === 'HEAD' ? undefined : body);
}
