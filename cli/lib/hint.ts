/** Commands that a person is to type next, with the options that make them work on the same place. */
import path from 'node:path';
import { shellWord } from '../../contract/text';
import { callOf } from './command';
import { DATA } from './options';

/** Commands that work on this machine without `--local`. */
const LOCAL_ANYWAY = ['executions', 'process', 'start', 'console'];

/** A command as a person types it, with the options that it needs. */
export type Hint = (name: string, ...args: readonly string[]) => string;

/** @param dataDir absolute path of the data folder of the engine that it is to work on */
export function engineHint(dataDir: string, name: string, ...args: readonly string[]): string {
  const isDefault = dataDir === path.resolve(DATA.default);
  return line(name, [
    ...(LOCAL_ANYWAY.includes(name) ? [] : ['--local']),
    ...(isDefault ? [] : ['--data', shellWord(dataDir)]),
    ...args,
  ]);
}

/** For the stack that is deployed to AWS. */
export const deployedHint: Hint = (name, ...args) =>
  line(name, [...(name === 'executions' ? ['--aws'] : []), ...args]);

const line = (name: string, args: readonly string[]) =>
  [callOf({ name }), ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
