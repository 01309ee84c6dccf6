/** Definitions with scripted answers, for tests that run them: the project's own, and a small one. */

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StateMachine } from '../../../local-aws/stack/model';
import { createStateMachines } from '../../../local-aws/states/machines';
import type { TaskServices } from '../../../local-aws/states/task';
import { definition } from '../../../stacks/state-machine/definition';

export const TOPIC = 'arn:aws:sns:us-east-1:123456789012:errors';

const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}:1`;

export const workflow = definition(
  {
    validate: functionArn('Validate'),
    thumbnail: functionArn('Thumbnail'),
    storeMetadata: functionArn('StoreMetadata'),
    notify: functionArn('Notify'),
    quarantine: functionArn('Quarantine'),
    remove: functionArn('Remove'),
    errorTopic: TOPIC,
    backlogQueue: 'https://sqs.us-east-1.amazonaws.com/123456789012/backlog',
    failureQueue: 'https://sqs.us-east-1.amazonaws.com/123456789012/failures',
  },
  { validate: 20, thumbnail: 30, storeMetadata: 5, notify: 5, quarantine: 20, remove: 20 },
);

/** A task, and what follows when it fails, for tests that are not about the workflow. */
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

/** An answer of a function, of SNS or of SQS: a result, or the name of an error. */
export type Answer = { result: unknown } | { error: string; message?: string };

/** What each state answers, attempt by attempt; the last answer holds for all that follow. */
export type Script = Record<string, Answer[]>;

const failure = {
  schema: 1,
  error: 'CorruptImage',
  prefix: 'uploads/',
  text: 'uploads/a.jpg is "broken"',
  message: { schema: 1, status: 'FAILED', note: 'it said "no"\\\n' },
};

export const usual: Script = {
  Work: [{ result: 'done' }],
  Validate: [{ result: { format: 'jpeg' } }],
  Thumbnail: [{ result: { items: [] } }],
  StoreMetadata: [{ result: { status: 'DONE' } }],
  Notify: [{ result: { messageId: '1' } }],
  Quarantine: [{ result: failure }],
  Remove: [{ result: { outcome: 'REMOVED' } }],
  sns: [{ result: { MessageId: '2' } }],
  sqs: [{ result: { MessageId: '3' } }],
};

export const upload = { detail: { bucket: { name: 'uploads' }, object: { key: 'uploads/a "b" \\ c.jpg' } } };

export const deletion = { ...upload, 'detail-type': 'Object Deleted' };

/** The upload as it comes out of the backlog queue. */
export const resumed = { ...upload, backlog: { since: '2026-11-20T08:00:00Z', attempts: 2 } };

export const expired = {
  ...upload,
  backlog: { ...resumed.backlog, expired: true },
  error: { Error: 'CapacityExhausted', Cause: 'No capacity was free' },
};

/** The name under which Step Functions catches that no concurrency was free. */
export const THROTTLED = 'Lambda.TooManyRequestsException';

/** Each call takes the next answer of its state; the payloads are kept. */
export function scripted(script: Script = {}) {
  const answers = { ...usual, ...script };
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

/** The errors that Lambda, SNS and SQS would give, as {@link TaskServices} words them. */
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
  };
}

export function machineOf(definition: object, name = 'workflow'): StateMachine {
  return {
    name,
    arn: `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`,
    type: 'EXPRESS',
    role: 'arn:aws:iam::123456789012:role/machine',
    definition: definition as Record<string, unknown>,
    logging: { level: 'ALL', includeExecutionData: true },
  };
}

/** State machines with one definition in a data folder of their own, with short waits before a retry. */
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
