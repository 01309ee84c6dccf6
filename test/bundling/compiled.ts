import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { type CompiledFunction, compile } from '../../bundling/compile';
import { sharedPath } from '../once-per-run';
import { ROOT } from './project';

export const FUNCTIONS = readdirSync(join(ROOT, 'functions')).filter((name) => name !== 'lib');

/** The functions of this project, which a run of the tests compiles once: that takes seconds. */
export function compiledFunctions(): Map<string, CompiledFunction> {
  const file = sharedPath('compiled', null);
  if (!existsSync(file)) {
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, serialize(compile(ROOT, 'functions', FUNCTIONS)));
    renameSync(partial, file);
  }
  return deserialize(readFileSync(file));
}
