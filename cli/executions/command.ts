import path from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Definition } from '../../local-aws/graph';
import { command, parse, UsageError } from '../lib/arguments';
import { count, moment } from '../lib/options';
import { openTarget } from '../lib/target';
import { drawExecution, drawing, executionLine, listExecutions } from './engine';
import { ExecutionLogs } from './logs';

const USAGE = `Usage: npm run executions -- [--limit N] [--data DIR] [ID]
       npm run executions -- --aws [--limit N] [--since T] [ID]

Lists runs of the workflow, newest first; with the beginning of an ID, draws that run.

  --aws       those of the deployed stack, from its CloudWatch logs
  --since T   how far back: 2026-11-21, 2026-11-21T05:00Z, 90m, 2h or 3d  (default: 1h, and 1d to draw one)
  --limit N   how many to list  (default: 20)
  --data DIR  where the local engine keeps its data  (default: .local)`;

command(USAGE, async () => {
  const { values, positionals } = parse({
    aws: { type: 'boolean', default: false },
    since: { type: 'string' },
    limit: { type: 'string', default: '20' },
    data: { type: 'string', default: '.local' },
  });
  const limit = count(values.limit, '--limit');
  const [id] = positionals;
  if (!values.aws) {
    if (values.since !== undefined) throw new UsageError('Expected --since with --aws only');
    const dataDir = path.resolve(values.data);
    console.log(id === undefined ? listExecutions(dataDir, limit) : await drawExecution(dataDir, id));
    return 0;
  }
  if (id !== undefined && !/^[\w-]+$/.test(id)) {
    throw new UsageError(`Expected the beginning of an execution's ID but received "${id}"`);
  }
  const since = moment(values.since ?? (id === undefined ? '1h' : '1d'), '--since');
  const { outputs, client } = await openTarget({ local: false, data: values.data });
  const stateMachineArn = outputs['state_machine_arn'] as string;
  const logs = new ExecutionLogs(
    new CloudWatchLogsClient(client),
    stateMachineArn.split(':').at(-1) as string,
  );
  if (id === undefined) {
    console.log(await list(logs, since, limit));
    return 0;
  }
  const { execution, history } = await logs.find(id, since);
  // As it is deployed now: a state that was renamed since is drawn by itself.
  const { definition } = await new SFNClient(client).send(
    new DescribeStateMachineCommand({ stateMachineArn }),
  );
  console.log(drawing(execution, JSON.parse(definition as string) as Definition, history));
  return 0;
});

async function list(logs: ExecutionLogs, since: string, limit: number): Promise<string> {
  const all = await logs.list(since);
  if (all.length === 0)
    return `No executions in ${logs.logGroup} since ${since}. --since looks further back.`;
  const more = all.length - Math.min(limit, all.length);
  return [
    ...all.slice(0, limit).map(({ execution, history }) => executionLine(execution, history)),
    ...(more > 0 ? [`… and ${more} older: --limit ${all.length} shows all`] : []),
    '',
    'npm run executions -- --aws ID draws one; the first characters of the ID are enough.',
  ].join('\n');
}
