/** Runs of the deployed stack, from the logs of its state machine. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Definition } from '../../local-aws/graph';
import type { Result } from '../lib/command';
import type { Target } from '../lib/target';
import { ExecutionLogs } from './logs';
import { draw, list } from './show';

/** @param since ISO 8601 in UTC */
export async function listDeployed(target: Target, since: string, limit: number): Promise<Result> {
  const logs = logsOf(target);
  const all = await logs.list(since);
  return all.length === 0
    ? { ok: true, summary: `No executions in ${logs.logGroup} since ${since}. --since looks further back.` }
    : list(all, limit, (run) => run, 'npm run executions -- --aws');
}

/**
 * @param since ISO 8601 in UTC
 * @throws Error when no run or more than one has such an ID
 */
export async function drawDeployed(target: Target, id: string, since: string): Promise<Result> {
  const run = await logsOf(target).find(id, since);
  // This is the definition as it is deployed now: a state that has been renamed since is drawn by itself.
  const { definition } = await target
    .connect(SFNClient)
    .send(new DescribeStateMachineCommand({ stateMachineArn: target.outputs['state_machine_arn'] }));
  return draw(run, JSON.parse(definition as string) as Definition);
}

function logsOf({ outputs, connect }: Target): ExecutionLogs {
  const machine = String(outputs['state_machine_arn']).split(':').at(-1) as string;
  return new ExecutionLogs(connect(CloudWatchLogsClient), machine);
}
