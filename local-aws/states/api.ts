/**
 * The Step Functions API, as far as the AWS CLI and SDK need it to start an execution and look at it. AWS doesn't offer the
 * calls that look at executions for Express workflows; here they are for debugging.
 */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError, type Gate, type Principal } from '../service';
import type { StateMachine } from '../stack/model';
import {
  apiEvent,
  dataOf,
  describeMachine,
  type Json,
  machineItem,
  page,
  redriveOf,
  seconds,
  summary,
  syncResult,
} from './answers';
import type { ExecutionStatus } from './history';
import { describeMapRun, mapRunItem } from './map-run-answers';
import type { Started, StateMachines } from './model';

const TARGET = 'AWSStepFunctions.';

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
      stateMachines: machines.map(machineItem),
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
      const { type, arn } = findMachine(machines.machines, text(input, 'stateMachineArn'));
      if (type !== 'EXPRESS') {
        throw new AwsError(
          'StateMachineTypeNotSupported',
          `This operation is not supported by this type of state machine: '${arn}'`,
        );
      }
      const started = start(machines, input);
      const { status } = await started.done;
      // The engine is stopping, so the outcome is unknown.
      if (status === 'ABORTED') throw new AwsError('ServiceUnavailable', 'The local engine was stopped', 503);
      return syncResult(await machines.describe(started.executionArn));
    },
  },
  ListExecutions: {
    resource: (input) => text(input, 'stateMachineArn'),
    answer: async (machines, input) => {
      const { arn } = findMachine(machines.machines, text(input, 'stateMachineArn'));
      const status = input['statusFilter'] as ExecutionStatus | undefined;
      const { items, ...rest } = page(await machines.list(arn, { status }), input, ({ id }) => id);
      return { executions: items.map(summary), ...rest };
    },
  },
  DescribeExecution: {
    resource: (input) => text(input, 'executionArn'),
    answer: async (machines, input) => {
      const execution = await machines.describe(text(input, 'executionArn'));
      return { ...summary(execution), ...dataOf(execution), ...redriveOf(execution) };
    },
  },
  StopExecution: {
    resource: (input) => text(input, 'executionArn'),
    answer: async (machines, input) => {
      const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
      const [error, cause] = [textOf(input['error']), textOf(input['cause'])];
      const { stopDate } = await machines.stop(text(input, 'executionArn'), error, cause);
      return { stopDate: seconds(stopDate!) };
    },
  },
  RedriveExecution: {
    resource: (input) => text(input, 'executionArn'),
    answer: async (machines, input) => {
      await machines.redrive(text(input, 'executionArn'));
      return { redriveDate: seconds(Date.now()) };
    },
  },
  ListMapRuns: {
    resource: (input) => text(input, 'executionArn'),
    answer: async (machines, input) => {
      const { executionArn } = await machines.describe(text(input, 'executionArn'));
      const { items, ...rest } = page(machines.mapRuns(executionArn), input, ({ run }) => run.id);
      return { mapRuns: items.map(mapRunItem), ...rest };
    },
  },
  DescribeMapRun: {
    resource: (input) => text(input, 'mapRunArn'),
    answer: (machines, input) => describeMapRun(machines.mapRun(text(input, 'mapRunArn'))),
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

function findMachine(machines: StateMachine[], arn: string): StateMachine {
  const machine = machines.find((candidate) => candidate.arn === arn);
  if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return machine;
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
