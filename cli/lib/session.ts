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
import { SILENT } from './aws/timed';
import { UsageError } from './command';
import { compareSettings, otherSettings, readSettings } from './settings-in-use';
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
 * Uses the engine that is running on a data folder, or starts one for as long as the session lasts. If the running one has other
 * settings than the settings file, that is said on standard error.
 *
 * @throws UsageError when an engine is running already and there are options, which come too late for it
 */
export async function openSession(
  dataDir: string,
  options: Pick<WorkflowEngineOptions, 'faults' | 'settings'> = {},
): Promise<Session> {
  const running = runningEngine(dataDir);
  if (running) {
    assertNotLate(dataDir, running, options);
    if (options.settings === undefined) {
      for (const line of await otherSettings(dataDir, running.endpoint, readSettings())) console.error(line);
    }
  }
  const engine = running
    ? { endpoint: running.endpoint, stack: await runningStack(dataDir, running), close: async () => {} }
    : await startWorkflowEngine({ dataDir, port: 0, ...options });
  const made: { destroy(): void }[] = [];
  const toEngine = connectTo(engine);
  const connect: Connect = (Client, clientOptions) => {
    const client = toEngine(Client, clientOptions);
    made.push(client);
    return client;
  };
  return {
    dataDir,
    own: !running,
    stack: engine.stack,
    connect,
    // Otherwise it warns of each upload that fails that it was a stream.
    s3: connect(S3Client, { logger: SILENT }),
    states: connect(SFNClient),
    ...('inject' in engine && { inject: engine.inject }),
    async close() {
      // An open connection to an engine that goes on would keep this process alive.
      for (const client of made) client.destroy();
      await engine.close();
    },
  };
}

/** @throws UsageError for faults, and for settings that the running engine doesn't have */
function assertNotLate(
  dataDir: string,
  { endpoint }: Running,
  { faults, settings }: Pick<WorkflowEngineOptions, 'faults' | 'settings'>,
): void {
  const isSame = () => compareSettings(dataDir, readSettings(settings)).kind === 'same';
  const late = faults ? 'faults' : settings !== undefined && !isSame() ? 'settings' : undefined;
  if (!late) return;
  throw new UsageError(
    `Expected no engine to run on ${dataDir}, since --${late} is for one that starts, but found the one at ${endpoint}` +
      `${late === 'settings' ? ', which has other settings' : ''}. Stop it, start it with --${late}, or choose another folder with --data`,
  );
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
