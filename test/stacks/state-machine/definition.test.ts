import { getLanguageService, TextDocument } from 'amazon-states-language-service';
import validate from 'asl-validator';
import * as errors from '../../../functions/shared/errors';
import { parseSettings } from '../../../stacks/settings/load';
import { definition, EXECUTION_LIMIT } from '../../../stacks/state-machine/definition';
import { worstCaseSeconds } from '../../../stacks/state-machine/duration';
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
  End?: true;
}

const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}:7`;

const arns = {
  validate: functionArn('validate'),
  thumbnail: functionArn('thumbnail'),
  storeMetadata: functionArn('store-metadata'),
  notify: functionArn('notify'),
  quarantine: functionArn('quarantine'),
  errorTopic: 'arn:aws:sns:us-east-1:123456789012:errors',
};

const { functions } = parseSettings({}, 'settings.json');
const timeouts = {
  validate: functions.validate.timeoutSeconds,
  thumbnail: functions.thumbnail.timeoutSeconds,
  storeMetadata: functions.storeMetadata.timeoutSeconds,
  notify: functions.notify.timeoutSeconds,
  quarantine: functions.quarantine.timeoutSeconds,
};

const workflow = definition(arns, timeouts);
const states = Object.entries(workflow.States as Record<string, State>);
const tasks = states.filter(([, state]) => state.Type === 'Task');
const functionTasks = tasks.filter(([, state]) => state.Resource?.startsWith('arn:aws:lambda:'));

const PERMANENT_ERRORS = Object.values(errors)
  .map((Class) => new Class('').name)
  .filter((name) => name !== 'TransientError');

describe('the definition', () => {
  test('is exactly the one that was reviewed', () => {
    expect(workflow).toEqual(expected);
  });

  test('is valid to asl-validator', () => {
    const { isValid, errorsText } = validate(workflow);
    expect({ isValid, errors: errorsText() }).toEqual({ isValid: true, errors: '' });
  });

  test('is valid to the language service of the AWS toolkits', async () => {
    const service = getLanguageService({});
    const document = TextDocument.create('workflow.asl.json', 'json', 1, JSON.stringify(workflow));
    expect(await service.doValidation(document, service.parseJSONDocument(document))).toEqual([]);
  });

  test('survives Terraform, which would evaluate ${ and %{', () => {
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
  test('there are five', () => {
    expect(functionTasks.map(([name]) => name)).toEqual([
      'Validate',
      'Thumbnail',
      'StoreMetadata',
      'Notify',
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
    expect(attemptsFor('Lambda.TooManyRequestsException')).toBeGreaterThanOrEqual(2);
    for (const crash of ['Sandbox.Timedout', 'Lambda.Unknown', 'Runtime.ExitError', 'States.Timeout']) {
      expect(attemptsFor(crash)).toBeLessThanOrEqual(1);
    }
  });

  test.each(functionTasks)('%s outwaits its function, so no attempt overlaps the next', (_name, state) => {
    const key = Object.entries(arns).find(([, arn]) => arn === state.Resource)![0] as keyof typeof timeouts;
    expect(state.TimeoutSeconds).toBeGreaterThan(timeouts[key]);
  });
});

describe('an execution', () => {
  test('takes less than its limit at worst, error branch included', () => {
    expect(worstCaseSeconds(workflow)).toBe(287);
    expect(EXECUTION_LIMIT).toBeLessThanOrEqual(290);
    expect(workflow.TimeoutSeconds).toBe(EXECUTION_LIMIT);
  });

  test('that fails ends in the Fail state, whatever else fails on the way', () => {
    const ends = new Set<string>();
    const walk = (name: string): void => {
      const state = (workflow.States as Record<string, State>)[name]!;
      const failures = (state.Catch ?? []).filter((catcher) => !catcher.ErrorEquals.includes('Superseded'));
      const next = [state.Next, ...failures.map((catcher) => catcher.Next)].filter((target) => target);
      if (next.length === 0 || state.End) ends.add(state.Type);
      for (const target of next) walk(target!);
    };
    walk('Quarantine');
    expect([...ends]).toEqual(['Fail']);
  });

  test('that is superseded ends in success, from every state of a function', () => {
    for (const [, state] of functionTasks) {
      expect(state.Catch![0]).toMatchObject({ ErrorEquals: ['Superseded'], Next: 'Superseded' });
    }
    expect(workflow.States.Superseded.Type).toBe('Succeed');
  });
});
