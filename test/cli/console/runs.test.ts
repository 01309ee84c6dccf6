/** What a history says: the row, the visits with their time line, the mail. The histories are real ones of the engine. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { invocationIn } from '../../../cli/console/invocations';
import { mailOf } from '../../../cli/console/mail';
import { countRuns } from '../../../cli/console/overview';
import { RunList } from '../../../cli/console/run-list';
import { isRowType, ROW_TYPES, RunRow, runOf } from '../../../cli/console/run-of';
import { stateOf } from '../../../cli/console/state-of';
import { spansOf, stepsOf, visitOf } from '../../../cli/console/visits';
import { summarize } from '../../../local-aws/graph';
import type { HistoryEvent } from '../../../local-aws/history';

const read = (name: string): HistoryEvent[] =>
  readFileSync(path.join(__dirname, 'histories', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const RETRIED = read('done-with-retries');
const REFUSED = read('unsupported-format');
const arnOf = ([first]: HistoryEvent[]) => first?.execution_arn as string;

/** A history of these types of events, one second apart. */
function history(...events: [type: string, details?: object][]): HistoryEvent[] {
  return events.map(([type, details = {}], n) => ({
    id: String(n + 1),
    type,
    details: details as Record<string, unknown>,
    previous_event_id: String(n),
    event_timestamp: String(1_000 * (n + 1)),
    execution_arn: 'arn:aws:states:eu-west-1:111122223333:express:w:name:0a1b',
    redrive_count: '0',
  }));
}

const ended = (type: string, details: object = {}) =>
  runOf('a:b', history(['ExecutionStarted', { input: '{}' }], [type, details]));

const succeeded = (state: object) => ended('ExecutionSucceeded', { output: JSON.stringify(state) });

