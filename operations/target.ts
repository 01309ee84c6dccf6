import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openSession } from '../local/cli/session';
import { USER_CREDENTIALS } from '../local/principals';

/** The deployed stack a command works on: in AWS, or on this machine. */
export interface Target {
  /** Outputs of the stack by name. */
  outputs: Record<string, string>;
  /** Configuration of AWS clients; empty in AWS, where the environment has all of it. */
  client: { endpoint?: string; region?: string; credentials?: typeof USER_CREDENTIALS };
  close(): Promise<void>;
}

/** Where `npm run deploy` writes the outputs. */
const OUTPUTS_FILE = 'outputs.json';

/** @throws Error saying how to deploy, when there are no outputs of a deploy */
export async function openTarget(options: { local: boolean; data: string }): Promise<Target> {
  return options.local ? onThisMachine(path.resolve(options.data)) : inAws();
}

async function onThisMachine(dataDir: string): Promise<Target> {
  const { endpoint, stack, close } = await openSession(dataDir);
  return {
    outputs: stack.outputs as Record<string, string>,
    client: { endpoint, region: stack.region, credentials: USER_CREDENTIALS },
    close,
  };
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
