import { setTimeout as sleep } from 'node:timers/promises';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { type Connect, connectorTo } from './aws/connect';
import { chosenEndpoints, endpointFor, isOnThisMachine } from './aws/endpoints';
import { UsageError } from './command';
import { deployedHint, engineHint, type Hint } from './hint';
import type { TargetValues } from './options';
import { deployedOutputs, NothingDeployed } from './outputs';
import type { Session } from './session';

/** The deployed stack a command works on: in AWS, or on this machine. */
export interface Target {
  /** Outputs of the stack by name. */
  outputs: Record<string, string>;
  /** Makes AWS clients for the stack. */
  connect: Connect;
  /** A further command for the same place. */
  hint: Hint;
  /** Whether any execution is under way. Only the engine can tell: AWS doesn't list those of Express workflows. */
  isBusy?(): Promise<boolean>;
  /** Resolves once nothing that the command started would be lost. */
  close(): Promise<void>;
}

/**
 * The engine on this machine if the options say so, and otherwise the deployed stack. If nothing is deployed, an engine that is
 * running is what is meant, since the mails that it writes name the same commands. What was taken is said, if it could be either.
 *
 * @throws Error that says how to deploy, when there is neither
 */
export async function openTarget({ local, data, settings }: TargetValues): Promise<Target> {
  if (local) return onThisMachine(data, settings);
  if (settings)
    throw new UsageError('Expected --settings with --local only: a deployed stack has its settings');
  const { runningEngine } = await import('../../local-aws/data-folder.ts');
  const engine = runningEngine(data);
  try {
    const target = await openDeployed();
    if (engine) {
      console.error(
        `Working on the deployed stack ${target.outputs['state_machine_arn']}. For the engine at ${engine.endpoint}, give --local.`,
      );
    }
    return target;
  } catch (error) {
    if (!engine || !(error instanceof NothingDeployed)) throw error;
    console.error(`Nothing is deployed from here. Working on the engine at ${engine.endpoint} (${data}).`);
    return onThisMachine(data, settings);
  }
}

async function onThisMachine(dataDir: string, settings: string | undefined): Promise<Target> {
  // The engine takes most of a second to load, and a command that works on AWS does not need it.
  const { openSession } = await import('./session.ts');
  const session = await openSession(dataDir, { settings });
  return {
    outputs: session.stack.outputs as Record<string, string>,
    connect: session.connect,
    hint: (name, ...args) => engineHint(dataDir, name, ...args),
    isBusy: () => isBusy(session),
    async close() {
      // An engine that was started for one command ends with it, and would abort them.
      while (session.own && (await isBusy(session))) await sleep(50);
      await session.close();
    },
  };
}

async function isBusy({ states, stack }: Session): Promise<boolean> {
  for (const { arn } of stack.stateMachines) {
    const running = new ListExecutionsCommand({ stateMachineArn: arn, statusFilter: 'RUNNING' });
    if ((await states.send(running)).executions?.length) return true;
  }
  return false;
}

/** @throws NothingDeployed that says how to deploy */
export async function openDeployed(): Promise<Target> {
  const { outputs, source } = await deployedOutputs();
  const [, , , region = '', account] = String(outputs['state_machine_arn']).split(':');
  const states = endpointFor('SFN', await chosenEndpoints(process.env));
  const disableHostPrefix = states !== undefined && isOnThisMachine(states.url);
  // The environment has the credentials.
  const connect = connectorTo({ region, account, source }, { region, disableHostPrefix });
  return { outputs, connect, hint: deployedHint, close: async () => {} };
}
