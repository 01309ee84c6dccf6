/** Answers over HTTP, in the payload format 2.0 of API Gateway and function URLs. Errors are problem details (RFC 9457). */
import { STATUS_CODES } from 'node:http';

export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  /** In base64 if `isBase64Encoded`. */
  body?: string;
  isBase64Encoded?: boolean;
}

/** The body of an error. */
export interface Problem {
  /** There is no page for a type of problem: the status, `error` and `detail` say what is wrong. */
  type: 'about:blank';
  /** HTTP's name for the status, as RFC 9457 asks for with `about:blank`. */
  title: string;
  status: number;
  /** What happened, to what, and what to do next. */
  detail: string;
  /** A name from the error vocabulary (contract/errors.ts), for programs. */
  error?: string;
  /** Everything that is wrong with a request. */
  faults?: Fault[];
}

export interface Fault {
  /** JSON Pointer (RFC 6901) to the value in the body; empty for the whole body. */
  pointer: string;
  detail: string;
}

export interface ProblemOptions {
  error?: string;
  faults?: Fault[];
  /** Names are in lower case. */
  headers?: Record<string, string>;
}

/**
 * The answer to a request that can't be fulfilled. It must not be cached unless `headers` say so: a cached 404 would hide
 * an image that exists by now.
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

/** Thrown if a request can't be fulfilled; the handler answers with it. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly answer: HttpAnswer;

  /** As {@link problem}. */
  constructor(status: number, detail: string, options?: ProblemOptions) {
    super(detail);
    this.answer = problem(status, detail, options);
  }
}
