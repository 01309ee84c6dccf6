/**
 * An HTTP API of API Gateway on this machine: routes, authorizers, CORS, throttling, and functions behind them.
 *
 * Source: docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { FunctionError } from '../lambda';
import { type HttpAnswer, httpAnswer, sendAnswer } from '../lambda/http-answer';
import { httpEvent } from '../lambda/http-event';
import { type Perform, performAtOnce } from '../server';
import { AwsError } from '../service';
import { parseTarget, readBytes } from '../sigv4';
import { answerOf, Refusal } from './answers';
import { type AuthorizeOptions, authorize } from './authorize';
import { corsHeaders, preflightHeaders } from './cors';
import type { HttpApi, HttpCors, Route } from './model';
import { findRoute, type Match } from './router';
import { createThrottle } from './throttle';

export interface HttpApiOptions extends AuthorizeOptions {
  api: HttpApi;
  /** The service that invokes the functions. */
  service: (source: string) => Parameters<AuthorizeOptions['gate']>[0]['principal'];
  /** @throws FunctionError */
  invoke: (functionArn: string, event: unknown) => Promise<unknown>;
  /** Wraps the handling of every request. */
  perform?: Perform;
  /** Origins of pages that may call the API, whatever its own rules are. @default none */
  origins?: ReadonlySet<string>;
  /** The time, in Unix milliseconds. @default Date.now */
  now?: () => number;
  /** Receives the status of each answer, except those to preflights. */
  onAnswer?: (status: number) => void;
}

export const API_GATEWAY = 'apigateway.amazonaws.com';

/** Bytes of a request: docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const MAX_REQUEST = 10 * 1024 * 1024;

export function createHttpApi(options: HttpApiOptions): Server {
  const { api, account, gate, service, invoke, perform = performAtOnce, now = Date.now } = options;
  const { origins = new Set<string>(), onAnswer = () => {} } = options;
  const throttles = new Map(
    api.routes.flatMap(({ key, throttle }) => (throttle ? [[key, createThrottle(throttle, now)]] : [])),
  );

  /** The CORS rules of the API, or those for a page on this machine. */
  const corsFor = ({ origin }: IncomingMessage['headers']): HttpCors | undefined =>
    origin !== undefined && origins.has(origin) ? { ...LOCAL_PAGES, origins: [origin] } : api.cors;

  async function invoked(match: Match, event: unknown): Promise<HttpAnswer> {
    const { route } = match;
    const source = `${api.executionArn}/${api.stage}/${route.method}${route.path}`;
    await gate({ principal: service(source), action: 'lambda:InvokeFunction', resource: route.functionArn });
    return httpAnswer(await inTime(route, invoke(route.versionArn, event))) ?? answerOf(FAILED);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { rawPath, path } = parseTarget(request.url ?? '/');
    const match = findRoute(api.routes, request.method ?? 'GET', rawPath);
    if (!match) throw new Refusal(404, 'Not Found');
    if (throttles.get(match.route.key)?.() === false) throw new Refusal(429, 'Too Many Requests');
    const { authorizer, body = await bodyOf(request) } = await authorize(
      request,
      match.route,
      api,
      options,
      MAX_REQUEST,
    );
    const event = httpEvent(
      {
        method: request.method ?? 'GET',
        path,
        query: /\?(.*)$/s.exec(request.url ?? '')?.[1] ?? '',
        headers: { ...forwarded(request), host: api.domain },
        body,
        sourceIp: request.socket.remoteAddress ?? '',
      },
      {
        account,
        apiId: api.id,
        domainName: api.domain,
        routeKey: match.route.key,
        stage: api.stage,
        authorizer,
        ...(Object.keys(match.parameters).length > 0 && { pathParameters: match.parameters }),
      },
    );
    const requestId = String(event.requestContext['requestId']);
    const { headers, ...answer } = await invoked(match, event);
    // The API decides about origins, whatever the function answers.
    const own = corsFor(request.headers)
      ? Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-')))
      : headers;
    send(request, response, { ...answer, headers: { ...own, 'apigw-requestid': requestId } });
  }

  function send(
    request: IncomingMessage,
    response: ServerResponse,
    { headers, ...answer }: HttpAnswer,
  ): void {
    const cors = corsFor(request.headers);
    // Otherwise the rest of an unread body would be read as the next request.
    const close: Record<string, string> = request.complete ? {} : { connection: 'close' };
    onAnswer(answer.status);
    sendAnswer(response, {
      ...answer,
      headers: { ...headers, ...(cors && corsHeaders(cors, request.headers)), ...close },
    });
  }

  return createServer((request, response) => {
    const cors = corsFor(request.headers);
    if (request.method === 'OPTIONS' && cors) {
      return void response.writeHead(204, preflightHeaders(cors, request.headers)).end();
    }
    const refuse = (error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else send(request, response, answerOf(refusalOf(error)));
    };
    perform(response, () => handle(request, response), refuse).catch(refuse);
  });
}

const LOCAL_PAGES = { methods: ['*'], headers: ['*'], expose: ['*'], credentials: false };

const FAILED = new Refusal(500, 'Internal Server Error');

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  try {
    return await readBytes(request, MAX_REQUEST);
  } catch (error) {
    if (error instanceof AwsError) throw new Refusal(413, 'Request Entity Too Large');
    throw error;
  }
}

/** API Gateway stops waiting for a function that hasn't answered in time; the function goes on. */
async function inTime<T>({ timeoutMs }: Route, work: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: answered.signal }).then(() => {
    throw new Refusal(503, 'Service Unavailable');
  });
  late.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    work.catch(() => {});
    answered.abort();
  }
}

function forwarded({ headers, socket }: IncomingMessage): IncomingMessage['headers'] {
  const { connection: _, ...others } = headers;
  return {
    ...others,
    'x-forwarded-for': [headers['x-forwarded-for'], socket.remoteAddress].filter(Boolean).join(', '),
    'x-forwarded-port': '443',
    'x-forwarded-proto': 'https',
  };
}

/** A forbidden invocation and a failed one look the same to the caller. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof FunctionError)
    return BUSY.has(error.name) ? new Refusal(503, 'Service Unavailable') : FAILED;
  if (error instanceof AwsError && error.code === 'InvalidURI') return new Refusal(400, 'Bad Request');
  if (!(error instanceof AwsError)) console.error(error);
  return FAILED;
}

const BUSY = new Set(['Lambda.TooManyRequestsException', 'Lambda.ServiceException']);
