import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Engine, startEngine } from '../../../local-aws/engine';
import { type Json, type Parts, writeStack } from './stack';

/** The API of a small stack, with its own engine and folder. */
export interface Api {
  engine: Engine;
  url: string;
  dataDir: string;
  /** The engine's log so far. */
  logged: string[];
  call(target: string, init?: RequestInit): Promise<Answer>;
  /** Stops the engine and starts it again on the same folder. */
  restart(): Promise<Api>;
  stop(): Promise<void>;
}

interface Answer {
  status: number;
  headers: Headers;
  /** The event of the function, if the function returns it in its answer. */
  body: (Json & { requestContext: Json }) | undefined;
}

export async function startApi(
  changes: Partial<Parts> = {},
  origins: string[] = [],
  folder = mkdtempSync(path.join(tmpdir(), 'http-api-')),
): Promise<Api> {
  const logged: string[] = [];
  const dataDir = path.join(folder, 'data');
  const clear = () => rmSync(folder, { recursive: true });
  let engine: Engine;
  try {
    const stackFile = writeStack(folder, changes);
    engine = await startEngine({ dataDir, port: 0, stackFile, origins, log: (line) => logged.push(line) });
  } catch (error) {
    clear();
    throw error;
  }
  const { url } = engine.publicEndpoints.find(({ kind }) => kind === 'api')!;
  return {
    engine,
    url,
    dataDir,
    logged,
    async call(target, init) {
      const response = await fetch(`${url}${target}`, init);
      const body = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: body === '' ? undefined : JSON.parse(body),
      };
    },
    async restart() {
      await engine.close();
      return startApi(changes, origins, folder);
    },
    async stop() {
      await engine.close();
      clear();
    },
  };
}

export const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
