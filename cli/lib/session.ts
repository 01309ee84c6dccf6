import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { type Running, runningEngine } from '../../local-aws/data-folder';
import { type EngineOptions, startEngine } from '../../local-aws/engine';
import { USER_CREDENTIALS } from '../../local-aws/principals';
import { loadStack } from '../../local-aws/stack/load';
import type { Stack } from '../../local-aws/stack/model';
import { UsageError } from './arguments';
import { PLACE, synthesizedIn } from './synthesize';

/** An engine to work with, and clients of it. */
export interface Session {
  dataDir: string;
  endpoint: string;
  stack: Stack;
  s3: S3Client;
  states: SFNClient;
  /** Ends the engine, if this session started it. */
  close(): Promise<void>;
}

/**
 * Uses the engine that is running on a data folder, or starts one for as long as the session lasts.
 *
 * @throws UsageError where faults are asked for and an engine is already running without them
 */
export async function openSession(
  dataDir: string,
  options: Pick<EngineOptions, 'faults'> = {},
): Promise<Session> {
  const running = runningEngine(dataDir);
  if (running && options.faults) {
    throw new UsageError(
      `Expected no engine to run on ${dataDir}, since --faults is for one that starts, but found the one at ` +
        `${running.endpoint}. Stop it, start it with --faults, or choose another folder with --data`,
    );
  }
  const engine = running
    ? { endpoint: running.endpoint, stack: await runningStack(dataDir, running), close: async () => {} }
    : await startEngine({ dataDir, port: 0, ...options });
  const { endpoint, stack, close } = engine;
  const config = { endpoint, region: stack.region, credentials: USER_CREDENTIALS };
  return { dataDir, endpoint, stack, s3: new S3Client(config), states: new SFNClient(config), close };
}

async function runningStack(dataDir: string, { endpoint }: Running): Promise<Stack> {
  const file = await synthesizedIn(path.join(dataDir, 'synth'));
  return loadStack(file, { ...PLACE, endpoint });
}
