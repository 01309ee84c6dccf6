/** Runs the workflow's definition within this process, with the local engine's interpreter but without its waits. */
import type { ObjectEvent } from '../../contract/event';
import { summarize } from '../../local-aws/graph';
import type { HistoryEvent } from '../../local-aws/history';
import { prepare, type RunningExecution, runExecution } from '../../local-aws/states/execution';
import type { Arns, FunctionTimeouts } from '../../stacks/state-machine/arns';
import { definition as define } from '../../stacks/state-machine/definition';
import { ERRORS, FUNCTION_NAMES, type FunctionName } from './cloud';

const REGION = 'us-east-1:111122223333';
const MACHINE = `arn:aws:states:${REGION}:stateMachine:workflow`;
const ROLE = 'arn:aws:iam::111122223333:role/workflow';

const forEach = <Value>(value: (name: FunctionName) => Value) =>
  Object.fromEntries(FUNCTION_NAMES.map((name) => [name, value(name)]));
const ARNS = forEach((name) => `arn:aws:lambda:${REGION}:function:${name}:1`);

/** Much longer than any test, because an execution that is held up must not time out. */
const TIMEOUTS = forEach(() => 10_000);

const DEFINITION = JSON.parse(
  JSON.stringify(
    define(
      { ...ARNS, errorTopic: ERRORS, backlogQueue: 'backlog', failureQueue: 'failures' } as unknown as Arns,
      TIMEOUTS as FunctionTimeouts,
      undefined,
      { backfill: true },
    ),
  ),
);
const PREPARED = prepare(DEFINITION, 0);

/** What a task calls: one of the functions, or another service. */
export type Callee = FunctionName | 'publish' | 'sendMessage';

/** Carries out a task's request. */
export type Perform = (callee: Callee, input: unknown) => Promise<unknown>;

export interface Execution {
  /** The event that started it. */
  input: ObjectEvent;
  /** Names of the errors that were caught. */
  caught: string[];
}

/** An execution that has started. */
export interface Started {
  /**
   * Its result; null if it was abandoned.
   *
   * @throws Error if it ended in an error that no Catch handled
   */
  ended: Promise<Execution | null>;
  /** Ends it as if its host had died: nothing more happens. */
  abandon(): void;
}

/** Starts an execution. */
export function start(name: string, input: ObjectEvent, perform: Perform): Started {
  const history: HistoryEvent[] = [];
  const call = async (callee: Callee, parameters: unknown) =>
    copy(await perform(callee, copy(parameters))) as object;
  const running = runExecution({
    machine: {
      arn: MACHINE,
      name: 'workflow',
      type: 'EXPRESS',
      role: ROLE,
      definition: DEFINITION,
      logging: { level: 'OFF', includeExecutionData: false },
    },
    definition: PREPARED,
    execution: {
      id: name,
      executionArn: `arn:aws:states:${REGION}:express:workflow:${name}:1`,
      stateMachineArn: MACHINE,
      name,
      status: 'RUNNING',
      startDate: Date.parse('2026-03-12T02:08:00.000Z'),
    },
    input: copy(input),
    services: {
      invokeFunction: (arn, payload) =>
        call(arn.split(':').at(-2) as FunctionName, payload).catch(asOfFunction),
      publish: (parameters) => call('publish', parameters),
      sendMessage: (parameters) => call('sendMessage', parameters),
      putEvents: async () => ({ FailedEntryCount: 0 }),
    },
    write: (event) => history.push(event),
  });
  return { ended: follow(running, history, input), abandon: () => running.abort('Its host died') };
}

async function follow(
  { ended }: RunningExecution,
  history: HistoryEvent[],
  input: ObjectEvent,
): Promise<Execution | null> {
  const { status, error, cause } = await ended;
  if (status === 'ABORTED') return null;
  const { states } = summarize(history);
  if (status !== 'SUCCEEDED' && states.at(-1)?.type !== 'Fail') throw new Error(`${error}: ${cause}`);
  const caught = states.filter(({ outcome }) => outcome === 'caught');
  return { input, caught: caught.map(({ error }) => String(error?.name)) };
}

/** How Step Functions sees an error from a Node.js function. */
function asOfFunction({ name, message }: Error): never {
  throw Object.assign(new Error(JSON.stringify({ errorType: name, errorMessage: message })), { name });
}

const copy = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
