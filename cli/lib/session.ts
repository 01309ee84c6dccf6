import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import {
  type Engine,
  loadStack,
  type Running,
  runningEngine,
  type Stack,
  USER_CREDENTIALS,
} from '../../local-aws';
import { type Connect, connectorTo } from './aws/connect';
import { UsageError } from './command';
import { synthesizedIn } from './synthesize';
import { startWorkflowEngine, type WorkflowEngineOptions } from './workflow-engine';

/** An engine to work with, and clients of it. */
export interface Session {
  dataDir: string;
  /** Whether this session started the engine, which then ends with it. */
  own: boolean;
  stack: Stack;
  /** Makes AWS clients of the engine. */
  connect: Connect;
  s3: S3Client;
  states: SFNClient;
  /** Makes calls and functions of the engine fail, if this session started it. */
  inject?: Engine['inject'];
  /** Ends the engine, if this session started it. */
  close(): Promise<void>;
}

/**
 * Uses the engine that is running on a data folder, or starts one for as long as the session lasts.
 *
 * @throws UsageError when an engine is running already and there are options, which come too late for it
 */
export async function openSession(
  dataDir: string,
  options: Pick<WorkflowEngineOptions, 'faults' | 'settings'> = {},
): Promise<Session> {
  const running = runningEngine(dataDir);
  for (const option of ['faults', 'settings'] as const) {
    if (!running || options[option] === undefined) continue;
    throw new UsageError(
      `Expected no engine to run on ${dataDir}, since --${option} is for one that starts, but found the one at ` +
        `${running.endpoint}. Stop it, start it with --${option}, or choose another folder with --data`,
    );
  }
  const engine = running
    ? { endpoint: running.endpoint, stack: await runningStack(dataDir, running), close: async () => {} }
    : await startWorkflowEngine({ dataDir, port: 0, ...options });
  const { stack, close } = engine;
  const connect = connectTo(engine);
  return {
    dataDir,
    own: !running,
    stack,
    connect,
    s3: connect(S3Client),
    states: connect(SFNClient),
    ...('inject' in engine && { inject: engine.inject }),
    close,
  };
}

/** Makes AWS clients of an engine. */
export const connectTo = ({ endpoint, stack: { region } }: Pick<Engine, 'endpoint' | 'stack'>): Connect =>
  connectorTo(
    { region, engine: endpoint },
    { endpoint, region, credentials: USER_CREDENTIALS, disableHostPrefix: true },
  );

async function runningStack(dataDir: string, { endpoint }: Running): Promise<Stack> {
  const file = await synthesizedIn(path.join(dataDir, 'synth'));
  return loadStack(file, { endpoint });
}
