/** How a function of the API talks to API Gateway (HTTP API, payload format 2.0). */
import { Throttled, TransientError } from '../../../contract/errors';
import { asWorkflowError } from '../runtime/aws-errors';
import { type HttpAnswer, HttpProblem, problem } from './problem';

/**
 * The parts of a request that the API reads
 * (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
 */
export interface HttpEvent {
  /** Names are in lower case; the values of a repeated header are joined by commas. */
  headers: Record<string, string | undefined>;
  pathParameters?: Record<string, string | undefined>;
  requestContext: { authorizer?: Authorizer };
  body?: string;
  isBase64Encoded: boolean;
}

/** The caller as API Gateway has identified it, by a token or by a signature. */
export interface Authorizer {
  jwt?: { claims: Record<string, unknown> };
  iam?: { userId?: string | null; cognitoIdentity?: { identityId?: string | null } | null };
}

/** Seconds. By then most throttling and lost connections are over, and a page that polls doesn't notice. */
const TRY_AGAIN_AFTER = 1;

/**
 * Makes a Lambda handler from a route. An HttpProblem becomes its answer, and an AWS error that goes away by itself becomes
 * a 503. Anything else is a bug: it stays an error of the function, for which there is an alarm.
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
      return problem(503, `An AWS service can't answer right now. Try again in ${TRY_AGAIN_AFTER} s.`, {
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
