import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { XMLBuilder } from 'fast-xml-parser';
import type { Principals } from './principals';
import { isUnsigned } from './s3';
import { AwsError, type DocumentService } from './service';
import { type Authenticated, authenticate, readBody } from './sigv4';

/** S3 streams bodies, so it reads them itself. */
export interface StreamingService {
  handle(request: IncomingMessage, response: ServerResponse, authenticated: Authenticated): Promise<void>;
  /** Answers a request without a signature: a preflight, or a form. */
  handleUnsigned(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers an error that happened before the service was known. */
  refuse(request: IncomingMessage, response: ServerResponse, error: unknown): Promise<void>;
}

export interface Services {
  s3: StreamingService;
  /** The services, by the names that requests are signed for. */
  others: Record<string, DocumentService>;
}

/** Performs a request. `refuse` answers it with an error instead. */
export type Perform = (
  response: ServerResponse,
  perform: () => Promise<void>,
  refuse: (error: unknown) => void,
) => Promise<void>;

/** Adds nothing to the handling of a request. */
export const performAtOnce: Perform = (_, perform) => perform();

/**
 * One server for every service: the signature of a request says which one it is for.
 *
 * @param perform wraps the handling of every request
 */
export function createServiceServer(
  principals: Principals,
  services: Services,
  perform: Perform = performAtOnce,
): Server {
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isUnsigned(request)) return services.s3.handleUnsigned(request, response);
    const authenticated = await authenticate(request, principals.find);
    if (authenticated.service === 's3') return services.s3.handle(request, response, authenticated);
    const service = services.others[authenticated.service];
    if (!service) throw unknownService(authenticated.service, services);
    await service.handle(request, response, authenticated.principal, await readBody(request, authenticated));
  }

  return createServer((request, response) => {
    const refuse = (error: unknown) => {
      if (isForS3(request)) void services.s3.refuse(request, response, error);
      else answerError(request, response, error);
    };
    perform(response, () => handle(request, response), refuse).catch(refuse);
  });
}

function unknownService(name: string, { others }: Services): AwsError {
  const known = ['s3', ...Object.keys(others)].join(', ');
  return new AwsError(
    'UnknownOperationException',
    `Expected a request for ${known} but received one for ${name}.`,
    404,
  );
}

const speaksJson = ({ headers }: IncomingMessage) => headers['x-amz-target'] !== undefined;
const speaksQuery = ({ headers }: IncomingMessage) =>
  headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;

/** Whether a request says that it is signed for CloudFront, which answers in XML like S3, but with other documents. */
const isForCloudFront = ({ headers }: IncomingMessage) =>
  /\/cloudfront\/aws4_request\b/.test(headers.authorization ?? '');

/** Recognizes the service before the signature is read: every service but S3 and CloudFront uses one of these protocols. */
const isForS3 = (request: IncomingMessage) =>
  !speaksJson(request) && !speaksQuery(request) && !isForCloudFront(request);

/** Answers in the protocol of the request. */
function answerError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const failure =
    error instanceof AwsError
      ? error
      : new AwsError('InternalError', String((error as Error).stack ?? error), 500);
  if (!(error instanceof AwsError)) console.error(error);
  if (response.headersSent) return void response.destroy();
  const { code, message, status } = failure;
  const json = speaksJson(request);
  const body = json
    ? JSON.stringify({ __type: code, message })
    : xml.build({ ErrorResponse: { Error: { Type: 'Sender', Code: code, Message: message } } });
  response.writeHead(status, {
    'content-type': json ? 'application/x-amz-json-1.0' : 'application/xml',
    'content-length': Buffer.byteLength(body),
    // Otherwise the rest of an unread body would be read as the next request.
    ...(request.complete ? {} : { connection: 'close' }),
  });
  response.end(body);
}

const xml = new XMLBuilder();