describe('a row', () => {
  test('of a run that was done after retries', () => {
    expect(runOf(arnOf(RETRIED), RETRIED)).toEqual({
      id: '609aded1-1e02-4bf7-93ec-39e6bd96ed3d',
      arn: arnOf(RETRIED),
      outcome: 'DONE',
      status: 'SUCCEEDED',
      startedAt: Number(RETRIED[0]?.event_timestamp),
      endedAt: Number(RETRIED.at(-1)?.event_timestamp),
      attempts: 3,
      object: {
        bucket: 'thumbnail-workflow-uploads-000000000000-us-east-1',
        key: 'a.jpg',
        version: 'YbdVxLj8T1BX92LN508lw_DONab3b-8n',
      },
      preset: 'default',
      thumbnail: {
        bucket: 'thumbnail-workflow-thumbnails-000000000000-us-east-1',
        key: 'a.jpg/thumbnail.jpg',
        width: 200,
        height: 133,
      },
    });
  });

  test('of a run that failed has the error of the image, not that of the workflow', () => {
    expect(runOf(arnOf(REFUSED), REFUSED)).toMatchObject({
      outcome: 'FAILED',
      status: 'FAILED',
      error: 'UnsupportedFormat',
      attempts: 1,
    });
  });

  test.each([
    ['that was done', RETRIED],
    ['that failed', REFUSED],
  ])(
    'of a run %s is the same from the few events that a list reads, in any order and repeatedly',
    (_, all) => {
      const few = all.filter(({ type }) => isRowType(type));
      expect(few.length).toBeLessThan(all.length / 2);
      const expected = runOf(arnOf(all), all);
      const twice = [...few, ...few];
      fc.assert(
        fc.property(fc.shuffledSubarray(twice, { minLength: twice.length }), (mixed) => {
          expect(runOf(arnOf(all), mixed)).toEqual(expected);
        }),
        { numRuns: 30 },
      );
    },
  );

  test('counts as attempts what the summary of the whole history counts', () => {
    for (const events of [RETRIED, REFUSED]) {
      const most = Math.max(...summarize(events).states.map(({ attempts }) => attempts));
      expect(runOf(arnOf(events), events).attempts).toBe(most);
    }
  });

  test('counts an attempt that Lambda refused before it started', () => {
    const task = history(
      ['ExecutionStarted', { input: '{}' }],
      ['TaskStateEntered', { name: 'Work' }],
      ['LambdaFunctionScheduled'],
      ['LambdaFunctionStartFailed', { error: 'Lambda.TooManyRequestsException' }],
      ['LambdaFunctionScheduled'],
      ['LambdaFunctionStarted'],
      ['LambdaFunctionSucceeded'],
      ['TaskStateExited', { name: 'Work' }],
      ['TaskStateEntered', { name: 'Next' }],
      ['TaskScheduled'],
      ['TaskStarted'],
    );
    expect(runOf('a:b', task).attempts).toBe(2);
  });

  test.each([
    ['of a deletion', { removal: { outcome: 'REMOVED' } }, 'REMOVED'],
    ['of a deletion that another upload overtook', { removal: { outcome: 'KEPT' } }, 'SUPERSEDED'],
    ['of an upload that another overtook', { error: { Error: 'Superseded' } }, 'SUPERSEDED'],
    ['of an event that found no capacity', { error: { Error: 'Throttled' }, queued: {} }, 'WAITING'],
    ['of an object that isn’t named like an image', { detail: {} }, 'IGNORED'],
    ['of an image', { notification: { messageId: null } }, 'DONE'],
  ])('%s', (_, state, outcome) => {
    expect(succeeded(state)).toMatchObject({ status: 'SUCCEEDED', outcome });
  });

  test('without the data of executions it is done, and about no object', () => {
    expect(ended('ExecutionSucceeded')).toMatchObject({ outcome: 'DONE' });
    expect(ended('ExecutionSucceeded')).not.toHaveProperty('object');
  });

  test('of a run that is cut off, aborted, timed out, or waits on', () => {
    expect(runOf('a:b', history(['ExecutionStarted', { input: '{"detail":' }]))).toEqual({
      id: 'b',
      arn: 'a:b',
      outcome: 'RUNNING',
      status: 'RUNNING',
      startedAt: 1_000,
      attempts: 1,
    });
    expect(ended('ExecutionAborted')).toMatchObject({ outcome: 'ABORTED', status: 'ABORTED' });
    expect(ended('ExecutionTimedOut')).toMatchObject({ outcome: 'FAILED', error: 'States.Timeout' });
    expect(ended('ExecutionFailed', { error: 'StillWaiting' })).toMatchObject({ outcome: 'WAITING' });
  });

  test('takes the error from the text of a failure that could not be handled either', () => {
    const cause =
      'An image of the bucket b failed: Runtime.ExitError. Handling that failed too: States.Timeout. So there may be';
    expect(ended('ExecutionFailed', { error: 'ThumbnailWorkflowFailed', cause }).error).toBe(
      'Runtime.ExitError',
    );
  });

  test('is not whole before its first event', () => {
    const row = new RunRow('a:b');
    const [start, end] = history(['ExecutionStarted', { input: '{}' }], ['ExecutionSucceeded']);
    row.add(end as HistoryEvent);
    expect(row.isWhole).toBe(false);
    row.add(start as HistoryEvent);
    expect(row.isWhole).toBe(true);
  });

  test('needs exactly the types that the filter pattern asks for', () => {
    const asked = ROW_TYPES.map((type) => new RegExp(`^${type.replace('*', '.*')}$`));
    const types = [
      ...RETRIED,
      ...REFUSED,
      ...history(['TaskSubmitFailed'], ['LambdaFunctionScheduleFailed']),
    ];
    for (const { type } of types) {
      expect([type, isRowType(type)]).toEqual([type, asked.some((pattern) => pattern.test(type))]);
    }
  });
});

