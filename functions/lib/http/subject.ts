/** Who owns an upload: its key says so, and nobody can reach another's. */
import { createHash } from 'node:crypto';
import type { Authorizer } from './api';
import { HttpProblem } from './problem';

/** Subjects that are used as they are: the ids that Cognito, Firebase, Okta and most others give their users. */
const PLAIN = /^(?!sha256-)[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/**
 * The caller as one segment of a key, which no two callers share. A name whose characters could have a meaning in a key,
 * such as `auth0|5f7c8ec7` or an email address, is replaced by its SHA-256.
 *
 * A token identifies its caller by `sub`, a signature by the user, or by the role and the name of its session. Only the
 * users of a Cognito identity pool share both; they have an identity of their own.
 *
 * @throws HttpProblem 401 if there is no caller: the API is never open, even if it was set up so
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

/** An upload's id: a random UUID and the suffix of its format. Keys are case-sensitive. */
export const UPLOAD_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z]{3,4}$/;

/**
 * @param prefix start of the keys of all uploads, with its slash; may be empty
 * @param id that matches {@link UPLOAD_ID}
 */
export function uploadKey(prefix: string, subject: string, id: string): string {
  return `${prefix}${subject}/${id}`;
}
