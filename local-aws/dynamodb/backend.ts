/** dynalite, on disk, called inside this process: no port is open while it runs. */

import { EventEmitter, once } from 'node:events';
import { mkdirSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import dynalite from 'dynalite';
import { withRoom } from '../durable';
import { type Database, makeAtomic } from './atomic';
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
  /**
   * Calls an operation that changes items. Call it once at a time.
   *
   * @throws AwsError `InternalError` when the disk is full; then nothing has changed
   */
  write(operation: string, input: Buffer | string): Promise<Answer>;
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
  const { server, database } = open(folder);
  const changes = makeAtomic(database);
  const [serve] = server.listeners('request') as [RequestListener];
  server.removeAllListeners('request');

  /** Calls in progress: the database may only be closed between them. */
  const running = new Set<Promise<unknown>>();
  let opened = Promise.resolve();
  /** Whether the last attempt to write failed: what LevelDB writes after that, it may be unable to read at the next start. */
  let damaged = false;

  async function reopen(): Promise<void> {
    if (!damaged) return;
    await Promise.all(running);
    await database.close._original();
    await database.open();
    damaged = false;
  }

  /** Resolves when the database is open. @throws AwsError when there is no room to open it */
  async function ready(): Promise<void> {
    if (damaged) opened = opened.catch(() => {}).then(() => withRoom(reopen));
    await opened;
  }

  async function call(operation: string, input: Buffer | string): Promise<Answer> {
    await ready();
    const answer = ask(operation, input);
    running.add(answer);
    return answer.finally(() => running.delete(answer));
  }

  const ask = (operation: string, input: Buffer | string) =>
    new Promise<Answer>((resolve) => {
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
    });

  return {
    call,
    async write(operation, input) {
      await ready();
      changes.begin();
      const answer = await call(operation, input);
      if (answer.status !== 200) {
        changes.discard();
        return answer;
      }
      await withRoom(() => changes.commit()).catch((error: unknown) => {
        damaged = true;
        throw error;
      });
      return answer;
    },
    async close() {
      await opened.catch(() => {});
      // It only closes its files if it is closed like a server that was listening.
      await once(server.listen(0, '127.0.0.1'), 'listening');
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

/** dynalite doesn't give out its database, so this takes it when it is made. */
function open(folder: string): { server: ReturnType<typeof dynalite>; database: Database } {
  const module = require('dynalite/db') as { create: (options: object) => { db: Database } };
  const { create } = module;
  let database: Database | undefined;
  module.create = (options) => {
    const store = create(options);
    database = store.db;
    return store;
  };
  try {
    const server = dynalite({ path: folder, createTableMs: 0 });
    if (!database) throw new Error('Expected dynalite 4.0.0 but received a version that makes no database');
    return { server, database };
  } finally {
    module.create = create;
  }
}
