/** Decides who may use a route: callers with a token, signed callers with permission, or everyone. */

import type { IncomingMessage } from 'node:http';
import { identityOf } from '../lambda/http-event';
import { AwsError, type Gate, type Principal } from '../service';
import { authenticate, readBody } from '../sigv4';
import { Refusal } from './answers';
import type { HttpApi, JwtAuthorization, Route } from './model';
import { type Claims, TokenError, type Tokens } from './tokens';

export interface AuthorizeOptions {
  account: string;
  /** The owner of an access key. */
  find: (accessKeyId: string) => Principal | undefined;
  gate: Gate;
  tokens: Tokens;
}

/** What the event says about the caller. */
export type Authorizer = Record<string, unknown> | undefined;

/**
 * @param limit bytes of a body, which is a part of what is signed
 * @returns the body as well, if it had to be read
 * @throws Refusal
 */
export async function authorize(
  request: IncomingMessage,
  { authorization }: Pick<Route, 'authorization'>,
  api: Pick<HttpApi, 'executionArn' | 'stage'>,
  options: AuthorizeOptions,
  limit: number,
): Promise<{ authorizer: Authorizer; body?: Buffer }> {
  if (authorization.type === 'NONE') return { authorizer: undefined };
  if (authorization.type === 'JWT')
    return { authorizer: await byToken(request, authorization, options.tokens) };
  return bySignature(request, api, options, limit);
}

async function byToken({ headers }: IncomingMessage, authorization: JwtAuthorization, tokens: Tokens) {
  const value = headers[authorization.header];
  if (typeof value !== 'string' || value === '') throw unauthorized('Bearer');
  try {
    const claims = await tokens.verify(value.replace(/^Bearer\s+/i, ''), authorization);
    const { scopes } = authorization;
    return { jwt: { claims: asTexts(claims), scopes: scopes.length > 0 ? scopes : null } };
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const scope = authorization.scopes.join(' ');
    const challenge = `Bearer scope="${scope}" error="${error.reason}" error_description="${error.message.replaceAll('"', "'")}"`;
    throw error.reason === 'insufficient_scope' ? forbidden(challenge) : unauthorized(challenge);
  }
}

/** API Gateway gives every claim as text: a list as `[a b]`. */
function asTexts(claims: Claims): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : textOf(value),
    ]),
  );
}

const textOf = (value: unknown) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

async function bySignature(
  request: IncomingMessage,
  { executionArn, stage }: Pick<HttpApi, 'executionArn' | 'stage'>,
  { account, find, gate }: AuthorizeOptions,
  limit: number,
) {
  const path = (request.url ?? '/').replace(/\?.*$/s, '');
  const resource = `${executionArn}/${stage}/${request.method}${path}`;
  try {
    const authenticated = await authenticate(request, find);
    const { principal, service } = authenticated;
    if (service !== 'execute-api') throw forbidden();
    const body = await readBody(request, authenticated, limit);
    await gate({ principal, action: 'execute-api:Invoke', resource });
    return { authorizer: { iam: identityOf(principal, account) }, body };
  } catch (error) {
    if (error instanceof AwsError && error.status === 413) throw new Refusal(413, 'Request Entity Too Large');
    // The caller learns no more about any failure, except about an injected fault.
    throw error instanceof AwsError && error.status < 500 && error.status !== 429 ? forbidden() : error;
  }
}

const unauthorized = (challenge: string) =>
  new Refusal(401, 'Unauthorized', { 'www-authenticate': challenge });

const forbidden = (challenge?: string) =>
  new Refusal(403, 'Forbidden', challenge === undefined ? {} : { 'www-authenticate': challenge });
