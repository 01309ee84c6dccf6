/** dynalite, on disk, behind a loopback port that only this process can use. */

import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { Agent, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import dynalite from 'dynalite';

/** An answer of DynamoDB: HTTP status and JSON body. */
export interface Answer {
  status: number;
  body: Buffer;
}

export interface Backend {
  /** @param input the operation's input as JSON */
  call(operation: string, input: Buffer | string): Promise<Answer>;
  close(): Promise<void>;
}

/** @param folder where the tables lie; made when it is missing */
export async function startBackend(folder: string): Promise<Backend> {
  mkdirSync(folder, { recursive: true });
  const server = dynalite({ path: folder, createTableMs: 0 });

  // dynalite believes any signature, so that whoever finds the port could write: it also wants to see the secret.
  const secret = randomUUID();
  const [serve] = server.listeners('request') as [RequestListener];
  server.removeAllListeners('request');
  server.on('request', (incoming, response) => {
    if (incoming.headers['x-secret'] === secret) serve(incoming, response);
    else response.writeHead(403).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });

  return {
    call: (operation, input) =>
      new Promise((resolve, reject) => {
        const headers = {
          'Content-Type': 'application/x-amz-json-1.0',
          'X-Amz-Target': `DynamoDB_20120810.${operation}`,
          // The caller was authenticated before; dynalite checks the form of these and nothing more.
          Authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
          'X-Amz-Date': '20000101T000000Z',
          'X-Secret': secret,
        };
        request({ host: '127.0.0.1', port, method: 'POST', agent, headers }, (response) => {
          const status = response.statusCode ?? 500;
          buffer(response).then((body) => resolve({ status, body }), reject);
        })
          .on('error', reject)
          .end(input);
      }),
    close: () =>
      new Promise((resolve, reject) => {
        agent.destroy();
        server.close((error) => (error ? reject(error) : resolve()));
      }),
  };
}
