import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { XMLBuilder } from 'fast-xml-parser';
import type { Principals } from './principals';
import { AwsError, type Principal } from './service';
import { type Authenticated, authenticate, readBody } from './sigv4';

/** S3 streams its bodies and so reads them itself. */
export interface StreamingService {
  handle(request: IncomingMessage, response: ServerResponse, authenticated: Authenticated): Promise<void>;
}

/** A service whose requests are small documents. */
export interface DocumentService {
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
    body: Buffer,
  ): Promise<void>;
}

export interface Services {
  s3: StreamingService;
  /** By the name requests are signed for. */
  others: Record<string, DocumentService>;
}

/** One endpoint for every service: the signature of a request says which one it is for. */
export function createEndpoint(principals: Principals, services: Services): Server {
  const server = createServer(async (request, response) => {
    try {
      const authenticated = await authenticate(request, principals.find);
      if (authenticated.service === 's3') return await services.s3.handle(request, response, authenticated);
      const service = services.others[authenticated.service];
      if (!service) throw unknownService(authenticated.service, services);
      await service.handle(
        request,
        response,
        authenticated.principal,
        await readBody(request, authenticated),
      );
    } catch (error) {
      answerError(request, response, error);
    }
  });
  // A large upload over a slow disk may take long; the client, not the server, decides how long is too long.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  return server;
}

function unknownService(name: string, { others }: Services): AwsError {
  const known = ['s3', ...Object.keys(others)].join(', ');
  return new AwsError(
    'UnknownOperationException',
    `Expected a request for ${known} but received one for ${name}.`,
    404,
  );
}

/** Answers in the protocol the request speaks, for what no service got to see. */
function answerError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const failure =
    error instanceof AwsError
      ? error
      : new AwsError('InternalError', String((error as Error).stack ?? error), 500);
  if (!(error instanceof AwsError)) console.error(error);
  if (response.headersSent) return void response.destroy();
  const { code, message, status, fields } = failure;
  const speaksJson = request.headers['x-amz-target'] !== undefined;
  const speaksQuery = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const body = speaksJson
    ? JSON.stringify({ __type: code, message })
    : xml.build(
        speaksQuery
          ? { ErrorResponse: { Error: { Type: 'Sender', Code: code, Message: message } } }
          : { Error: { Code: code, Message: message, ...fields } },
      );
  response.writeHead(status, {
    'content-type': speaksJson ? 'application/x-amz-json-1.0' : 'application/xml',
    'content-length': Buffer.byteLength(body),
    // What is left of an unread body would be taken for the next request.
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

const xml = new XMLBuilder();
