/** How a function of the API meets API Gateway (HTTP API, payload format 2.0). */
import { Throttled, TransientError } from '../../../contract/errors';
import { asWorkflowError } from '../runtime/aws-errors';
import { type HttpAnswer, HttpProblem, problem } from './problem';

/**
 * A request, as far as the API reads it
 * (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
 */
export interface HttpEvent {
  /** Names are lower case; the values of a repeated one are joined by commas. */
  headers: Record<string, string | undefined>;
  pathParameters?: Record<string, string | undefined>;
  requestContext: { authorizer?: Authorizer };
  body?: string;
  isBase64Encoded: boolean;
}

/** Who API Gateway found the caller to be: by a token or by a signature. */
export interface Authorizer {
  jwt?: { claims: Record<string, unknown> };
  iam?: { userId?: string | null; cognitoIdentity?: { identityId?: string | null } | null };
}

/** Seconds. Throttling and lost connections pass within that, and a page that polls does not notice. */
const TRY_AGAIN_AFTER = 1;

/**
 * Makes a Lambda handler of a route. A request that cannot be met is answered by its problem, a fault of AWS that passes
 * by itself by 503. Anything else is a defect: it stays an error of the function, which is alarmed on.
 */
export function route<Event = HttpEvent, Rest extends unknown[] = []>(
  run: (event: Event, ...rest: Rest) => Promise<HttpAnswer>,
): (event: Event, ...rest: Rest) => Promise<HttpAnswer> {
  return async (event, ...rest) => {
    try {
      return await run(event, ...rest);
    } catch (error) {
      if (error instanceof HttpProblem) return error.answer;
      const fault = asWorkflowError(error);
      if (!(fault instanceof Throttled || fault instanceof TransientError)) throw fault;
      console.warn(`${fault.name}: ${fault.message}`);
      return problem(503, `A service of AWS cannot answer now. Try again in ${TRY_AGAIN_AFTER} s.`, {
        error: fault.name,
        headers: { 'retry-after': String(TRY_AGAIN_AFTER) },
      });
    }
  };
}

/** An answer in JSON. */
export function json(statusCode: number, value: unknown, headers: Record<string, string>): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}
