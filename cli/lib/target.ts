import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type * as Sessions from './session';

/** The deployed stack a command works on: in AWS, or on this machine. */
export interface Target {
  /** Outputs of the stack by name. */
  outputs: Record<string, string>;
  /** Configuration of AWS clients; the region alone in AWS, where the environment has the rest of it. */
  client: ClientConfig;
  /** Resolves once nothing that was started here would be lost. */
  close(): Promise<void>;
}

export interface ClientConfig {
  endpoint?: string;
  region?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** StartSyncExecution goes to the host `sync-<host>`, which an address of this machine has not. */
  disableHostPrefix?: boolean;
}

/** Where `npm run deploy` writes the outputs. */
const OUTPUTS_FILE = 'outputs.json';

/** @throws Error saying how to deploy, when there are no outputs of a deploy */
export async function openTarget(options: { local: boolean; data: string }): Promise<Target> {
  return options.local ? onThisMachine(path.resolve(options.data)) : inAws();
}

async function onThisMachine(dataDir: string): Promise<Target> {
  // The engine takes most of a second to load, and nobody needs it in AWS or for a wrong call.
  const { openSession } = require('./session') as typeof Sessions;
  const session = await openSession(dataDir);
  return {
    outputs: session.stack.outputs as Record<string, string>,
    client: { ...session.client, disableHostPrefix: true },
    async close() {
      if (session.own) await executionsEnd(session);
      await session.close();
    },
  };
}

/** An engine that was started for the command alone ends with it, and aborts what runs. */
async function executionsEnd({ states, stack }: Sessions.Session): Promise<void> {
  for (const { arn } of stack.stateMachines) {
    const running = new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: 'RUNNING' });
    while ((await states.send(running)).executions?.length) await sleep(50);
  }
}

function inAws(): Target {
  let outputs: Record<string, string> | undefined;
  try {
    // One stack: its outputs are the only entry.
    [outputs] = Object.values(JSON.parse(readFileSync(OUTPUTS_FILE, 'utf8'))) as Record<string, string>[];
  } catch (error) {
    throw new Error(
      `Expected the outputs of a deploy in ${OUTPUTS_FILE} but: ${(error as Error).message}. ` +
        'Run npm run deploy first, or give --local for the engine on this machine',
    );
  }
  if (!outputs) throw new Error(`Expected the outputs of a stack in ${OUTPUTS_FILE} but found none`);
  const region = /^arn:aws:states:([^:]+):/.exec(String(outputs['state_machine_arn']))?.[1];
  return { outputs, client: { region }, close: async () => {} };
}
