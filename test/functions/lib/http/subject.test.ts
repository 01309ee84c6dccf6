import type { HttpProblem } from '../../../../functions/lib/http/problem';
import { callerOf } from '../../../../functions/lib/http/subject';
import { getImages, postUploads, SUB } from '../../http';

test('a token identifies the caller by its sub', () => {
  expect(callerOf(postUploads().requestContext.authorizer)).toBe(SUB);
});

test('a signature identifies the caller by the user, or by the role and the session name', () => {
  const { userId } = getImages().requestContext.authorizer!.iam!;
  expect(userId).toBe('AROAIOSFODNN7EXAMPLE:gallery');
  expect(callerOf({ iam: { userId } })).toBe(userId);
});

test('users of a Cognito identity pool are different callers, although they share a role and a session name', () => {
  const userId = 'AROAIOSFODNN7EXAMPLE:CognitoIdentityCredentials';
  const user = (identityId: string) => callerOf({ iam: { userId, cognitoIdentity: { identityId } } });
  expect(user('us-east-1:3f1c')).not.toBe(user('us-east-1:77ab'));
});

test.each([
  [undefined],
  [{}],
  [{ jwt: { claims: {} } }],
  [{ jwt: { claims: { sub: '' } } }],
  [{ jwt: { claims: { sub: ['a'] } } }],
  [{ iam: {} }],
  [{ iam: { userId: null } }],
])('%j identifies no caller', (authorizer) => {
  expect(() => callerOf(authorizer)).toThrow(
    expect.objectContaining<Partial<HttpProblem>>({
      message:
        'Expected a token with a "sub", or a request signed with AWS credentials. Sign in and send it again.',
      answer: expect.objectContaining({ statusCode: 401 }),
    }),
  );
});
