import path from 'node:path';
import { type Definition, focus, renderGraph, summarize } from '../graph';
import { loadStack } from '../stack/load';
import { type Execution, findExecution, readExecutions, readHistory } from '../states';
import { PLACE, synthesizedIn } from '../synthesize';
import { command, parse, UsageError } from './arguments';
import { COLOR, keyOf, paint } from './report';

const USAGE = `Usage: npm run executions -- [--data DIR] [--limit N] [ID]

Lists runs of the local workflow, newest first; with the beginning of an ID, draws that run.

  --data DIR  where the local engine keeps its data  (default: .local)
  --limit N   how many to list  (default: 20)`;

const COLORS = {
  SUCCEEDED: 'green',
  RUNNING: 'blue',
  FAILED: 'red',
  TIMED_OUT: 'red',
  ABORTED: 'yellow',
} as const;

command(USAGE, async () => {
  const { values, positionals } = parse({
    data: { type: 'string', default: '.local' },
    limit: { type: 'string', default: '20' },
  });
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new UsageError(`Expected a positive whole number for --limit but received "${values.limit}"`);
  }
  const dataDir = path.resolve(values.data);
  const [id] = positionals;
  console.log(id === undefined ? list(dataDir, limit) : await draw(dataDir, id));
  return 0;
});

function list(dataDir: string, limit: number): string {
  const all = readExecutions(dataDir);
  if (all.length === 0) return `No executions in ${dataDir} yet. Start one: npm run process -- photo.jpg`;
  const shown = all.slice(0, limit);
  const more = all.length - shown.length;
  return [
    ...shown.map((execution) => line(dataDir, execution)),
    ...(more > 0 ? [`… and ${more} older: --limit ${all.length} shows all`] : []),
    '',
    'npm run executions -- ID draws one; the first characters of the ID are enough.',
  ].join('\n');
}

function line(dataDir: string, { id, status, startDate, stopDate }: Execution): string {
  const when = new Date(startDate).toISOString().replace('T', ' ').slice(0, 19);
  const took = stopDate === undefined ? '' : `${((stopDate - startDate) / 1000).toFixed(2)} s`;
  return [
    id.slice(0, 8),
    when,
    paint(COLORS[status], status.padEnd(9)),
    took.padStart(8),
    keyOf(readHistory(dataDir, id)),
  ].join('  ');
}

async function draw(dataDir: string, idOrPrefix: string): Promise<string> {
  const execution = findExecution(dataDir, idOrPrefix);
  const { stateMachines } = loadStack(await synthesizedIn(path.join(dataDir, 'synth')), PLACE);
  const machine = stateMachines.find(({ arn }) => arn === execution.stateMachineArn);
  if (!machine) throw new Error(`The stack in ${dataDir} has no state machine ${execution.stateMachineArn}`);
  const history = readHistory(dataDir, execution.id);
  const summary = summarize(history);
  const width = Math.max(80, process.stdout.columns ?? 80);
  return [
    execution.executionArn,
    `${keyOf(history)}  ${execution.status}`,
    '',
    renderGraph(focus(machine.definition as Definition, summary), summary, { color: COLOR, width }),
  ].join('\n');
}
