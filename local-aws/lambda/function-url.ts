/**
 * A function behind a URL of its own, for callers who sign (`AWS_IAM`).
 *
 * Source: docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Perform, performAtOnce } from '../server';
import { AwsError, type Gate, type Principal } from '../service';
import { authenticate, parseTarget, readBody } from '../sigv4';
import type { FunctionUrl } from '../stack/model';
import { FunctionError } from './errors';
import { type HttpAnswer, httpAnswer, sendAnswer } from './http-answer';
import { httpEvent, identityOf } from './http-event';

export interface FunctionUrlOptions {
  url: FunctionUrl;
  account: string;
  /** The owner of an access key. */
  find: (accessKeyId: string) => Principal | undefined;
  gate: Gate;
  /** @throws FunctionError */
  invoke: (functionArn: string, event: unknown) => Promise<unknown>;
  /** Wraps the handling of every request. */
  perform?: Perform;
  /** Receives Lambda's metrics of a request, by name. */
  measure?: (values: Record<string, number>) => void;
}

/** Lambda's largest synchronous event in bytes: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_REQUEST = 6 * 1024 * 1024;

/** Every URL created since October 2025 needs both, each with its own condition key. */
const ACTIONS: [action: string, context: Record<string, string>][] = [
  ['lambda:InvokeFunctionUrl', { 'lambda:FunctionUrlAuthType': 'AWS_IAM' }],
  ['lambda:InvokeFunction', { 'lambda:InvokedViaFunctionUrl': 'true' }],
];

export function createFunctionUrl(options: FunctionUrlOptions): Server {
  const { url, account, find, gate, invoke, perform = performAtOnce, measure = () => {} } = options;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const authenticated = await authenticate(request, find);
    const { principal, service } = authenticated;
    if (service !== 'lambda') {
      throw new AwsError(
        'InvalidSignatureException',
        `Credential should be scoped to correct service: 'lambda'.`,
        403,
      );
    }
    const body = await readBody(request, authenticated, MAX_REQUEST);
    for (const [action, context] of ACTIONS) {
      await gate({ principal, action, resource: url.functionArn, context });
    }
    const { rawPath } = parseTarget(request.url ?? '/');
    const event = httpEvent(
      {
        method: request.method ?? 'GET',
        // As it was sent, unlike the path of an HTTP API. There are recorded events of both in
        // github.com/hotsock/voker/pull/8.
        path: rawPath,
        query: /\?(.*)$/s.exec(request.url ?? '')?.[1] ?? '',
        headers: { ...withoutSignature(request), host: url.domain },
        body,
        sourceIp: request.socket.remoteAddress ?? '',
      },
      { account, apiId: url.id, domainName: url.domain, authorizer: authorizerOf(principal, account) },
    );
    const answer = httpAnswer(await invoke(url.versionArn, event));
    send(response, answer ?? FAILED);
  }

  return createServer((request, response) => {
    response.once('finish', () => {
      const is = (hundreds: number) => Number(Math.floor(response.statusCode / 100) === hundreds);
      measure({ UrlRequestCount: 1, Url4xxCount: is(4), Url5xxCount: is(5) });
    });
    const refuse = (error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, answerTo(error), !request.complete);
    };
    perform(response, () => handle(request, response), refuse).catch(refuse);
  });
}

function send(response: ServerResponse, { headers, ...answer }: HttpAnswer, close = false): void {
  const own = { 'x-amzn-requestid': randomUUID(), ...(close && { connection: 'close' }) };
  sendAnswer(response, { ...answer, headers: { ...own, ...headers } });
}

/** Lambda removes the signature before it invokes the function. */
function withoutSignature({ headers }: IncomingMessage): IncomingMessage['headers'] {
  const { authorization: _, 'x-amz-security-token': __, connection: ___, ...others } = headers;
  return others;
}

/** The event describes users and roles, but not services. */
function authorizerOf(principal: Principal, account: string) {
  return principal.arn.startsWith('arn:') ? { iam: identityOf(principal, account) } : undefined;
}

const message = (status: number, document: Record<string, string>, errorType: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': errorType },
  body: Buffer.from(JSON.stringify(document)),
});

/** A function that fails, times out, or gives an invalid or too large answer. */
const FAILED: HttpAnswer = {
  status: 502,
  headers: { 'content-type': 'text/plain' },
  body: Buffer.from('Internal Server Error'),
};

function answerTo(error: unknown): HttpAnswer {
  if (error instanceof FunctionError) return answerToFunctionError(error);
  if (!(error instanceof AwsError)) {
    console.error(error);
    return message(500, { Message: 'Internal Server Error' }, 'InternalFailure');
  }
  if (error.code === 'AccessDenied') return message(403, { Message: 'Forbidden' }, 'AccessDeniedException');
  return message(error.status, { message: error.message }, error.code);
}

function answerToFunctionError({ name }: FunctionError): HttpAnswer {
  if (name === 'Lambda.TooManyRequestsException') {
    const Reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
    return message(429, { Reason, Type: 'User', message: 'Rate Exceeded.' }, 'TooManyRequestsException');
  }
  if (name === 'Lambda.ServiceException') {
    return message(503, { Message: 'Service is currently unavailable.' }, 'ServiceException');
  }
  return FAILED;
}
