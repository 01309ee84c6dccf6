import { CorruptImage } from '../../../../contract/errors';
import { asWorkflowError } from '../../../../functions/lib/runtime/aws-errors';

/** An error as a client of the SDK throws it. */
const sdkError = (name: string, httpStatusCode: number, more: object = {}) =>
  Object.assign(new Error('the message'), { name, $metadata: { httpStatusCode, ...more }, $fault: 'client' });

test.each([
  ['RequestTimeTooSkewed', sdkError('RequestTimeTooSkewed', 403)],
  ['RequestExpired', sdkError('RequestExpired', 400)],
  ['RequestInTheFuture', sdkError('RequestInTheFuture', 403)],
  ['a HEAD request whose time the SDK has corrected', sdkError('Unknown', 403, { clockSkewCorrected: true })],
])('a clock that was set between signing and checking is a transient error: %s', (_, error) => {
  expect(asWorkflowError(error)).toMatchObject({
    name: 'TransientError',
    message: `${error.name}: the message`,
    cause: error,
  });
});

test('a denied HEAD request, whose answer has no name, gets one', () => {
  for (const name of ['Unknown', 'UnknownError']) {
    const error = sdkError(name, 403);
    expect(asWorkflowError(error)).toBe(error);
    expect(error).toMatchObject({ name: 'AccessDenied', message: 'Access denied: the message' });
  }
});

test('an error without a text, without a stack or without an answer stays as it is', () => {
  const bare = { name: 'Error', message: undefined };
  expect(asWorkflowError(bare)).toBe(bare);
  expect(bare).toEqual({ name: 'Error', message: undefined });
  const odd = Object.assign(new Error('a\nb'), { stack: undefined });
  expect(asWorkflowError(odd)).toMatchObject({ message: 'a\\u000ab', stack: undefined });
  const plain = new Error('plain');
  const { stack } = plain;
  expect(asWorkflowError(plain)).toMatchObject({ message: 'plain', stack });
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
  ['Unknown', 404, 'Unknown'],
  ['IsUnknown', 403, 'IsUnknown'],
])('%s with status %i is %s', (name, status, expected) => {
  expect(asWorkflowError(sdkError(name, status))).toMatchObject({ name: expected });
});

test('a key in the text of an error forges no line of a log, neither in the message nor in the stack', () => {
  const key = 'a$&\n{"level":"ERROR"}\u009b31m\u202e.jpg';
  const error = asWorkflowError(new CorruptImage(`s3://bucket/${key} is odd`));
  expect(error).toBeInstanceOf(CorruptImage);
  expect(error.message).toBe('s3://bucket/a$&\\u000a{"level":"ERROR"}\\u009b31m\\u202e.jpg is odd');
  expect(error.stack).toContain(error.message);
  expect(error.stack).not.toContain('\u009b');
});
