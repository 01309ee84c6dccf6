/** How an invocation fails, with the names that Lambda and Step Functions use. */

/** Lambda's largest answer of a function in bytes: 6 MB and 100 (docs.aws.amazon.com/lambda/latest/api/API_Invoke.html). */
export const MAX_RESPONSE_BYTES = 6 * 1024 * 1024 + 100;

/** The error document of a failed invocation, as Lambda answers it. */
export interface ErrorDocument {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

/**
 * A failed invocation as a Task state sees it: its Retry and Catch match `name`; its `Cause` is `message`, which is JSON if
 * the function returned an error document.
 */
export class FunctionError extends Error {
  constructor(errorType: string, cause: string) {
    super(cause);
    this.name = errorType;
  }

  static of(document: ErrorDocument): FunctionError {
    return new FunctionError(document.errorType, JSON.stringify(document));
  }
}

/** The function ran into its timeout and was killed. */
export function timedOut(requestId: string, seconds: number): FunctionError {
  return FunctionError.of({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  });
}

/** How a child process ended: with an exit code or by a signal. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The process ended before it answered. Node aborts when its heap is full, so running out of heap ends here too. */
export function exited(requestId: string, { code, signal }: Exit): FunctionError {
  return FunctionError.of({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited ${reason(code, signal)}`,
  });
}

function reason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGABRT') return 'with error: signal: aborted (core dumped)';
  if (signal === 'SIGKILL') return 'with error: signal: killed';
  if (signal) return `with error: signal: ${signal}`;
  return code === 0 ? 'without providing a reason' : `with error: exit status ${code}`;
}

/** The answer is larger than Lambda allows. */
export function responseTooLarge(bytes: number): ErrorDocument {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
  };
}

/** The function's reserved concurrency is used up. */
export function throttled(requestId: string): FunctionError {
  return new FunctionError(
    'Lambda.TooManyRequestsException',
    `Rate Exceeded. (Service: Lambda, Status Code: 429, Request ID: ${requestId})`,
  );
}

/** Lambda itself has failed. */
export function serviceFailed(requestId: string): FunctionError {
  return new FunctionError(
    'Lambda.ServiceException',
    `Service is currently unavailable. (Service: Lambda, Status Code: 500, Request ID: ${requestId})`,
  );
}

/** No function, or no published version of it, has this ARN. */
export function notFound(functionArn: string, requestId: string): FunctionError {
  return new FunctionError(
    'Lambda.ResourceNotFoundException',
    `Function not found: ${functionArn} (Service: Lambda, Status Code: 404, Request ID: ${requestId})`,
  );
}
