/** Runs one execution: drives the interpreter, enforces the limits that it lacks, and writes the history. */

import type { StateMachine } from '../stack/model';
import {
  createRecorder,
  type Execution,
  type HistoryEvent,
  inputDetails,
  outputDetails,
  type Recorder,
} from './history';
import { type Definition, type InterpreterEvent, interpreter } from './interpreter';
import { checkSize, FatalError, Task, type TaskServices } from './task';

/** An Express workflow ends after this many seconds, without any Catch. */
const EXPRESS_SECONDS = 300;

type Json = Record<string, unknown>;
type Outcome = Pick<Execution, 'status' | 'error' | 'cause'> & { output?: unknown };

/**
 * Changes a definition so that the interpreter runs it as AWS does: a ResultPath of `$`, which is the default, is removed
 * because it would be taken for a name. A Task without a timeout gets that of the execution, because the interpreter's
 * default is one minute. The time limit of the whole execution is removed, because it is enforced here.
 *
 * @param waitScale multiplies the waits before retries
 */
export function prepare(definition: Json, waitScale = 1): Definition {
  const { TimeoutSeconds: _, ...copy } = JSON.parse(JSON.stringify(definition)) as Json & {
    States: Record<string, Json>;
  };
  for (const [name, original] of Object.entries(copy.States)) {
    const state = original['Type'] === 'Map' ? asTask(original) : original;
    copy.States[name] = state;
    for (const holder of [state, ...((state['Catch'] as Json[] | undefined) ?? [])]) {
      if (holder['ResultPath'] === '$') delete holder['ResultPath'];
    }
    for (const retrier of (state['Retry'] as Json[] | undefined) ?? []) {
      retrier['IntervalSeconds'] = Number(retrier['IntervalSeconds'] ?? 1) * waitScale;
      if ('MaxDelaySeconds' in retrier)
        retrier['MaxDelaySeconds'] = Number(retrier['MaxDelaySeconds']) * waitScale;
    }
    if (state['Type'] === 'Task' && !('TimeoutSecondsPath' in state))
      state['TimeoutSeconds'] ??= EXPRESS_SECONDS;
  }
  return copy as unknown as Definition;
}

/** The interpreter knows no Distributed Map, so it gets a Task in its place, which {@link RunOptions.maps} carries out. */
function asTask(map: Json): Json {
  const { ItemReader: _, ItemBatcher: __, ItemProcessor: ___, ResultWriter: ____, ...state } = map;
  return { ...state, Type: 'Task', Resource: 'distributed map', TimeoutSeconds: LONGEST_TIMER };
}

/** Seconds. A timer of Node holds no more milliseconds than 31 bits: 24 days. */
const LONGEST_TIMER = 2_000_000;

/** Carries out a Map state. `signal` is aborted when the execution has ended, or the engine is closing. */
export type RunMap = (
  state: string,
  input: unknown,
  run: { context: Json; record: Recorder; signal: AbortSignal },
) => Promise<unknown>;

export interface RunOptions {
  machine: StateMachine;
  /** The machine's definition, prepared. */
  definition: Definition;
  execution: Execution;
  input: unknown;
  services: TaskServices;
  write: (event: HistoryEvent) => void;
  /** @default the definition has no Map state */
  maps?: RunMap;
  /** Where to go on, and the id of the last event that was written. @default the execution begins */
  from?: { state?: string; lastEvent: number };
}

export interface RunningExecution {
  /** Resolves with its outcome; never rejects. */
  ended: Promise<Execution>;
  /** Ends it as ABORTED. */
  abort(cause: string): void;
  /** Stops without an end: another engine goes on with it. `ended` then resolves with the status RUNNING. */
  suspend(): void;
}

