import path from 'node:path';
import { type Engine, type EngineOptions, startEngine } from '../../local-aws';
import { noteSettings, readSettings } from './settings-in-use';
import { PROJECT, synthesize } from './synthesize';

/** Options of the engine, and the settings the stack is synthesized with. */
export interface WorkflowEngineOptions extends Omit<EngineOptions, 'stackFile'> {
  /** Path of the `cdk.tf.json` to run. @default the project's stack, synthesized now into the data folder */
  stackFile?: string;
  /** Path of the settings file to synthesize with. @default the project's */
  settings?: string;
}

/**
 * Synthesizes the project's stack and runs it in the local engine.
 *
 * @throws Error with what synth printed, when the stack doesn't synthesize, and whatever `startEngine` throws
 */
export function startWorkflowEngine({ settings, ...options }: WorkflowEngineOptions): Promise<Engine> {
  return startEngine({
    // The packages for this machine leave out the modules that npm installed for it.
    modulePaths: [path.join(PROJECT, 'node_modules')],
    stackFile: async () => {
      const dataDir = path.resolve(options.dataDir);
      const content = readSettings(settings && path.resolve(settings));
      const file = await synthesize(path.join(dataDir, 'synth'), settings);
      noteSettings(dataDir, content);
      return file;
    },
    ...options,
  });
}
