import { assert, property, string, tuple } from 'fast-check';
import type { HttpProblem } from '../../../../functions/lib/http/problem';
import { subjectOf, uploadKey } from '../../../../functions/lib/http/subject';
import { anyCharacter } from '../../../fixtures/characters';
import { getImages, postUploads, SUB } from '../../http';

const token = (sub: unknown) => subjectOf({ jwt: { claims: { sub } } });

test('a token identifies the caller by its sub', () => {
  expect(subjectOf(postUploads().requestContext.authorizer)).toBe(SUB);
});

test('a signature identifies the caller by the user, or by the role and the session name', () => {
  const { userId } = getImages().requestContext.authorizer!.iam!;
  expect(userId).toBe('AROAIOSFODNN7EXAMPLE:gallery');
  expect(subjectOf({ iam: { userId } })).toMatch(/^sha256-[0-9a-f]{64}$/);
  expect(subjectOf({ iam: { userId: 'AIDAIOSFODNN7EXAMPLE' } })).toBe('AIDAIOSFODNN7EXAMPLE');
});

test('users of a Cognito identity pool are different subjects, although they share a role and a session name', () => {
  const userId = 'AROAIOSFODNN7EXAMPLE:CognitoIdentityCredentials';
  const user = (identityId: string) => subjectOf({ iam: { userId, cognitoIdentity: { identityId } } });
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
  expect(() => subjectOf(authorizer)).toThrow(
    expect.objectContaining<Partial<HttpProblem>>({
      answer: expect.objectContaining({ statusCode: 401 }),
    }),
  );
});

test('a caller cannot pass for another by a name that looks like a hash', () => {
  const hashed = token('auth0|5f7c8ec7');
  expect(hashed).toMatch(/^sha256-/);
  expect(token(hashed)).not.toBe(hashed);
});

test('every subject becomes a safe and short key segment that no other subject has', () => {
  const sub = string({ minLength: 1, unit: anyCharacter });
  assert(
    property(tuple(sub, sub), ([one, other]) => {
      const segment = token(one);
      expect(segment).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,70}$/);
      expect(token(other) === segment).toBe(one === other);
      expect(uploadKey('uploads/', segment, 'id').split('/')).toHaveLength(3);
    }),
  );
});
