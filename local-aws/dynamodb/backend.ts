/** dynalite, on disk, called inside this process: no port is open while it runs. */

import { EventEmitter, once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import dynalite from 'dynalite';
import { repairDynalite } from './condition-parser';
import { refuseEmptyIndexKeys } from './index-keys';

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

/** The headers that dynalite reads from a request. The caller is already authenticated; dynalite only checks their form. */
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
  'x-amz-date': '20000101T000000Z',
};

repairDynalite();
refuseEmptyIndexKeys();

/** @param folder of the tables; created if it is missing */
export async function startBackend(folder: string): Promise<Backend> {
  mkdirSync(folder, { recursive: true });
  const server = dynalite({ path: folder, createTableMs: 0 });
  const [serve] = server.listeners('request') as [RequestListener];
  server.removeAllListeners('request');

  return {
    call: (operation, input) =>
      new Promise((resolve) => {
        const request = Object.assign(new EventEmitter(), {
          method: 'POST',
          url: '/',
          headers: { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` },
        });
        const response = {
          statusCode: 200,
          setHeader: () => {},
          end: (body = '') => resolve({ status: response.statusCode, body: Buffer.from(body) }),
        };
        serve(request as never, response as never);
        request.emit('data', Buffer.from(input as Buffer));
        request.emit('end');
      }),
    async close() {
      // It only closes its files if it is closed like a server that was listening.
      await once(server.listen(0, '127.0.0.1'), 'listening');
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
}
