/** State machines whose tasks give scripted answers, and a small definition to run. */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateMachine } from '../../../local-aws/stack/model';
import { createStateMachines } from '../../../local-aws/states/machines';
import type { TaskServices } from '../../../local-aws/states/task';

export const TOPIC = 'arn:aws:sns:us-east-1:123456789012:errors';

export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}:1`;

/** A task, and the states that follow if it fails. */
export const small = {
  StartAt: 'Work',
  States: {
    Work: {
      Type: 'Task',
      Resource: functionArn('Work'),
      ResultPath: '$.work',
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Tell' }],
      End: true,
    },
    Tell: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish',
      Parameters: { TopicArn: TOPIC, 'Message.$': '$.error.Cause' },
      Next: 'Failed',
    },
    Failed: { Type: 'Fail', Error: 'WorkFailed' },
  },
};

/** The answer of a function, SNS, SQS or EventBridge: a result, or the name of an error. */
export type Answer = { result: unknown } | { error: string; message?: string };

/** What each state answers, attempt by attempt; the last answer is repeated. */
export type Script = Record<string, Answer[]>;

export const upload = { detail: { bucket: { name: 'uploads' }, object: { key: 'uploads/a "b" \\ c.jpg' } } };

/** The answers for {@link small} if a test gives no others. */
const DEFAULTS: Script = {
  Work: [{ result: 'done' }],
  sns: [{ result: { MessageId: '2' } }],
  sqs: [{ result: { MessageId: '3' } }],
  events: [{ result: { FailedEntryCount: 0, Entries: [{ EventId: '4' }] } }],
};

/** Each call takes the next answer of its state, and records its payload. */
export function scripted(script: Script = {}) {
  const answers = { ...DEFAULTS, ...script };
  const calls: { state: string; payload: unknown; principalArn?: string }[] = [];
  return {
    calls,
    next(state: string, payload: unknown, principalArn?: string): Answer {
      const before = calls.filter((call) => call.state === state).length;
      calls.push({ state, payload, principalArn });
      const list = answers[state]!;
      return list[Math.min(before, list.length - 1)]!;
    },
  };
}

/** The errors that Lambda, SNS, SQS and EventBridge would give, as {@link TaskServices} report them. */
export function servicesOf(script: ReturnType<typeof scripted>): TaskServices {
  const answer = (state: string, payload: unknown, principalArn: string) => {
    const next = script.next(state, payload, principalArn);
    if ('result' in next) return next.result;
    const cause = JSON.stringify({
      errorType: next.error,
      errorMessage: next.message ?? 'as scripted',
      trace: [],
    });
    throw Object.assign(new Error(cause), { name: next.error });
  };
  return {
    invokeFunction: async (arn, payload, role) => answer(arn.split(':')[6]!, payload, role),
    publish: async (input, role) => answer('sns', input, role) as object,
    sendMessage: async (input, role) => answer('sqs', input, role) as object,
    putEvents: async (input, role) => answer('events', input, role) as { FailedEntryCount: number },
  };
}

export function machineOf(definition: object, name = 'machine'): StateMachine {
  return {
    name,
    arn: `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`,
    type: 'EXPRESS',
    role: 'arn:aws:iam::123456789012:role/machine',
    definition: definition as Record<string, unknown>,
    logging: { level: 'ALL', includeExecutionData: true },
  };
}

/** One state machine with its own data folder, and short waits before retries. */
export function machinesFor(
  definition: object,
  services: Partial<TaskServices> = {},
  dataDir = mkdtempSync(join(tmpdir(), 'states-')),
) {
  const machine = machineOf(definition);
  const machines = createStateMachines({
    machines: [machine],
    dataDir,
    services: { ...servicesOf(scripted()), ...services },
    waitScale: 0.01,
  });
  return { machine, machines, dataDir };
}

/** Runs one execution to its end, and closes. */
export async function runToEnd(
  definition: object,
  services: Partial<TaskServices> = {},
  input: object = upload,
) {
  const { machine, machines, dataDir } = machinesFor(definition, services);
  const { executionArn, done } = machines.start(machine.arn, input);
  const execution = await done;
  const history = await machines.history(executionArn);
  const data = await machines.describe(executionArn);
  await machines.close();
  return { execution, history, dataDir, output: data.output && JSON.parse(data.output) };
}
