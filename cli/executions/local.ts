/** Runs on this machine, which the engine keeps in its data folder. */
import path from 'node:path';
import {
  type Execution,
  readDefinition,
  readEvents,
  readExecutions,
  readHistory,
} from '../../local-aws/history';
import type { Result } from '../lib/command';
import { engineHint } from '../lib/hint';
import { synthesizedIn } from '../lib/synthesize';
import { isFailed, isNamed, withKey } from './select';
import { choices, draw, list, nothing, type Run, type Wanted } from './show';

export async function listLocal(dataDir: string, wanted: Wanted): Promise<Result> {
  const all = executionsIn(dataDir, wanted);
  if (all.length === 0) {
    const start = engineHint(dataDir, 'process', 'photo.jpg');
    return {
      ok: true,
      summary: `No ${wanted.failed ? 'failed ' : ''}executions in ${dataDir} yet. Start one: ${start}`,
    };
  }
  return list(
    all,
    wanted,
    (execution) => started(dataDir, execution),
    engineHint(dataDir, 'executions', 'ID'),
  );
}

/**
 * Draws the run that is meant; lists those of an object that had more than one.
 *
 * @param text its ARN, the beginning of its ID or its name, or the key of its object
 * @throws Error if no run is meant, or if more than one has such an ID
 */
export async function findLocal(dataDir: string, text: string, wanted: Wanted): Promise<Result> {
  const all = executionsIn(dataDir, wanted);
  const show = engineHint(dataDir, 'executions', 'ID');
  const named = all.filter((execution) => isNamed(execution, text));
  const runs = await Promise.all((named.length > 0 ? named : all).map((each) => started(dataDir, each)));
  if (named.length > 1) throw choices(runs, text);
  const found = named.length === 1 ? runs : withKey(runs, text);
  const [only, ...more] = found;
  if (!only) throw nothing(text, dataDir, wanted);
  if (more.length > 0) return list(found, wanted, async (run) => run, show);
  const execution = only.execution as Execution;
  const stackFile = await synthesizedIn(path.join(dataDir, 'synth'));
  const definition = readDefinition(stackFile, execution.stateMachineArn);
  return draw({ execution, history: readHistory(dataDir, execution.id) }, definition);
}

const executionsIn = (dataDir: string, { failed }: Wanted): Execution[] =>
  readExecutions(dataDir).filter((execution) => !failed || isFailed(execution));

/** A run with its first event, which has the key. */
const started = async (dataDir: string, execution: Execution): Promise<Run> => ({
  execution,
  history: await readEvents(dataDir, execution.id, (type) => type === 'ExecutionStarted'),
});
