/** Runs on this machine, which the engine keeps in its data folder. */
import path from 'node:path';
import { findExecution, readDefinition, readExecutions, readHistory } from '../../local-aws/history';
import type { Result } from '../lib/command';
import { synthesizedIn } from '../lib/synthesize';
import { draw, list } from './show';

export function listLocal(dataDir: string, limit: number): Result {
  const all = readExecutions(dataDir);
  if (all.length === 0) {
    return {
      ok: true,
      summary: `No executions in ${dataDir} yet. Start one: npm run process -- photo.jpg`,
    };
  }
  const runOf = (execution: (typeof all)[number]) => ({
    execution,
    history: readHistory(dataDir, execution.id),
  });
  return list(all, limit, runOf, 'npm run executions --');
}

/** @throws Error when no run or more than one has such an ID */
export async function drawLocal(dataDir: string, idOrPrefix: string): Promise<Result> {
  const execution = findExecution(dataDir, idOrPrefix);
  const stackFile = await synthesizedIn(path.join(dataDir, 'synth'));
  const definition = readDefinition(stackFile, execution.stateMachineArn);
  return draw({ execution, history: readHistory(dataDir, execution.id) }, definition);
}
