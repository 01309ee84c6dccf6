/** Runs of the deployed stack, from the logs of its state machine. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { Definition } from '../../local-aws/graph';
import type { Result } from '../lib/command';
import type { Target } from '../lib/target';
import { ExecutionLogs } from './logs';
import { isFailed, withKey } from './select';
import { choices, draw, list, nothing, type Run, type Wanted } from './show';

/** @param since ISO 8601 in UTC */
export async function listDeployed(target: Target, since: string, wanted: Wanted): Promise<Result> {
  const logs = logsOf(target);
  const all = (await logs.list(since)).filter(meets(wanted));
  return all.length === 0
    ? {
        ok: true,
        summary: `No ${wanted.failed ? 'failed ' : ''}executions in ${logs.logGroup} since ${since}. --since looks further back.`,
      }
    : list(all, wanted, async (run) => run, target.hint('executions', 'ID'));
}

/**
 * Draws the run that is meant; lists those of an object that had more than one.
 *
 * @param text its ARN, the beginning of its ID or its name, or the key of its object
 * @param since ISO 8601 in UTC
 * @throws Error if no run is meant, or if more than one has such an ID
 */
export async function findDeployed(
  target: Target,
  text: string,
  since: string,
  wanted: Wanted,
): Promise<Result> {
  const logs = logsOf(target);
  const named = (await logs.find(text, since)).filter(meets(wanted));
  if (named.length > 1) throw choices(named, text);
  const [run] = named;
  if (run) return drawn(target, run);
  const found = withKey((await logs.list(since)).filter(meets(wanted)), text);
  const [only, ...more] = found;
  if (!only) {
    throw nothing(text, `${logs.logGroup} since ${since}`, wanted, [
      'An execution is logged a few seconds later; --since looks further back.',
      'Keys are logged only if logs.executionData is on.',
    ]);
  }
  if (more.length > 0) return list(found, wanted, async (each) => each, target.hint('executions', 'ID'));
  const [whole] = await logs.find(only.execution.executionArn, since);
  return drawn(target, whole ?? only);
}

async function drawn(target: Target, run: Run): Promise<Result> {
  // This is the definition as it is deployed now: a state that has been renamed since is drawn by itself.
  const { definition } = await target
    .connect(SFNClient)
    .send(new DescribeStateMachineCommand({ stateMachineArn: target.outputs['state_machine_arn'] }));
  return draw(run, JSON.parse(definition as string) as Definition);
}

const meets =
  ({ failed }: Wanted) =>
  ({ execution }: Run): boolean =>
    !failed || isFailed(execution);

function logsOf({ outputs, connect }: Target): ExecutionLogs {
  const machine = String(outputs['state_machine_arn']).split(':').at(-1) as string;
  return new ExecutionLogs(connect(CloudWatchLogsClient), machine);
}
