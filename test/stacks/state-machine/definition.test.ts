import { getLanguageService, TextDocument } from 'amazon-states-language-service';
import validate from 'asl-validator';
import { ERRORS } from '../../../contract/vocabulary';
import { CATALOGUE, forEachState } from '../../../stacks/catalogue';
import { parseSettings } from '../../../stacks/load-settings';
import { definition, EXECUTION_LIMIT } from '../../../stacks/state-machine/definition';
import { worstCaseSeconds } from '../../../stacks/state-machine/duration';
import { timeoutsOf } from '../../../stacks/state-machine/timeouts';
import expected from './definition.expected.json';

interface Retrier {
  ErrorEquals: string[];
  MaxAttempts: number;
  IntervalSeconds: number;
  MaxDelaySeconds: number;
}

interface State {
  Type: string;
  Resource?: string;
  Parameters?: Record<string, unknown>;
  TimeoutSeconds?: number;
  Retry?: Retrier[];
  Catch?: { ErrorEquals: string[]; Next: string }[];
  Next?: string;
  Default?: string;
  Choices?: { Next: string }[];
  End?: true;
}

const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}:7`;
const queueUrl = (name: string) => `https://sqs.us-east-1.amazonaws.com/123456789012/${name}`;

const arns = {
  ...forEachState((key) => functionArn(CATALOGUE[key].folder)),
  errorTopic: 'arn:aws:sns:us-east-1:123456789012:errors',
  backlogQueue: queueUrl('backlog'),
  failureQueue: queueUrl('failures'),
};

const timeouts = timeoutsOf(parseSettings({}, 'settings.json'));

const workflow = definition(arns, timeouts);
const states = Object.entries(workflow.States as Record<string, State>);
const tasks = states.filter(([, state]) => state.Type === 'Task');
const functionTasks = tasks.filter(([, state]) => state.Resource?.startsWith('arn:aws:lambda:'));

const stateOf = (name: string) => (workflow.States as Record<string, State>)[name]!;

/** The states that can follow. */
function following(name: string, { caught = true } = {}): string[] {
  const { Next, Default, Choices = [], Catch = [] } = stateOf(name);
  const next = [Next, Default, ...[...Choices, ...(caught ? Catch : [])].map((branch) => branch.Next)];
  return next.filter((target) => target !== undefined);
}

/** A state and all that can come after it. */
function reachable(name: string, found = new Set<string>()): Set<string> {
  if (!found.has(name)) {
    found.add(name);
    for (const next of following(name)) reachable(next, found);
  }
  return found;
}

/** Where an error of a task leads once its retries are used up. */
const caughtBy = (state: State, error: string) =>
  state.Catch!.find(({ ErrorEquals }) => [error, 'States.ALL'].some((name) => ErrorEquals.includes(name)))!
    .Next;

const THROTTLED = 'Lambda.TooManyRequestsException';

const PERMANENT_ERRORS = Object.keys(ERRORS).filter(
  (name) => !['TransientError', 'Throttled', 'NotYetVisible'].includes(name),
);

