import { type Definition, focus, renderGraph, type Summary, summarize } from '../../../local-aws/graph';
import { machinesFor, runToEnd, small, upload } from '../states/scripted';

describe('the summary of an execution', () => {
  test('accepts events in any order, and an unfinished history', async () => {
    const { history } = await runToEnd(small);
    expect(summarize([...history].reverse())).toEqual(summarize(history));
    const { status, states } = summarize(history.slice(0, 4));
    expect(status).toBe('RUNNING');
    expect(states).toMatchObject([{ name: 'Work', outcome: 'running', attempts: 1 }]);
    expect(summarize([])).toEqual({ status: 'RUNNING', durationMs: 0, states: [] });
  });

  test('shows the state in which an execution was aborted or timed out', async () => {
    const { machines, machine } = machinesFor(small, { invokeFunction: () => new Promise(() => {}) });
    const { executionArn, done } = machines.start(machine.arn, upload);
    await machines.history(executionArn);
    await machines.close();
    expect((await done).status).toBe('ABORTED');
    const history = await machines.history(executionArn);
    expect(summarize(history).states).toMatchObject([{ name: 'Work', outcome: 'aborted' }]);
    const timedOut = history.map((event) => ({ ...event, type: event.type.replace('Aborted', 'TimedOut') }));
    expect(summarize(timedOut)).toMatchObject({
      status: 'TIMED_OUT',
      states: [{ name: 'Work', outcome: 'failed', error: { name: 'States.Timeout' } }],
    });
  });
});

describe('the drawing in the terminal', () => {
  test('without an execution shows the state machine alone', () => {
    expect(
      renderGraph(small as unknown as Definition, undefined, { color: false, width: 80 }).split('\n'),
    ).toEqual([
      ' ┌─ start ─────────┐',
      ' │   Work          │',
      ' └─ end ──┬────────┘',
      '          ▼',
      ' ┌─────────────────┐',
      ' │   Tell          │',
      ' └────────┬────────┘',
      '          ▼',
      ' ┌─────────────────┐',
      ' │   Failed        │',
      ' └─────────────────┘',
    ]);
  });

  test('shows a loop as a jump back, and how often a state was visited', () => {
    const loop = {
      StartAt: 'Wait',
      States: {
        Wait: { Type: 'Wait', Seconds: 1, Next: 'Ready?' },
        'Ready?': { Type: 'Choice', Choices: [{ Next: 'Done' }], Default: 'Wait' },
        Done: { Type: 'Succeed' },
      },
    };
    const visit = (name: string, type: string) => ({
      name,
      type,
      outcome: 'succeeded' as const,
      attempts: 1,
      durationMs: 0,
      failures: [],
    });
    const states = [
      visit('Wait', 'Wait'),
      visit('Ready?', 'Choice'),
      visit('Wait', 'Wait'),
      visit('Ready?', 'Choice'),
    ];
    const drawing = renderGraph(
      loop,
      { status: 'RUNNING', durationMs: 0, states },
      { color: false, width: 80 },
    );
    expect(drawing).toContain('↩ Wait');
    expect(drawing).toContain('2 visits');
  });
});

describe('the part of a definition that one execution shows', () => {
  const visit = (name: string, type: string) => ({
    name,
    type,
    outcome: 'succeeded' as const,
    attempts: 1,
    durationMs: 0,
    failures: [],
  });
  const story = {
    StartAt: 'Kind',
    States: {
      Kind: { Type: 'Choice', Choices: [{ Next: 'Left' }, { Next: 'Right' }], Default: 'Neither' },
      Left: { Type: 'Task', Next: 'Then', Catch: [{ Next: 'Repair' }] },
      Then: { Type: 'Task', Next: 'Which', Catch: [{ Next: 'Repair' }] },
      Which: { Type: 'Choice', Choices: [{ Next: 'Right' }, { Next: 'Neither' }] },
      Right: { Type: 'Succeed' },
      Neither: { Type: 'Succeed' },
      Repair: { Type: 'Task', Next: 'Failed' },
      Failed: { Type: 'Fail' },
    },
  };
  const shown = (...states: Summary['states']) =>
    focus(story, { status: 'RUNNING', durationMs: 0, states }).States;

  test('continues from the current state while there is only one transition, and ends before a Choice', () => {
    expect(shown(visit('Kind', 'Choice'), visit('Left', 'Task'))).toEqual({
      Kind: { Type: 'Choice', Choices: [{ Next: 'Left' }] },
      Left: { Type: 'Task', Next: 'Then', Catch: [] },
      Then: { Type: 'Task', Catch: [] },
    });
  });

  test('contains the Default and the Catch that were taken, and the path that the Catch left', () => {
    expect(Object.keys(shown(visit('Kind', 'Choice'), visit('Neither', 'Succeed')))).toEqual([
      'Kind',
      'Neither',
    ]);
    const states = shown(visit('Kind', 'Choice'), visit('Left', 'Task'), visit('Repair', 'Task'));
    expect(states['Left']).toEqual(story.States.Left);
    expect(Object.keys(states)).toEqual(['Kind', 'Left', 'Then', 'Repair', 'Failed']);
  });

  test('is the first state if nothing has happened yet', () => {
    expect(Object.keys(shown())).toEqual(['Kind']);
  });
});
