import { type Result, UsageError } from '../lib/command';
import { moment } from '../lib/options';
import { openDeployed } from '../lib/target';
import { findDeployed, listDeployed } from './deployed';
import { findLocal, listLocal } from './local';

interface Values {
  aws: boolean;
  local: boolean;
  /** ISO 8601 in UTC. */
  since?: string;
  limit: number;
  failed: boolean;
  /** Absolute path. */
  data: string;
}

/** Of an Express execution: its region, account, state machine, name and ID. */
const ARN = /^arn:aws:states:([\w-]+):(\d{12}):express:([\w-]+):([\w.@+=!()'-]+):([\w-]+)$/;

/** @throws UsageError when the ARN is one of another state machine than that of the stack */
function assertOf(machine: string, id: string): void {
  const [arn, region, account, name] = ARN.exec(id) ?? [];
  if (arn === undefined || machine === `arn:aws:states:${region}:${account}:stateMachine:${name}`) return;
  throw new UsageError(
    `Expected an execution of ${machine}, which the outputs of the deploy name, but received one of ${name} in account ${account}, ${region}. ` +
      'Get the outputs of that environment.',
  );
}

export async function showExecutions(values: Values, [id, ...more]: string[]): Promise<Result> {
  const { data } = values;
  if (more.length > 0)
    throw new UsageError(`Expected one ID or key but received "${[id, ...more].join(' ')}"`);
  if (id === '') throw new UsageError('Expected an ID or a key but received nothing');
  if (values.aws && values.local) throw new UsageError('Expected one of --aws and --local but received both');
  if (!values.aws) {
    if (values.since !== undefined) throw new UsageError('Expected --since with --aws only');
    return id === undefined ? listLocal(data, values) : findLocal(data, id, values);
  }
  if (id?.startsWith('arn:') && !ARN.test(id)) {
    throw new UsageError(`Expected the ARN of an execution of an Express workflow but received "${id}"`);
  }
  const since = values.since ?? moment(id === undefined ? '1h' : '1d', '--since');
  const target = await openDeployed();
  if (id !== undefined) assertOf(String(target.outputs['state_machine_arn']), id);
  return id === undefined ? listDeployed(target, since, values) : findDeployed(target, id, since, values);
}
