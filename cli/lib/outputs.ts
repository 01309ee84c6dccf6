/** The outputs of the last deploy: in the file that `npm run deploy` writes, or in Terraform's state. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { readConfiguration } from './configuration';
import { readState, type State } from './state';
import { synthesizedIn } from './synthesize';

/** Where `npm run deploy` writes the outputs. */
const OUTPUTS_FILE = 'outputs.json';

export interface Outputs {
  outputs: Record<string, string>;
  /** Where they were found, for people. */
  source: string;
}

/** There is no stack that was deployed from this checkout. */
export class NothingDeployed extends Error {}

/**
 * Whichever was written last: `npx cdktf deploy` and `terraform apply` write only the state. A state that can't be read
 * does not matter if there is a file.
 *
 * @throws NothingDeployed that says how to deploy, when there are no outputs of a deploy
 * @throws Error that says which to choose, when there are two
 */
export async function deployedOutputs(): Promise<Outputs> {
  const written = statSync(OUTPUTS_FILE, { throwIfNoEntry: false })?.mtime;
  if (!written) return inState(await lastState());
  const file = { outputs: inFile(), source: OUTPUTS_FILE };
  const state = await lastState().catch(() => undefined);
  if (!state || state.written <= written || isEmpty(state)) return file;
  if (stackOf(state) === stackOf(file)) return state;
  throw new Error(
    `Expected the outputs of one stack but ${OUTPUTS_FILE} has those of ${stackOf(file)}, and ${state.source}, the newer Terraform state of the stack that was synthesized last, those of ${stackOf(state)}. ` +
      `Remove ${OUTPUTS_FILE} to work on the second, or synthesize with the settings of the first (npm run synth)`,
  );
}

const isEmpty = ({ outputs }: Outputs) => Object.keys(outputs).length === 0;

const stackOf = ({ outputs }: Outputs) => outputs['state_machine_arn'];

function inState(state: State | undefined): Outputs {
  if (!state) {
    throw new NothingDeployed(
      `Expected the outputs of a deploy in ${OUTPUTS_FILE} or in a Terraform state but found neither. ` +
        'Run npm run deploy first, or give --local for the engine on this machine',
    );
  }
  if (!isEmpty(state)) return state;
  throw new NothingDeployed(
    `Expected the outputs of a deploy but the Terraform state ${state.source} has none: the stack was destroyed, or its first deploy failed. Run npm run deploy`,
  );
}

/** The state of the stack that was synthesized last, by any of the commands that deploy it. */
async function lastState(): Promise<State | undefined> {
  const out = path.resolve(process.env['CDKTF_OUTDIR'] ?? 'cdktf.out');
  if (!existsSync(path.join(out, 'stacks'))) return undefined;
  const file = await synthesizedIn(out);
  return readState(readConfiguration(file), path.dirname(file));
}

function inFile(): Record<string, string> {
  let stacks: Record<string, Record<string, string>>;
  try {
    stacks = JSON.parse(readFileSync(OUTPUTS_FILE, 'utf8'));
  } catch (error) {
    throw new Error(`Expected the outputs of a deploy in ${OUTPUTS_FILE} but: ${(error as Error).message}`);
  }
  // One stack: its outputs are the only entry.
  const [outputs] = Object.values(stacks);
  if (!outputs) throw new Error(`Expected the outputs of a stack in ${OUTPUTS_FILE} but found none`);
  return outputs;
}
