/**
 * The Step Functions API, as far as the AWS CLI and SDK need it to start an execution and look at it. AWS doesn't offer the
 * calls that look at executions for Express workflows; here they are for debugging.
 */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError, type Gate, type Principal } from '../service';
import type { StateMachine } from '../stack/model';
import type { Execution, ExecutionStatus, HistoryEvent } from './history';
import type { ExecutionData, Started, StateMachines } from './model';

type Json = Record<string, unknown>;

const TARGET = 'AWSStepFunctions.';

/** docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
const PAGE = { usual: 100, largest: 1_000 };

/**
 * Express workflows are billed in steps of this duration, and of this amount of memory:
 * aws.amazon.com/step-functions/pricing
 */
const BILLED = { milliseconds: 100, megabytes: 64 };

const seconds = (milliseconds: number) => milliseconds / 1_000;

/** When the engine started, and with it the machines. */
const created = seconds(Date.now());

interface Action {
  /** The ARN of the action's resource, as IAM sees it. */
  resource: (input: Json) => string;
  answer: (machines: StateMachines, input: Json) => Json | Promise<Json>;
}

const text = (input: Json, field: string): string => {
  const value = input[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError(
    'ValidationException',
    `Expected text for ${field} but received ${JSON.stringify(value)}`,
  );
};

const ACTIONS: Record<string, Action> = {
  ListStateMachines: {
    resource: () => '*',
    answer: ({ machines }) => ({
      stateMachines: machines.map(({ arn, name, type }) => ({
        stateMachineArn: arn,
        name,
        type,
        creationDate: created,
      })),
    }),
  },
  DescribeStateMachine: {
    resource: (input) => text(input, 'stateMachineArn'),
    answer: ({ machines }, input) => describeMachine(findMachine(machines, text(input, 'stateMachineArn'))),
  },
  StartExecution: {
    resource: (input) => text(input, 'stateMachineArn'),
    answer: (machines, input) => {
      const { executionArn, startDate } = start(machines, input);
      return { executionArn, startDate: seconds(startDate) };
    },
  },
  StartSyncExecution: {
    resource: (input) => text(input, 'stateMachineArn'),
    answer: async (machines, input) => {
      const started = start(machines, input);
      const { status } = await started.done;
      // The engine is stopping, so the outcome is unknown.
      if (status === 'ABORTED') throw new AwsError('ServiceUnavailable', 'The local engine was stopped', 503);
      return syncResult(await machines.describe(started.executionArn));
    },
  },
  ListExecutions: {
    resource: (input) => text(input, 'stateMachineArn'),
    answer: (machines, input) => {
      const { arn } = findMachine(machines.machines, text(input, 'stateMachineArn'));
      const status = input['statusFilter'] as ExecutionStatus | undefined;
      const { items, ...rest } = page(machines.list(arn, { status }), input, ({ id }) => id);
      return { executions: items.map(summary), ...rest };
    },
  },
  DescribeExecution: {
    resource: (input) => text(input, 'executionArn'),
    answer: async (machines, input) => {
      const execution = await machines.describe(text(input, 'executionArn'));
      return { ...summary(execution), ...dataOf(execution) };
    },
  },
  GetExecutionHistory: {
    resource: (input) => text(input, 'executionArn'),
    answer: async (machines, input) => {
      const events = await machines.history(text(input, 'executionArn'));
      if (input['reverseOrder']) events.reverse();
      const { items, ...rest } = page(events, input, ({ id }) => id);
      return {
        events: items.map((event) => apiEvent(event, input['includeExecutionData'] !== false)),
        ...rest,
      };
    },
  },
};

function start(machines: StateMachines, input: Json): Started {
  const name = input['name'] === undefined ? undefined : text(input, 'name');
  return machines.start(text(input, 'stateMachineArn'), String(input['input'] ?? '{}'), name);
}

function dataOf({ input, output, error, cause }: ExecutionData): Json {
  return {
    input,
    inputDetails: { included: true },
    ...(output !== undefined && { output, outputDetails: { included: true } }),
    ...(error && { error }),
    ...(cause && { cause }),
  };
}

/** docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html */
function syncResult(execution: ExecutionData): Json {
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

function findMachine(machines: StateMachine[], arn: string): StateMachine {
  const machine = machines.find((candidate) => candidate.arn === arn);
  if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return machine;
}

function describeMachine({ arn, name, type, role, definition, logging }: StateMachine): Json {
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

function summary({ executionArn, stateMachineArn, name, status, startDate, stopDate }: Execution): Json {
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
function page<T>(all: T[], input: Json, idOf: (item: T) => string): { items: T[]; nextToken?: string } {
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
function apiEvent(
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

async function answer(
  machines: StateMachines,
  gate: Gate | undefined,
  principal: Principal,
  target: string,
  body: Buffer,
): Promise<Json> {
  const name = target.startsWith(TARGET) ? target.slice(TARGET.length) : target;
  const action = ACTIONS[name];
  if (!action) {
    throw new AwsError('UnknownOperationException', `The local engine does not run the operation ${name}`);
  }
  const input = JSON.parse(body.toString('utf8') || '{}') as Json;
  await gate?.({ principal, action: `states:${name}`, resource: action.resource(input) });
  return action.answer(machines, input);
}

/** Uses AWS JSON 1.0. */
export function createApi(machines: StateMachines, gate: Gate | undefined): StateMachines['handle'] {
  return async (request: IncomingMessage, response: ServerResponse, principal, body) => {
    const send = (status: number, document: Json) => {
      response.writeHead(status, {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-requestid': randomUUID(),
      });
      response.end(JSON.stringify(document));
    };
    try {
      send(200, await answer(machines, gate, principal, String(request.headers['x-amz-target']), body));
    } catch (error) {
      if (error instanceof AwsError) {
        // Step Functions answers 400 for a denial, and names it differently from other services.
        const { code, status } =
          error.code === 'AccessDenied' ? { code: 'AccessDeniedException', status: 400 } : error;
        return send(status, { __type: code, message: error.message });
      }
      send(500, { __type: 'InternalFailure', message: (error as Error).message });
    }
  };
}