describe('visits', () => {
  const steps = stepsOf(RETRIED);
  const validate = steps[1] as (typeof steps)[number];

  test('are those of the summary, each with when it began and ended, and what went in and came out', () => {
    expect(steps.map(({ name, attempts }) => [name, attempts])).toEqual(
      summarize(RETRIED).states.map(({ name, attempts }) => [name, attempts]),
    );
    for (const [n, { enteredAt, endedAt, input, output }] of steps.entries()) {
      expect(endedAt).toBeGreaterThanOrEqual(enteredAt);
      if (n > 0) expect(enteredAt).toBeGreaterThanOrEqual(steps[n - 1]?.endedAt as number);
      expect(JSON.parse(input as string).detail.object.key).toBe('a.jpg');
      expect(JSON.parse(output as string).detail.object.key).toBe('a.jpg');
    }
    expect(validate.tries.map(({ functionName }) => functionName)).toEqual(
      Array(3).fill('thumbnail-workflow-validate'),
    );
    expect(validate.tries.map(({ succeeded }) => succeeded)).toEqual([false, false, true]);
  });

  test('have a time line without gaps, in which waiting comes between attempts', () => {
    const spans = spansOf(validate);
    expect(spans.map(({ kind }) => kind)).toEqual(['work', 'wait', 'work', 'wait', 'work']);
    expect(spans[0]?.from).toBe(validate.enteredAt);
    for (const [n, { from, to }] of spans.entries()) {
      expect(to).toBeGreaterThan(from);
      if (n > 0) expect(from).toBe(spans[n - 1]?.to);
    }
    const last = validate.tries.at(-1)?.to as number;
    expect(spans.at(-1)?.to).toBe(last);
    expect(validate.endedAt - last).toBeLessThan(50);
  });

  test('tell the start of a process from the work, and never more of it than the attempt took', () => {
    const [first] = validate.tries as [(typeof validate.tries)[number]];
    const spans = spansOf(validate, [{ lines: [], initMs: 2_500 }]);
    expect(spans[0]).toEqual({ kind: 'start', from: validate.enteredAt, to: validate.enteredAt + 2_500 });
    expect(spans[1]).toEqual({ kind: 'work', from: validate.enteredAt + 2_500, to: first.to });
    const [all, ...rest] = spansOf(validate, [{ lines: [], initMs: 1e9 }]);
    expect(all).toEqual({ kind: 'start', from: validate.enteredAt, to: first.to });
    expect(rest[0]?.kind).toBe('wait');
  });

  test('of a Wait state are waiting, of a state that runs still last until the last event', () => {
    const [wait, task] = stepsOf(
      history(
        ['ExecutionStarted'],
        ['WaitStateEntered', { name: 'Pause' }],
        ['WaitStateExited', { name: 'Pause' }],
        ['TaskStateEntered', { name: 'Work' }],
        ['LambdaFunctionScheduled', { resource: 'arn:aws:lambda:eu-west-1:111122223333:function:w-work:7' }],
        ['LambdaFunctionStarted'],
      ),
    );
    expect(spansOf(wait!)).toEqual([{ kind: 'wait', from: 2_000, to: 3_000 }]);
    expect(spansOf(task!)).toEqual([{ kind: 'work', from: 4_000, to: 6_000 }]);
    expect(task).toMatchObject({
      outcome: 'running',
      tries: [{ functionName: 'w-work', from: 5_000, to: 6_000 }],
    });
  });

  test('whose log can’t be read say why, and have their time line all the same', () => {
    const visit = visitOf(validate, new Map([['thumbnail-workflow-validate', { missing: 'not allowed' }]]));
    expect(visit.log).toEqual({ missing: 'not allowed' });
    expect(visit.spans).toHaveLength(5);
    expect(visit).not.toHaveProperty('tries');
  });
});

describe('the lines of an attempt', () => {
  const attempt = { from: 10_000, to: 12_000, functionName: 'work', succeeded: true };
  const line = (time: number, value: object) => ({ time, text: JSON.stringify(value) });
  const report = (time: number, requestId: string, durationMs: number, status = 'success', more = {}) =>
    line(time, { type: 'platform.report', record: { requestId, status, metrics: { durationMs, ...more } } });

  test('are those of the request that ended with it, with the metrics that it wrote', () => {
    const lines = [
      line(10_100, { requestId: 'other', message: 'of a run at the same time' }),
      line(10_600, { requestId: 'own', message: 'begins' }),
      { time: 10_700, text: '{"_aws":{},"Uploads":1}' },
      report(11_300, 'other', 1_000),
      report(11_990, 'own', 1_400, 'success', { initDurationMs: 580.4 }),
      line(12_700, { requestId: 'later' }),
      report(12_800, 'later', 200),
      { time: 13_000, text: '{"_aws":{},"Uploads":1}' },
    ];
    const { lines: own, initMs } = invocationIn(lines, attempt)!;
    expect(own).toEqual([lines[1], lines[2], lines[4]]);
    expect(initMs).toBe(580.4);
  });

  test('of a failed attempt are not those of a request that went well', () => {
    const lines = [report(11_990, 'good', 500), report(11_900, 'bad', 500, 'error')];
    expect(invocationIn(lines, { ...attempt, succeeded: false })?.lines).toEqual([lines[1]]);
    expect(invocationIn(lines, attempt)?.lines).toEqual([lines[0]]);
  });

  test('are none of a request that began long before or ended long after', () => {
    expect(invocationIn([report(11_990, 'long', 5_000)], attempt)).toBeUndefined();
    expect(invocationIn([report(14_000, 'late', 100)], attempt)).toBeUndefined();
    expect(invocationIn([], attempt)).toBeUndefined();
    expect(
      invocationIn([report(11_990, 'own', 10)], { ...attempt, functionName: undefined }),
    ).toBeUndefined();
  });
});

