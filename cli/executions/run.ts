import { type Result, UsageError } from '../lib/command';
import { moment } from '../lib/options';
import { openTarget } from '../lib/target';
import { drawDeployed, listDeployed } from './deployed';
import { drawLocal, listLocal } from './local';

interface Values {
  aws: boolean;
  local: boolean;
  /** ISO 8601 in UTC. */
  since?: string;
  limit: number;
  /** Absolute path. */
  data: string;
}

export async function showExecutions(values: Values, [id, ...more]: string[]): Promise<Result> {
  const { limit, data } = values;
  if (more.length > 0) throw new UsageError(`Expected one ID but received "${[id, ...more].join(' ')}"`);
  if (values.aws && values.local) throw new UsageError('Expected one of --aws and --local but received both');
  if (!values.aws) {
    if (values.since !== undefined) throw new UsageError('Expected --since with --aws only');
    return id === undefined ? listLocal(data, limit) : drawLocal(data, id);
  }
  if (id !== undefined && !/^[\w-]+$/.test(id)) {
    throw new UsageError(`Expected the beginning of an execution's ID but received "${id}"`);
  }
  const since = values.since ?? moment(id === undefined ? '1h' : '1d', '--since');
  const target = await openTarget({ local: false, data });
  return id === undefined ? listDeployed(target, since, limit) : drawDeployed(target, id, since);
}
