/** What the Step Functions API answers: machines, executions, events and pages in its own shapes. */
import { AwsError } from '../service';
import type { StateMachine } from '../stack/model';
import type { Execution, HistoryEvent } from './history';
import type { ExecutionData } from './model';

export type Json = Record<string, unknown>;

/** docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
const PAGE = { usual: 100, largest: 1_000 };

/**
 * Express workflows are billed in steps of this duration, and of this amount of memory:
 * aws.amazon.com/step-functions/pricing
 */
const BILLED = { milliseconds: 100, megabytes: 64 };

export const seconds = (milliseconds: number) => milliseconds / 1_000;

/** When the engine started, and with it the machines. */
const created = seconds(Date.now());

/** A machine in the answer of ListStateMachines. */
export const machineItem = ({ arn, name, type }: StateMachine): Json => ({
  stateMachineArn: arn,
  name,
  type,
  creationDate: created,
});

export function dataOf({ input, output, error, cause }: ExecutionData): Json {
  return {
    input,
    inputDetails: { included: true },
    ...(output !== undefined && { output, outputDetails: { included: true } }),
    ...(error && { error }),
    ...(cause && { cause }),
  };
}

/** What DescribeExecution says of redrives, which only STANDARD executions have. */
export function redriveOf({ executionArn, status, redriveCount = 0 }: Execution): Json {
  if (!executionArn.includes(':execution:')) return {};
  const can = status !== 'RUNNING' && status !== 'SUCCEEDED';
  return { redriveCount, redriveStatus: can ? 'REDRIVABLE' : 'NOT_REDRIVABLE' };
}

/** docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html */
export function syncResult(execution: ExecutionData): Json {
  const milliseconds = execution.stopDate! - execution.startDate;
  return {
    ...summary(execution),
    ...dataOf(execution),
    billingDetails: {
      billedDurationInMilliseconds:
        Math.max(1, Math.ceil(milliseconds / BILLED.milliseconds)) * BILLED.milliseconds,
      billedMemoryUsedInMB: BILLED.megabytes,
    },
  };
}

export function describeMachine({ arn, name, type, role, definition, logging }: StateMachine): Json {
  return {
    stateMachineArn: arn,
    name,
    type,
    status: 'ACTIVE',
    roleArn: role,
    definition: JSON.stringify(definition),
    loggingConfiguration: { level: logging.level, includeExecutionData: logging.includeExecutionData },
    creationDate: created,
  };
}

export function summary({
  executionArn,
  stateMachineArn,
  name,
  status,
  startDate,
  stopDate,
}: Execution): Json {
  return {
    executionArn,
    stateMachineArn,
    name,
    status,
    startDate: seconds(startDate),
    ...(stopDate !== undefined && { stopDate: seconds(stopDate) }),
  };
}

/** The token names the last item of the previous page, so that new executions don't shift the next one. */
export function page<T>(
  all: T[],
  input: Json,
  idOf: (item: T) => string,
): { items: T[]; nextToken?: string } {
  const asked = Number(input['maxResults'] ?? 0);
  if (!Number.isInteger(asked) || asked < 0 || asked > PAGE.largest) {
    throw new AwsError(
      'ValidationException',
      `Expected 0 to ${PAGE.largest} for maxResults but received ${asked}`,
    );
  }
  const size = asked || PAGE.usual;
  const token = input['nextToken'];
  const start = token === undefined ? 0 : all.findIndex((item) => idOf(item) === token) + 1;
  if (token !== undefined && start === 0) throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  const items = all.slice(start, start + size);
  return { items, ...(start + size < all.length && { nextToken: idOf(items.at(-1)!) }) };
}

const DATA_FIELDS = ['input', 'inputDetails', 'output', 'outputDetails', 'parameters'];

/** The API has the details of each event type in a separate field. */
export function apiEvent(
  { id, type, details, previous_event_id, event_timestamp }: HistoryEvent,
  withData: boolean,
): Json {
  const kind = type.replace(/^\w+(StateEntered|StateExited)$/, '$1');
  const kept = Object.entries(details).filter(([key]) => withData || !DATA_FIELDS.includes(key));
  return {
    id: Number(id),
    previousEventId: Number(previous_event_id),
    timestamp: seconds(Number(event_timestamp)),
    type,
    ...(kept.length > 0 && {
      [`${kind[0]!.toLowerCase()}${kind.slice(1)}EventDetails`]: Object.fromEntries(kept),
    }),
  };
}
