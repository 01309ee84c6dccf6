/** Who calls the API, and where that user's uploads are: nobody can reach another's. */
import type { Authorizer } from './api';
import { HttpProblem } from './problem';

/**
 * The caller, by the name that no two callers share: `sub` of a token; of a signature the user, or the role and the name of its
 * session. Only the users of a Cognito identity pool share both; they have an identity of their own.
 *
 * @throws HttpProblem 401 if there is no caller: the API is never open, even if it was set up so
 */
export function callerOf({ jwt, iam }: Authorizer = {}): string {
  const caller = jwt?.claims['sub'] ?? iam?.cognitoIdentity?.identityId ?? iam?.userId;
  if (typeof caller === 'string' && caller !== '') return caller;
  throw new HttpProblem(
    401,
    'Expected a token with a "sub", or a request signed with AWS credentials. Sign in and send it again.',
    { headers: { 'www-authenticate': 'Bearer, AWS4-HMAC-SHA256' } },
  );
}

/** An upload's id: a random UUID and the suffix of its format. Keys are case-sensitive. */
export const UPLOAD_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z]{3,4}$/;

/**
 * @param prefix start of the keys of all uploads, with its slash; may be empty
 * @param subject the random id of the user: contract/subject.ts
 * @param id that matches {@link UPLOAD_ID}
 */
export function uploadKey(prefix: string, subject: string, id: string): string {
  return `${prefix}${subject}/${id}`;
}
