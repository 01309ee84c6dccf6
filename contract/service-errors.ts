/** Names that Lambda and Step Functions give to errors: the state machine retries them, and what is left is counted. */

/** Faults of Lambda that go away by themselves: docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html */
export const LAMBDA_FAULTS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
];

/** The function crashed or hung. */
export const CRASHES = [
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
  'States.Timeout',
];
