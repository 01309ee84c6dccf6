import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An address on 127.0.0.1 that is known before a server answers there. */
export interface Address {
  /** For example `http://127.0.0.1:4566`. */
  url: string;
  /** From now on this server answers. Requests that came earlier are waiting for it. */
  serve(server: Server): void;
  close(): Promise<void>;
}

/**
 * @param port 0 for any free port
 * @throws Error if the port is in use
 */
export async function openAddress(port: number): Promise<Address> {
  let serve: Address['serve'] = () => {};
  const ready = new Promise<Server>((resolve) => {
    serve = resolve;
  });
  const server = createServer((request, response) => {
    void ready.then((answering) => answering.emit('request', request, response));
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
