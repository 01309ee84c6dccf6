/** How each service reports that it is overloaded, or has failed. Source: "Common errors" of its API reference. */

import { AwsError, type Call } from '../service';

type Words = [code: string, status: number];

const OTHERS = {
  throttle: ['ThrottlingException', 400] as Words,
  error: ['InternalFailure', 500] as Words,
};

const SERVICES: Record<string, typeof OTHERS> = {
  s3: { throttle: ['SlowDown', 503], error: ['InternalError', 500] },
  dynamodb: { throttle: ['ThrottlingException', 400], error: ['InternalServerError', 500] },
  sns: { throttle: ['Throttled', 429], error: ['InternalError', 500] },
  sqs: { throttle: ['RequestThrottled', 400], error: ['InternalFailure', 500] },
  events: { throttle: ['ThrottlingException', 400], error: ['InternalException', 500] },
  lambda: { throttle: ['TooManyRequestsException', 429], error: ['ServiceException', 500] },
};

const MESSAGES = { throttle: 'Rate exceeded', error: 'An internal error occurred. Please try again.' };

export function awsError(
  fault: 'throttle' | 'error' | 'deny' | 'missing',
  { principal, action, resource }: Call,
): AwsError {
  if (fault === 'deny') {
    const what = `${principal.arn} is not authorized to perform: ${action} on resource: ${resource}`;
    return new AwsError('AccessDenied', `User: ${what} with an explicit deny in a faults file`, 403);
  }
  // Without `x-amz-delete-marker`: as S3 answers where versioning was turned on minutes ago.
  if (fault === 'missing') return new AwsError('NoSuchKey', 'The specified key does not exist.', 404);
  const [service = ''] = action.split(':');
  const [code, status] = (SERVICES[service] ?? OTHERS)[fault];
  return new AwsError(code, MESSAGES[fault], status);
}
