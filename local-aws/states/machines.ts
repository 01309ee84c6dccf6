import { randomUUID } from 'node:crypto';
import { AwsError, type Gate } from '../service';
import type { StateMachine } from '../stack/model';
import { createApi } from './api';
import { checkStateMachine } from './check';
import type { MapServices } from './distributed-map/run';
import { prepare, type RunningExecution, runExecution } from './execution';
import type { Execution } from './history';
import type { Started, StateMachines } from './model';
import { MapRuns, type Position, positionIn } from './standard';
import { ExecutionStore, readExecutions } from './store';
import { checkSize, type TaskServices } from './task';

export interface StateMachinesOptions {
  machines: StateMachine[];
  /** Executions are stored in its folder `executions`. */
  dataDir: string;
  services: TaskServices;
  /** What Distributed Maps need besides. @default no machine has one */
  maps?: Pick<MapServices, 'allow' | 's3'>;
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
 * Runs state machines on this computer. Executions of STANDARD machines that an earlier engine has left go on.
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
  const isStandard = (arn: string) => byArn.get(arn)?.machine.type === 'STANDARD';
  const store = new ExecutionStore(options.dataDir, ({ stateMachineArn }) => isStandard(stateMachineArn));
  const mapRuns = new MapRuns(options.dataDir, {
    tasks: services,
    allow: options.maps?.allow ?? (async () => {}),
    s3: options.maps?.s3 ?? noS3,
    waitScale,
  });
  const running = new Map<string, Started & { run: RunningExecution; input: string }>();
  /** Executions of STANDARD machines by their names, which are unique. */
  const standard = new Map(
    readExecutions(options.dataDir)
      .filter(({ stateMachineArn }) => isStandard(stateMachineArn))
      .map((execution) => [execution.name, execution]),
  );

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
    const parsed = parseInput(input);
    if (isStandard(machineArn)) {
      const same = standard.get(name);
      if (same?.stateMachineArn === machineArn && isSame(same, parsed))
        return running.get(same.executionArn)!;
      if (same || name === 'index') {
        throw new AwsError(
          'ExecutionAlreadyExists',
          `Execution Already Exists: '${same?.executionArn ?? name}'`,
        );
      }
    }
    const id = isStandard(machineArn) ? name : randomUUID();
    const execution: Execution = {
      id,
      executionArn: isStandard(machineArn)
        ? `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`
        : `${machineArn.replace(':stateMachine:', ':express:')}:${name}:${id}`,
      stateMachineArn: machineArn,
      name,
      status: 'RUNNING',
      startDate: Date.now(),
    };
    onStart(execution);
    return begin(execution, parsed);
  }

  /** Runs an execution, from its beginning or from where it was. */
  function begin(execution: Execution, input: unknown, from?: Position): Started {
    const { machine, definition } = byArn.get(execution.stateMachineArn)!;
    const write = store.start(execution);
    const maps = mapRuns.runnerOf(machine, execution);
    const run = runExecution({
      machine,
      definition,
      execution,
      input,
      services,
      write,
      maps,
      ...(from && { from }),
    });
    const done = run.ended.then(async (ended) => {
      await store.end(ended);
      running.delete(execution.executionArn);
      if (ended.status !== 'RUNNING') onExecution(ended);
      return ended;
    });
    const started = { executionArn: execution.executionArn, startDate: execution.startDate, done };
    running.set(execution.executionArn, { ...started, run, input: JSON.stringify(input) });
    if (machine.type === 'STANDARD') standard.set(execution.name, execution);
    return started;
  }

  const isSame = ({ executionArn }: Execution, input: unknown) =>
    running.get(executionArn)?.input === JSON.stringify(input);

  async function goOn(execution: Execution): Promise<void> {
    const position = positionIn(await store.history(execution));
    begin(execution, position.input, position);
  }

  async function findStandard(executionArn: string): Promise<Execution> {
    const execution = await find(executionArn);
    if (isStandard(execution.stateMachineArn)) return execution;
    throw new AwsError(
      'StateMachineTypeNotSupported',
      `This operation is not supported by this type of state machine: '${execution.stateMachineArn}'`,
    );
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
    async stop(executionArn, error, cause) {
      const execution = await findStandard(executionArn);
      const found = running.get(executionArn);
      if (!found) return execution;
      found.run.abort([error, cause].filter(Boolean).join(': ') || 'Someone stopped it.');
      mapRuns.abort(executionArn);
      return found.done;
    },
    async redrive(executionArn) {
      const execution = await findStandard(executionArn);
      if (execution.status === 'RUNNING' || execution.status === 'SUCCEEDED') {
        throw new AwsError(
          'ExecutionNotRedrivable',
          `Execution is ${execution.status} and cannot be redriven: only one that has failed, timed out or was aborted can be`,
        );
      }
      await mapRuns.redrive(byArn.get(execution.stateMachineArn)!.machine, executionArn);
      const { stopDate: _, error: __, cause: ___, ...rest } = execution;
      const redriven: Execution = {
        ...rest,
        status: 'RUNNING',
        redriveCount: (execution.redriveCount ?? 0) + 1,
      };
      await goOn(redriven);
      return redriven;
    },
    async goOn() {
      for (const execution of store.interrupted.splice(0)) await goOn(execution);
    },
    mapRuns: (executionArn) => mapRuns.of(executionArn),
    mapRun(mapRunArn) {
      const found = mapRuns.find(mapRunArn);
      if (found) return found;
      throw new AwsError('ResourceNotFound', `Resource not found: '${mapRunArn}'`);
    },
    handle: (request, response, principal, body) => api(request, response, principal, body),
    async close() {
      const all = [...running.entries()].map(([arn, started]) => ({ arn, ...started }));
      for (const { arn, run } of all) {
        // As `execution` and `express` are the two kinds in ARNs.
        if (arn.includes(':execution:')) run.suspend();
        else run.abort('The local engine was stopped.');
      }
      await Promise.all(all.map(({ done }) => done));
      await mapRuns.close();
      await store.close();
    },
  };
  const api = createApi(result, options.gate);
  return result;
}

function noS3(): never {
  throw new Error('Expected S3 for the Map state of a machine');
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