describe('the definition', () => {
  test('is exactly the one that was reviewed', () => {
    expect(workflow).toEqual(expected);
  });

  test('is valid to asl-validator', () => {
    // It changes what it is given.
    const { isValid, errorsText } = validate(structuredClone(workflow));
    expect({ isValid, errors: errorsText() }).toEqual({ isValid: true, errors: '' });
  });

  test('is valid to the language service of the AWS toolkits', async () => {
    const service = getLanguageService({});
    const document = TextDocument.create('workflow.asl.json', 'json', 1, JSON.stringify(workflow));
    expect(await service.doValidation(document, service.parseJSONDocument(document))).toEqual([]);
  });

  test('contains no ${ or %{, which Terraform would evaluate', () => {
    expect(JSON.stringify(workflow)).not.toMatch(/[$%]\{/);
  });
});

describe('every task', () => {
  test.each(tasks)('%s has a timeout, a Retry and a Catch', (_name, state) => {
    expect(state.TimeoutSeconds).toBeGreaterThan(0);
    expect(state.Retry?.length).toBeGreaterThan(0);
    expect(state.Catch?.length).toBeGreaterThan(0);
  });

  test.each(tasks)('%s catches everything, with States.ALL alone and last', (_name, state) => {
    const caught = (state.Catch ?? []).map((catcher) => catcher.ErrorEquals);
    expect(caught.at(-1)).toEqual(['States.ALL']);
    for (const names of [...caught.slice(0, -1), ...state.Retry!.map((retrier) => retrier.ErrorEquals)]) {
      expect(names).not.toContain('States.ALL');
    }
  });

  test.each(tasks)('%s caps its delay above its first interval', (_name, state) => {
    for (const retrier of state.Retry!) {
      expect(retrier.MaxDelaySeconds).toBeGreaterThan(retrier.IntervalSeconds);
    }
  });

  test.each(tasks.filter(([, state]) => state.Resource?.endsWith(':sns:publish')))(
    '%s names a topic',
    (_name, state) => {
      expect(state.Parameters?.['TopicArn']).toBe(arns.errorTopic);
    },
  );
});

describe('every task run by a function', () => {
  test('there are six', () => {
    expect(functionTasks.map(([name]) => name)).toEqual([
      'Validate',
      'Thumbnail',
      'StoreMetadata',
      'Notify',
      'Remove',
      'Quarantine',
    ]);
  });

  test.each(functionTasks)('%s never retries a permanent error', (_name, state) => {
    const retried = state.Retry!.flatMap((retrier) => retrier.ErrorEquals);
    expect(PERMANENT_ERRORS).toContain('CorruptImage');
    for (const name of [...PERMANENT_ERRORS, 'States.ALL', 'States.TaskFailed']) {
      expect(retried).not.toContain(name);
    }
  });

  test.each(functionTasks)('%s retries a transient error, and a crash once at most', (_name, state) => {
    const attemptsFor = (error: string) =>
      state.Retry!.find((retrier) => retrier.ErrorEquals.includes(error))?.MaxAttempts;
    expect(attemptsFor('TransientError')).toBeGreaterThanOrEqual(2);
    expect(attemptsFor('Throttled')).toBeGreaterThanOrEqual(2);
    expect(attemptsFor(THROTTLED)).toBeGreaterThanOrEqual(2);
    for (const crash of ['Sandbox.Timedout', 'Lambda.Unknown', 'Runtime.ExitError', 'States.Timeout']) {
      expect(attemptsFor(crash)).toBeLessThanOrEqual(1);
    }
  });

  test.each(functionTasks)(
    '%s waits longer than its function may run, so no attempt overlaps the next',
    (_name, state) => {
      const key = Object.entries(arns).find(([, arn]) => arn === state.Resource)![0] as keyof typeof timeouts;
      expect(state.TimeoutSeconds).toBeGreaterThan(timeouts[key]);
    },
  );
});

describe('an execution', () => {
  test('has few enough states to read its graph at a glance', () => {
    expect(states.length).toBeLessThanOrEqual(17);
  });

  test('takes less than its limit in the worst case, error branch included', () => {
    expect(worstCaseSeconds(workflow)).toBe(285);
    expect(EXECUTION_LIMIT).toBeLessThanOrEqual(290);
    expect(workflow.TimeoutSeconds).toBe(EXECUTION_LIMIT);
  });

  test('can reach every state, and none twice', () => {
    expect([...reachable(workflow.StartAt)].sort()).toEqual(states.map(([name]) => name).sort());
    for (const [name] of states) {
      for (const next of following(name)) expect(reachable(next)).not.toContain(name);
    }
  });

  test('ends in success, in failure, or with its last task, on every path', () => {
    const ends = states.filter(([name]) => following(name, { caught: false }).length === 0);
    expect(ends.map(([name, { Type, End }]) => [name, End ? 'End' : Type])).toEqual([
      ['Notify', 'End'],
      ['Remove', 'End'],
      ['Superseded', 'Succeed'],
      ['SendToBacklog', 'End'],
      ['StayInBacklog', 'Fail'],
      ['Failed', 'Fail'],
    ]);
  });

  test('that fails ends in the Fail state, whatever else fails on the way', () => {
    for (const [name, state] of functionTasks.filter(([name]) => name !== 'Quarantine')) {
      expect([name, caughtBy(state, 'CorruptImage')]).toEqual([name, 'Quarantine']);
    }
    const afterwards = [stateOf('Quarantine').Next!, caughtBy(stateOf('Quarantine'), 'TransientError')];
    for (const next of afterwards) {
      const ends = [...reachable(next)].filter((name) => following(name).length === 0);
      expect(ends).toEqual(['Failed']);
    }
  });

  test('that is superseded ends in success, from every state of a function', () => {
    for (const [, state] of functionTasks) expect(caughtBy(state, 'Superseded')).toBe('Superseded');
    expect(workflow.States.Superseded.Type).toBe('Succeed');
  });

  test('that may succeed later is neither quarantined nor published as a failure, from every state of a function', () => {
    for (const error of [THROTTLED, 'Throttled', 'NotYetVisible']) {
      for (const [, state] of functionTasks) expect(caughtBy(state, error)).toBe('CheckBacklog');
    }
    expect(reachable('CheckBacklog')).not.toContain('Quarantine');
  });

  test('publishes a failure without a function, and queues what it could not publish without one either', () => {
    const afterwards = [...reachable('NotifyFailure')].map((name) => [name, stateOf(name).Resource]);
    expect(Object.fromEntries(afterwards)).toEqual({
      NotifyFailure: 'arn:aws:states:::sns:publish',
      QueueFailure: 'arn:aws:states:::sqs:sendMessage',
      Failed: undefined,
    });
  });
});
