/** Answers over HTTP, in the payload format 2.0 of API Gateway and function URLs. Errors are problem details (RFC 9457). */
import { STATUS_CODES } from 'node:http';

export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  /** Base64 where `isBase64Encoded`. */
  body?: string;
  isBase64Encoded?: boolean;
}

/** The body of an error. */
export interface Problem {
  /** No page of its own: what the problem is, the status, `error` and `detail` tell. */
  type: 'about:blank';
  /** The words that HTTP has for the status, as RFC 9457 asks for with `about:blank`. */
  title: string;
  status: number;
  /** What happened, to what, and what to do next. */
  detail: string;
  /** A name of the error vocabulary (errors.ts), for machines. */
  error?: string;
  /** Each thing that is wrong with a request. */
  faults?: Fault[];
}

export interface Fault {
  /** JSON Pointer (RFC 6901) to the value in the body; empty for the whole of it. */
  pointer: string;
  detail: string;
}

export interface ProblemOptions {
  error?: string;
  faults?: Fault[];
  /** Lower-case names. */
  headers?: Record<string, string>;
}

/**
 * The answer to a request that cannot be met. It is not to be cached unless `headers` say so: a cached miss would hide
 * what exists by now.
 *
 * @param status 400 to 599
 */
export function problem(
  status: number,
  detail: string,
  { error, faults, headers }: ProblemOptions = {},
): HttpAnswer {
  const body: Problem = {
    type: 'about:blank',
    title: STATUS_CODES[status] as string,
    status,
    detail,
    ...(error !== undefined && { error }),
    ...(faults && { faults }),
  };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

/** Thrown where a request cannot be met; whoever adapts the function to HTTP answers with it. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly answer: HttpAnswer;

  /** As {@link problem}. */
  constructor(status: number, detail: string, options?: ProblemOptions) {
    super(detail);
    this.answer = problem(status, detail, options);
  }
}
