/**
 * The Lambda Runtime API on 127.0.0.1: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 * One server for all function processes. Each has an address of its own that no other process can guess.
 */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NO_PAGES, refusalOf } from '../pages';
import { type ErrorDocument, MAX_RESPONSE_BYTES, responseTooLarge } from './errors';

/** One call of a function, as its process receives it. */
export interface Invocation {
  requestId: string;
  functionArn: string;
  /** Unix time in milliseconds at which the process is killed. */
  deadline: number;
  traceId?: string;
  /** The event as JSON. */
  payload: string;
}

/** The engine's side of one function process. */
export interface Runtime {
  /** The process is idle. The promise resolves when there is work. */
  next(): Promise<Invocation>;
  /** The function answered, as JSON. */
  respond(requestId: string, body: string): void;
  /** The function failed. */
  fail(requestId: string, error: ErrorDocument): void;
  /** The function could not start. */
  failInit(error: ErrorDocument): void;
}

export interface RuntimeApi {
  /** @returns the value of AWS_LAMBDA_RUNTIME_API for the process */
  register(runtime: Runtime): string;
  unregister(address: string): void;
  close(): Promise<void>;
}

const ROUTE =
  /^\/([^/]+)\/2018-06-01\/runtime\/(?:invocation\/next|invocation\/([^/]+)\/(response|error)|init\/error)$/;

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const runtimes = new Map<string, Runtime>();
  const server = createServer((request, response) => {
    const refusal = refusalOf(request, NO_PAGES);
    if (refusal)
      return reply(response, refusal.status, { errorType: 'Refused', errorMessage: refusal.message });
    const [route, token = '', requestId, outcome] = ROUTE.exec(request.url ?? '') ?? [];
    const runtime = runtimes.get(token);
    if (!route || !runtime) {
      reply(response, 404, { errorType: 'InvalidRoute', errorMessage: `Unknown route ${request.url}` });
      return;
    }
    const answered = requestId
      ? complete(runtime, requestId, outcome as 'response' | 'error', request, response)
      : route.endsWith('/next')
        ? handOut(runtime, response)
        : initError(runtime, request, response);
    // The process ended; its exit code will say why.
    answered.catch(() => response.destroy());
  });
  // A process may wait for work without limit.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    register(runtime) {
      const token = randomUUID();
      runtimes.set(token, runtime);
      return `127.0.0.1:${port}/${token}`;
    },
    unregister: (address) => void runtimes.delete(address.slice(address.indexOf('/') + 1)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handOut(runtime: Runtime, response: ServerResponse): Promise<void> {
  const invocation = await runtime.next();
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
    'Lambda-Runtime-Deadline-Ms': String(invocation.deadline),
    'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
    ...(invocation.traceId && { 'Lambda-Runtime-Trace-Id': invocation.traceId }),
  });
  response.end(invocation.payload);
}

async function complete(
  runtime: Runtime,
  requestId: string,
  outcome: 'response' | 'error',
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { body, bytes } = await read(request);
  if (body === undefined) {
    runtime.fail(requestId, responseTooLarge(bytes));
    reply(response, 413, {
      errorType: 'RequestEntityTooLarge',
      errorMessage: `Exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
    });
    return;
  }
  if (outcome === 'response') runtime.respond(requestId, body);
  else runtime.fail(requestId, JSON.parse(body) as ErrorDocument);
  reply(response, 202, { status: 'OK' });
}

async function initError(runtime: Runtime, request: IncomingMessage, response: ServerResponse) {
  const { body = '' } = await read(request);
  runtime.failInit(JSON.parse(body) as ErrorDocument);
  reply(response, 202, { status: 'OK' });
}

/** Reads to the end, so that an error can name the size, and keeps the body unless it is too large. */
async function read(request: IncomingMessage): Promise<{ body?: string; bytes: number }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_RESPONSE_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_RESPONSE_BYTES ? { body: Buffer.concat(chunks).toString(), bytes } : { bytes };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
