/** Whose upload an object is: its key tells, so that nobody can reach another's. */
import { createHash } from 'node:crypto';
import type { Authorizer } from './api';
import { HttpProblem } from './problem';

/** Subjects that are kept as they are: what Cognito, Firebase, Okta and most others give their users. */
const PLAIN = /^(?!sha256-)[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/**
 * The caller, as one segment of a key: two callers never have the same one. What might mean more in a key than itself,
 * as `auth0|5f7c8ec7` or an email address could, is replaced by its SHA-256.
 *
 * A token is known by its `sub`. A signature is known by the user it is of, or the role and the name of its session;
 * only the users of a Cognito identity pool share both, and have an identity of their own.
 *
 * @throws HttpProblem 401 where nobody is known: the API is never open, even if it was set up so
 */
export function subjectOf({ jwt, iam }: Authorizer = {}): string {
  const caller = jwt?.claims['sub'] ?? iam?.cognitoIdentity?.identityId ?? iam?.userId;
  if (typeof caller !== 'string' || caller === '') {
    throw new HttpProblem(
      401,
      'Expected a token with a "sub", or a request signed with AWS credentials. Sign in and send it again.',
      { headers: { 'www-authenticate': 'Bearer, AWS4-HMAC-SHA256' } },
    );
  }
  return PLAIN.test(caller) ? caller : `sha256-${createHash('sha256').update(caller).digest('hex')}`;
}

/** An upload's id: a random UUID and the ending of its format. Case counts in a key. */
export const UPLOAD_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z]{3,4}$/;

/**
 * @param prefix start of the keys of all uploads, with its slash; may be empty
 * @param id that {@link UPLOAD_ID} allows
 */
export function uploadKey(prefix: string, subject: string, id: string): string {
  return `${prefix}${subject}/${id}`;
}