describe('a mail', () => {
  test('about thumbnails is worded from the history', () => {
    const mail = mailOf(arnOf(RETRIED), RETRIED);
    expect(mail).toEqual({
      value: {
        subject: 'a.jpg: 1 thumbnail ready',
        text: expect.stringMatching(
          /^The thumbnails of s3:\/\/\S+\/a\.jpg are ready\.\n\n {2}thumbnail: 200 x 133 jpeg/,
        ),
      },
    });
  });

  test('about thumbnails whose viewers need signed URLs links to S3', () => {
    const url = 'https://cdn.example.com/a.jpg/thumbnail.jpg';
    const delivered = JSON.parse(
      JSON.stringify(RETRIED).replaceAll('\\"variant\\":', `\\"url\\":\\"${url}\\",\\"variant\\":`),
    ) as HistoryEvent[];
    const textOf = (opensUrls: boolean) => {
      const mail = mailOf(arnOf(delivered), delivered, opensUrls);
      return 'value' in mail && mail.value.text;
    };
    expect(textOf(true)).toContain(url);
    expect(textOf(false)).not.toContain(url);
    expect(textOf(false)).toMatch(/\n {4}\S+a\.jpg/);
  });

  test('about a failure is the one in the history', () => {
    expect(mailOf(arnOf(REFUSED), REFUSED)).toEqual({
      value: { subject: 'bad.jpg failed: UnsupportedFormat', text: stateOf(REFUSED)?.failure?.text },
    });
    const unpublished = REFUSED.filter(({ type }) => type !== 'TaskSucceeded');
    expect(mailOf(arnOf(REFUSED), unpublished)).toEqual({
      missing: expect.stringContaining('did not accept'),
    });
  });

  test.each([
    ['no data', [['ExecutionStarted']], 'no data'],
    ['no mail', [['ExecutionStarted', { input: '{}' }]], 'sent no mail'],
    ['one before', [['PassStateExited', { output: '{"notification":{"messageId":null}}' }]], 'had sent it'],
    ['no image', [['PassStateExited', { output: '{"notification":{"messageId":"1"}}' }]], 'lacks'],
  ] as [string, [string, object?][], string][])('with %s says why there is none', (_, events, words) => {
    expect(mailOf('a:b', history(...events))).toEqual({ missing: expect.stringContaining(words) });
  });
});

describe('the list of runs', () => {
  const item = (id: string, startedAt: number) => ({ id, startedAt });

  test('is in the order of their beginning, whatever order they come in', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1_000)), fc.nat(50), (times, limit) => {
        const list = new RunList(10_000);
        for (const time of times) list.set(item(String(time), time));
        const sorted = [...times].sort((one, other) => other - one);
        const { items, more } = list.newest({ limit });
        expect(items.map(({ startedAt }) => startedAt)).toEqual(sorted.slice(0, limit));
        expect(more).toBe(times.length > limit);
      }),
    );
  });

  test('holds so many at most, and forgets the oldest', () => {
    const list = new RunList(2);
    for (const [id, time] of [
      ['b', 2],
      ['a', 1],
      ['c', 3],
    ] as const)
      list.set(item(id, time));
    expect(list.size).toBe(2);
    expect(list.get('a')).toBeUndefined();
    expect(list.newest({ since: 3, limit: 9 })).toEqual({ items: [item('c', 3)], more: false });
    list.set({ ...item('b', 2), more: 1 } as never);
    expect(list.size).toBe(2);
    expect(list.get('b')).toHaveProperty('more');
    list.clear();
    expect(list.newest({ limit: 9 })).toEqual({ items: [], more: false });
  });

  test('is counted by outcome and by error, the most frequent first', () => {
    const run = (outcome: 'DONE' | 'FAILED', error?: string) =>
      ({ ...runOf('a:b', []), outcome, ...(error && { error }) }) as const;
    const { outcomes, errors } = countRuns([
      run('DONE'),
      run('FAILED', 'B'),
      run('FAILED', 'A'),
      run('FAILED', 'C'),
      run('FAILED', 'C'),
    ]);
    expect(outcomes).toMatchObject({ DONE: 1, FAILED: 4, RUNNING: 0 });
    expect(errors).toEqual([
      { name: 'C', count: 2 },
      { name: 'A', count: 1 },
      { name: 'B', count: 1 },
    ]);
  });
});

test('a backfill that has ended well is done, though its state tells of no image', () => {
  const arn = 'arn:aws:states:us-east-1:111122223333:execution:thumbnail-workflow-backfill:backfill-1';
  const events = history(
    ['ExecutionStarted', { input: '{"only":"all"}' }],
    ['ExecutionSucceeded', { output: '{"made":1}' }],
  );
  expect(runOf(arn, events)).toMatchObject({ id: 'backfill-1', outcome: 'DONE' });
  expect(runOf(arn.replace(':execution:', ':express:'), events)).toMatchObject({ outcome: 'IGNORED' });
});
