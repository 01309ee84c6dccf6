import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NO_PAGES, type Pages, type Refusal, refusalOf } from './pages';

/** An address on 127.0.0.1 that is known before a server answers there. */
export interface Address {
  /** For example `http://127.0.0.1:4566`. */
  url: string;
  /**
   * From now on this server answers. Requests that came earlier are waiting for it.
   *
   * @param pages the web pages that may call it, besides its own. @default none
   */
  serve(server: Server, pages?: Pages): void;
  close(): Promise<void>;
}

/**
 * @param port 0 for any free port
 * @throws Error if the port is in use
 */
export async function openAddress(port: number): Promise<Address> {
  let serve: Address['serve'] = () => {};
  const ready = new Promise<{ answering: Server; pages: Pages }>((resolve) => {
    serve = (answering, pages = NO_PAGES) => resolve({ answering, pages });
  });
  const server = createServer(async (request, response) => {
    const { answering, pages } = await ready;
    const refusal = refusalOf(request, pages);
    if (refusal) refuse(response, refusal);
    else answering.emit('request', request, response);
  });
  // A large upload over a slow disk may take long; the client, not the server, decides how long is too long.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve,
    close: () =>
      new Promise((resolve) => {
        // Two calls: `close` returns nothing on Node 20.9 to 20.11.
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(response: ServerResponse, { status, message }: Refusal): void {
  // The rest of an unread body would be read as the next request.
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${message}\n`);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} on 127.0.0.1 is in use. Choose another port`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}
