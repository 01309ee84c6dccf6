/** A server on 127.0.0.1 that plays AWS, and what a client needs to call it. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalServer {
  endpoint: string;
  close(): Promise<void>;
}

export async function serve(listener: RequestListener): Promise<LocalServer> {
  const server = createServer(listener);
  // Keeps connections open as long as a client may still send a request, however slow the machine is.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

export const access = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
};

/** A request that the server received. */
export interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
}

/** Answers each request as `answer` says, and records the requests. */
export async function script(
  answer: (response: ServerResponse, asked: Asked) => void,
): Promise<LocalServer & { asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = await serve((request, response) => {
    const { method = '', url = '', headers } = request;
    const entry = { method, url, headers };
    request.resume().on('end', () => {
      asked.push(entry);
      answer(response, entry);
    });
  });
  return { ...server, asked };
}

/** S3's error document. An answer to HEAD has no body. */
export function s3Error(response: ServerResponse, status: number, code: string, message = code): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
