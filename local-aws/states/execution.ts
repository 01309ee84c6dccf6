/** Runs one execution: drives the interpreter, enforces the limits that it lacks, and writes the history. */

import type { StateMachine } from '../stack/model';
import { createRecorder, type Execution, type HistoryEvent, inputDetails, outputDetails } from './history';
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
  for (const state of Object.values(copy.States)) {
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

export interface RunOptions {
  machine: StateMachine;
  /** The machine's definition, prepared. */
  definition: Definition;
  execution: Execution;
  input: unknown;
  services: TaskServices;
  write: (event: HistoryEvent) => void;
}

export interface RunningExecution {
  /** Resolves with its outcome; never rejects. */
  ended: Promise<Execution>;
  /** Ends it as ABORTED. */
  abort(cause: string): void;
}

/** Starts an execution. */
export function runExecution(options: RunOptions): RunningExecution {
  const { machine, execution, input, services } = options;
  const seconds = Math.min(Number(machine.definition['TimeoutSeconds'] ?? EXPRESS_SECONDS), EXPRESS_SECONDS);
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

  const write = createRecorder(execution.executionArn, options.write);
  const record: typeof write = (...event) => {
    if (!isOver) write(...event);
  };

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

  record('ExecutionStarted', { ...inputDetails(input), roleArn: machine.role }, execution.startDate);
  const run = new interpreter.StateMachine(options.definition, {
    validationOptions: { noValidate: true },
  }).run(input as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(
        [...tasks].map(([name, task]) => [name, (payload: unknown) => task.run(payload) as never]),
      ),
    },
    context: {
      Execution: { Id: execution.executionArn, Name: execution.name, RoleArn: machine.role },
      StateMachine: { Id: machine.arn, Name: machine.name },
    },
  });
  const timer = setTimeout(
    () => finish({ status: 'TIMED_OUT', error: 'States.Timeout', cause: `It ran for ${seconds} s.` }),
    seconds * 1_000,
  );

  function finish({ output, ...outcome }: Outcome): void {
    if (isOver) return;
    clearTimeout(timer);
    record(...endEvent(outcome, output));
    isOver = true;
    stop(new FatalError('ExecutionEnded', `The execution has ended: ${outcome.status}`));
    run.abort();
    end({ ...execution, ...outcome, stopDate: Date.now(), ...(lastState && { lastState }) });
  }

  /** Each report of the interpreter, as Step Functions words it. */
  function report(event: InterpreterEvent): void {
    if (event.type === 'StateEntered') {
      const { name, type } = event.state;
      lastState = name;
      record(`${type}StateEntered`, { ...inputDetails(event.state.input), name }, event.timestamp);
    } else if (event.type === 'StateExited') {
      const { name, type, output } = event.state;
      checkSize(`output of the state ${name}`, output);
      record(`${type}StateExited`, { ...outputDetails(output), name }, event.timestamp);
    } else if (event.type === 'StateFailed' && event.Error === 'States.Timeout') {
      tasks.get(event.state.name)?.timedOut();
    }
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
  return { ended, abort: (cause) => finish({ status: 'ABORTED', cause }) };
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
