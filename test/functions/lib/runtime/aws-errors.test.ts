import { asWorkflowError } from '../../../../functions/lib/runtime/aws-errors';

/** An error as a client of the SDK throws it. */
const sdkError = (name: string, httpStatusCode: number, more: object = {}) =>
  Object.assign(new Error('the message'), { name, $metadata: { httpStatusCode, ...more }, $fault: 'client' });

test.each([
  ['RequestTimeTooSkewed', sdkError('RequestTimeTooSkewed', 403)],
  ['RequestExpired', sdkError('RequestExpired', 400)],
  ['a HEAD request whose time the SDK has corrected', sdkError('Unknown', 403, { clockSkewCorrected: true })],
])('a clock that was set between signing and checking is a transient error: %s', (_, error) => {
  expect(asWorkflowError(error)).toMatchObject({ name: 'TransientError', cause: error });
});

test.each([
  ['Unknown', 'AccessDenied'],
  ['AccessDenied', 'AccessDenied'],
  ['SignatureDoesNotMatch', 'SignatureDoesNotMatch'],
])('any other 403 stays permanent: %s', (name, expected) => {
  expect(asWorkflowError(sdkError(name, 403))).toMatchObject({ name: expected });
});

test.each([
  ['SlowDown', 503, 'Throttled'],
  ['InternalError', 500, 'TransientError'],
  ['NoSuchKey', 404, 'NoSuchKey'],
])('%s with status %i is %s', (name, status, expected) => {
  expect(asWorkflowError(sdkError(name, status))).toMatchObject({ name: expected });
});