/** Starts an execution. */
export function runExecution(options: RunOptions): RunningExecution {
  const { machine, execution, input, services } = options;
  const seconds = secondsOf(machine);
  const controller = new AbortController();
  let lastState: string | undefined;
  let isOver = false;
  let end!: (execution: Execution) => void;
  let stop!: (error: Error) => void;
  const ended = new Promise<Execution>((resolve) => {
    end = resolve;
  });
  const over = new Promise<never>((_, reject) => {
    stop = reject;
  });
  over.catch(() => {});

  const write = createRecorder(
    execution.executionArn,
    options.write,
    options.from?.lastEvent,
    execution.redriveCount,
  );
  const record: typeof write = (...event) => {
    if (!isOver) write(...event);
  };

  const context = {
    Execution: {
      Id: execution.executionArn,
      Name: execution.name,
      RoleArn: machine.role,
      StartTime: new Date(execution.startDate).toISOString(),
    },
    StateMachine: { Id: machine.arn, Name: machine.name },
  };
  const mapStates = Object.entries(machine.definition['States'] as Record<string, Json>)
    .filter(([, { Type }]) => Type === 'Map')
    .map(([name]) => name);
  const runMap = (name: string, given: unknown) =>
    options.maps!(name, given, { context, record, signal: controller.signal });

  const tasks = new Map<string, Task>();
  for (const [name, state] of Object.entries(machine.definition['States'] as Record<string, Json>)) {
    if (state['Type'] === 'Task') {
      const region = machine.arn.split(':')[3]!;
      const { executionArn } = execution;
      const [principalArn, machineArn] = [machine.role, machine.arn];
      const context = { services, principalArn, region, executionArn, machineArn, record, over };
      tasks.set(name, new Task(state, context));
    }
  }

  if (!options.from) {
    record('ExecutionStarted', { ...inputDetails(input), roleArn: machine.role }, execution.startDate);
  }
  const { state: StartAt } = options.from ?? {};
  const run = new interpreter.StateMachine(
    StartAt ? { ...options.definition, StartAt } : options.definition,
    {
      validationOptions: { noValidate: true },
    },
  ).run(input as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries([
        ...[...tasks].map(([name, task]) => [name, (payload: unknown) => task.run(payload)] as const),
        ...mapStates.map((name) => [name, (given: unknown) => runMap(name, given)] as const),
      ] as [string, never][]),
    },
    context,
  });
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(
          () => finish({ status: 'TIMED_OUT', error: 'States.Timeout', cause: `It ran for ${seconds} s.` }),
          seconds * 1_000,
        );

  function finish({ output, ...outcome }: Outcome): void {
    if (isOver) return;
    clearTimeout(timer);
    const stopDate = Date.now();
    record(...endEvent(outcome, output), stopDate);
    isOver = true;
    controller.abort();
    stop(new FatalError('ExecutionEnded', `The execution has ended: ${outcome.status}`));
    run.abort();
    end({ ...execution, ...outcome, stopDate, ...(lastState && { lastState }) });
  }

  function suspend(): void {
    if (isOver) return;
    clearTimeout(timer);
    isOver = true;
    controller.abort();
    stop(new FatalError('ExecutionSuspended', 'The engine is closing'));
    run.abort();
    end({ ...execution, status: 'RUNNING' });
  }

  /** Each report of the interpreter, as Step Functions words it. */
  function report(event: InterpreterEvent): void {
    if (event.type === 'StateEntered') {
      const { name } = event.state;
      const type = typeOf(event.state);
      lastState = name;
      record(`${type}StateEntered`, { ...inputDetails(event.state.input), name }, event.timestamp);
    } else if (event.type === 'StateExited') {
      const { name, output } = event.state;
      const type = typeOf(event.state);
      checkSize(`output of the state ${name}`, output);
      record(`${type}StateExited`, { ...outputDetails(output), name }, event.timestamp);
    } else if (event.type === 'StateFailed' && event.Error === 'States.Timeout') {
      tasks.get(event.state.name)?.timedOut();
    }
  }

  function typeOf({ name, type }: { name: string; type: string }): string {
    return mapStates.includes(name) ? 'Map' : type;
  }

  async function follow(): Promise<void> {
    try {
      for await (const event of run.eventLogs) report(event);
      finish({ status: 'SUCCEEDED', output: await run.result });
    } catch (error) {
      finish(failure(error));
    }
  }

  run.result.catch(() => {});
  void follow();
  return { ended, abort: (cause) => finish({ status: 'ABORTED', cause }), suspend };
}

/** How long an execution may take; a STANDARD one may take a year, unless its definition says otherwise. */
function secondsOf({ type, definition }: StateMachine): number | undefined {
  const own = definition['TimeoutSeconds'];
  if (type !== 'EXPRESS') return own === undefined ? undefined : Math.min(Number(own), LONGEST_TIMER);
  return Math.min(Number(own ?? EXPRESS_SECONDS), EXPRESS_SECONDS);
}

/** The interpreter wraps the reason. A Fail state may have no error and no cause. */
function failure(error: unknown): Outcome {
  const { name, message } = ((error as Error).cause ?? error) as Error;
  return { status: 'FAILED', ...(name && { error: name }), ...(message && { cause: message }) };
}

function endEvent({ status, error, cause }: Outcome, output: unknown): [string, Record<string, unknown>] {
  if (status === 'SUCCEEDED') return ['ExecutionSucceeded', outputDetails(output)];
  const type = {
    FAILED: 'ExecutionFailed',
    TIMED_OUT: 'ExecutionTimedOut',
    ABORTED: 'ExecutionAborted',
    RUNNING: '',
  };
  return [type[status], { ...(error && { error }), ...(cause && { cause }) }];
}
