/** Lambda on this machine: every function runs in its own processes, which use the real Runtime API. */

import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { LineFile } from '../line-file';
import type { Principal } from '../service';
import type { LambdaFunction } from '../stack/model';
import { notFound } from './errors';
import { logOf } from './log-file';
import { Pool } from './pool';
import { startRuntimeApi } from './runtime-api';
import { type InvocationFault, Sandbox } from './sandbox';
import { unpack } from './unpack';

export { FunctionError } from './errors';
export { INVOCATION_FAULTS, type InvocationFault } from './sandbox';

export interface LambdaOptions {
  functions: LambdaFunction[];
  /** Packages are unpacked under `functions/` in it, logs are written under `logs/`. */
  dataDir: string;
  /** What functions find in AWS_ENDPOINT_URL, for example `http://127.0.0.1:4566`. */
  endpoint: string;
  region: string;
  /** Credentials for one more process that acts as a role. */
  credentials: (roleArn: string) => Principal;
  /** Folders with packages that deployment packages leave out, like a layer. */
  modulePaths: string[];
  /** Processes of a function without reserved concurrency. @default one for each processor */
  maxConcurrency?: number;
  /** Receives each line that a function writes. */
  onOutput?: (line: string, fn: LambdaFunction) => void;
  /** Receives Lambda's metrics of an invocation, by name. */
  measure?: (values: Record<string, number>, fn: LambdaFunction) => void;
  /** Called for each invocation; returns the fault that applies to it. @default none */
  fault?: (fn: LambdaFunction) => InvocationFault | undefined;
  /**
   * Multiplies the timeout of an invocation with the fault `hang`. Nothing runs in that time, so a test needn't wait for
   * it. A function that hangs by itself still has its whole timeout. @default 1
   */
  waitScale?: number;
}

export interface Lambda {
  /**
   * Invokes a published version and waits for its answer.
   * @param functionArn its qualified ARN
   * @throws FunctionError as a Task state would see it
   */
  invoke(functionArn: string, payload: unknown, context?: { traceId?: string }): Promise<unknown>;
  /**
   * Replaces the code of a function. Invocations that run end with the old code, later ones use the new.
   * @param functionArn its ARN, with or without a version
   * @param zip path of the new package, which isn't needed any more once this resolves
   * @throws Error when there is no such function, or when the package can't be unpacked; then the old code stays
   */
  replace(functionArn: string, zip: string): Promise<void>;
  /** Starts one process for each function. A function that can't start reports it when it is invoked. */
  warm(): Promise<void>;
  /** Kills the process that was given these credentials, as a crash would. */
  crash(accessKeyId: string): void;
  /** Ends every process; what is still running fails. */
  close(): Promise<void>;
}

export function createLambda(options: LambdaOptions): Lambda {
  const { functions, dataDir, maxConcurrency = availableParallelism(), fault = () => undefined } = options;
  const { onOutput = () => {}, measure = () => {}, waitScale = 1 } = options;
  const api = startRuntimeApi();
  mkdirSync(path.join(dataDir, 'logs'), { recursive: true });

  const processes = new Map<string, Sandbox>();

  const members = functions.map((fn) => {
    const file = new LineFile(logOf(dataDir, fn.name));
    const log = (line: string) => file.append(line);
    const { modulePaths, endpoint, region } = options;
    const code: { folder?: string } = {};
    const start = async () => {
      const folder = code.folder ?? (await unpack(fn, dataDir));
      const credentials = options.credentials(fn.role);
      const output = (line: string) => {
        log(line);
        onOutput(line, fn);
      };
      const surroundings = { folder, endpoint, region, credentials, modulePaths };
      const sandbox = new Sandbox(fn, await api, surroundings, output);
      processes.set(credentials.accessKeyId, sandbox);
      void sandbox.closed.then(() => processes.delete(credentials.accessKeyId));
      return sandbox;
    };
    const pool = new Pool({
      fn,
      size: maxConcurrency,
      start,
      log,
      measure: (values) => measure(values, fn),
      fault: () => fault(fn),
      waitScale,
    });
    return { fn, pool, file, code };
  });
  const pools = new Map(members.map(({ fn, pool }) => [fn.qualifiedArn, pool]));

  return {
    async invoke(functionArn, payload, context) {
      const pool = pools.get(functionArn);
      if (!pool) throw notFound(functionArn, randomUUID());
      return JSON.parse(await pool.invoke(JSON.stringify(payload ?? null), context?.traceId));
    },
    async replace(functionArn, zip) {
      const member = members.find(({ fn }) => [fn.arn, fn.qualifiedArn].includes(functionArn));
      if (!member) throw new Error(`Expected a function of the stack but received ${functionArn}`);
      member.code.folder = await unpack({ name: member.fn.name, zip }, dataDir);
      await member.pool.renew();
    },
    async warm() {
      await Promise.allSettled(members.map(({ pool }) => pool.warm()));
    },
    crash: (accessKeyId) => processes.get(accessKeyId)?.kill(),
    async close() {
      await Promise.all(members.map(({ pool }) => pool.close()));
      await Promise.all(members.map(({ file }) => file.close()));
      await (await api).close();
    },
  };
}
