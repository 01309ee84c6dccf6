import { randomUUID } from 'node:crypto';
import { AwsError, type Gate } from '../service';
import type { StateMachine } from '../stack/model';
import { createApi } from './api';
import { checkStateMachine } from './check';
import { prepare, type RunningExecution, runExecution } from './execution';
import type { Execution } from './history';
import type { Started, StateMachines } from './model';
import { ExecutionStore } from './store';
import { checkSize, type TaskServices } from './task';

export interface StateMachinesOptions {
  machines: StateMachine[];
  /** Executions are stored in its folder `executions`. */
  dataDir: string;
  services: TaskServices;
  /** Receives each execution that begins. */
  onStart?: (execution: Execution) => void;
  /** Receives each execution that has ended. */
  onExecution?: (execution: Execution) => void;
  /** Multiplies the waits before a retry. @default 1 */
  waitScale?: number;
  /** Asked before each action of {@link StateMachines.handle}. */
  gate?: Gate;
}

/** Names that are safe in an ARN and a log: docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const NAME = /^[A-Za-z0-9_-]{1,80}$/;

/**
 * Runs Express state machines on this computer.
 *
 * @throws Error if a definition has a part that would not run as on AWS
 */
export function createStateMachines(options: StateMachinesOptions): StateMachines {
  const { machines, services, onStart = () => {}, onExecution = () => {}, waitScale } = options;
  for (const machine of machines) checkStateMachine(machine);
  const byArn = new Map(
    machines.map(
      (machine) => [machine.arn, { machine, definition: prepare(machine.definition, waitScale) }] as const,
    ),
  );
  const store = new ExecutionStore(options.dataDir);
  const running = new Map<string, { run: RunningExecution; done: Promise<Execution> }>();

  function start(machineArn: string, input: object | string, name: string = randomUUID()): Started {
    const found = byArn.get(machineArn);
    if (!found)
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${machineArn}'`);
    if (!NAME.test(name)) {
      throw new AwsError(
        'InvalidName',
        `Expected 1 to 80 of A-Z a-z 0-9 _ - for the name but received '${name}'`,
      );
    }
    const { machine, definition } = found;
    const parsed = parseInput(input);
    const id = randomUUID();
    const execution: Execution = {
      id,
      executionArn: `${machineArn.replace(':stateMachine:', ':express:')}:${name}:${id}`,
      stateMachineArn: machineArn,
      name,
      status: 'RUNNING',
      startDate: Date.now(),
    };
    onStart(execution);
    const write = store.start(execution);
    const run = runExecution({ machine, definition, execution, input: parsed, services, write });
    const done = run.ended.then(async (ended) => {
      await store.end(ended);
      running.delete(execution.executionArn);
      onExecution(ended);
      return ended;
    });
    running.set(execution.executionArn, { run, done });
    return { executionArn: execution.executionArn, startDate: execution.startDate, done };
  }

  async function find(executionArn: string): Promise<Execution> {
    const execution = await store.get(executionArn);
    if (!execution)
      throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    return execution;
  }

  const history = async (executionArn: string) => store.history(await find(executionArn));

  const result: StateMachines = {
    machines,
    start,
    list: async (machineArn, { status } = {}) =>
      (await store.list(status)).filter(
        (execution) => !machineArn || execution.stateMachineArn === machineArn,
      ),
    async describe(executionArn) {
      const execution = await find(executionArn);
      const events = await store.history(execution);
      const output =
        events.at(-1)?.type === 'ExecutionSucceeded' ? events.at(-1)!.details['output'] : undefined;
      return {
        ...execution,
        input: String(events[0]?.details['input']),
        ...(output !== undefined && { output: String(output) }),
      };
    },
    history,
    handle: (request, response, principal, body) => api(request, response, principal, body),
    async close() {
      for (const { run } of running.values()) run.abort('The local engine was stopped.');
      await Promise.all([...running.values()].map(({ done }) => done));
      await store.close();
    },
  };
  const api = createApi(result, options.gate);
  return result;
}

function parseInput(input: object | string): unknown {
  try {
    const parsed = typeof input === 'string' ? JSON.parse(input) : JSON.parse(JSON.stringify(input));
    checkSize('input of the execution', parsed);
    return parsed;
  } catch (error) {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: ${(error as Error).message}`,
    );
  }
}
