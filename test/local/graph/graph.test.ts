import { stripVTControlCharacters } from 'node:util';
import { XMLValidator } from 'fast-xml-parser';
import { type Definition, pathLine, renderGraph, renderSvg, summarize } from '../../../local/graph';
import type { HistoryEvent } from '../../../local/states';
import {
  machinesFor,
  runToEnd,
  type Script,
  scripted,
  servicesOf,
  upload,
  workflow,
} from '../states/workflow';

const definition = workflow as unknown as Definition;
const transient = { error: 'TransientError', message: 'S3 said SlowDown' };

async function historyOf(script: Script): Promise<HistoryEvent[]> {
  return (await runToEnd(workflow, servicesOf(scripted(script)))).history;
}

/** The same history on a clock where every event takes ten milliseconds. */
function onClock(history: HistoryEvent[]): HistoryEvent[] {
  return history.map((event) => ({ ...event, event_timestamp: String(Number(event.id) * 10) }));
}

const OUTCOMES: Record<string, Script> = {
  'all goes well': {},
  'a retry helps': { Thumbnail: [transient, transient, { result: { items: [] } }] },
  'a permanent error': {
    Validate: [{ error: 'CorruptImage', message: 'The JPEG ends after 312 of 4,096 rows' }],
  },
  superseded: { StoreMetadata: [{ error: 'Superseded' }] },
  'quarantine fails too': { Thumbnail: [{ error: 'CorruptImage' }], Quarantine: [{ error: 'Denied' }] },
};

describe('the summary of an execution', () => {
  test('has each state in its order, with attempts, duration and the error of each failed attempt', async () => {
    const { status, states } = summarize(onClock(await historyOf(OUTCOMES['a retry helps']!)));
    expect(status).toBe('SUCCEEDED');
    expect(states).toMatchObject([
      { name: 'Validate', type: 'Task', outcome: 'succeeded', attempts: 1, durationMs: 40, failures: [] },
      {
        name: 'Thumbnail',
        outcome: 'succeeded',
        attempts: 3,
        durationMs: 100,
        failures: [
          { name: 'TransientError', message: 'S3 said SlowDown' },
          { name: 'TransientError', message: 'S3 said SlowDown' },
        ],
      },
      { name: 'StoreMetadata', outcome: 'succeeded' },
      { name: 'Notify', outcome: 'succeeded' },
    ]);
    expect(states[1]!.error).toBeUndefined();
  });

  test('tells a failure that was caught from the one that ended the execution', async () => {
    const { status, states } = summarize(await historyOf(OUTCOMES['a permanent error']!));
    expect(status).toBe('FAILED');
    expect(states.map(({ name, outcome, error }) => [name, outcome, error?.name])).toEqual([
      ['Validate', 'caught', 'CorruptImage'],
      ['Quarantine', 'succeeded', undefined],
      ['NotifyFailure', 'succeeded', undefined],
      ['Failed', 'failed', 'ThumbnailWorkflowFailed'],
    ]);
    expect(states[0]!.error?.message).toBe('The JPEG ends after 312 of 4,096 rows');
  });

  test('takes events in any order, and a history that has not ended', async () => {
    const history = await historyOf({});
    expect(summarize([...history].reverse())).toEqual(summarize(history));
    const { status, states } = summarize(history.slice(0, 9));
    expect(status).toBe('RUNNING');
    expect(states.at(-1)).toMatchObject({ name: 'Thumbnail', outcome: 'running', attempts: 1 });
    expect(summarize([])).toEqual({ status: 'RUNNING', durationMs: 0, states: [] });
  });

  test('says where an execution was aborted or timed out', async () => {
    const { machines, machine } = machinesFor(workflow, { invokeFunction: () => new Promise(() => {}) });
    const { executionArn, done } = machines.start(machine.arn, upload);
    await machines.history(executionArn);
    await machines.close();
    expect((await done).status).toBe('ABORTED');
    const history = await machines.history(executionArn);
    expect(summarize(history).states).toMatchObject([{ name: 'Validate', outcome: 'aborted' }]);
    const timedOut = history.map((event) => ({ ...event, type: event.type.replace('Aborted', 'TimedOut') }));
    expect(summarize(timedOut)).toMatchObject({
      status: 'TIMED_OUT',
      states: [{ name: 'Validate', outcome: 'failed', error: { name: 'States.Timeout' } }],
    });
  });
});

test.each<[string, string]>([
  ['all goes well', 'Validate ✓ 40 ms → Thumbnail ✓ 40 ms → StoreMetadata ✓ 40 ms → Notify ✓ 40 ms'],
  [
    'a retry helps',
    'Validate ✓ 40 ms → Thumbnail ↻ 100 ms (3 attempts) → StoreMetadata ✓ 40 ms → Notify ✓ 40 ms',
  ],
  [
    'a permanent error',
    'Validate ✗ CorruptImage 40 ms → Quarantine ✓ 40 ms → NotifyFailure ✓ 40 ms → Failed ✗',
  ],
  ['superseded', 'Validate ✓ 40 ms → Thumbnail ✓ 40 ms → StoreMetadata ✗ Superseded 40 ms → Superseded ✓'],
])('the path in one line: %s', async (outcome, line) => {
  expect(pathLine(summarize(onClock(await historyOf(OUTCOMES[outcome]!))))).toBe(line);
});

describe('the drawing in the terminal', () => {
  test('shows the path heavy, Catches dashed, and each state with its mark, duration and error', async () => {
    const summary = summarize(onClock(await historyOf(OUTCOMES['quarantine fails too']!)));
    const [drawing] = renderGraph(definition, summary, { color: false, width: 80 }).split('\n\n');
    expect(drawing).toMatchSnapshot();
  });

  test('is followed by the whole message of each failed attempt', async () => {
    const script = { Thumbnail: [transient, { error: 'CorruptImage', message: 'long '.repeat(30) }] };
    const drawing = renderGraph(definition, summarize(await historyOf(script)), { color: false, width: 80 });
    const notes = drawing.split('\n\n')[1]!.split('\n');
    expect(notes.slice(0, 4)).toEqual([
      '✗ Thumbnail (attempt 1 of 2): TransientError',
      '    S3 said SlowDown',
      '✗ Thumbnail (attempt 2 of 2): CorruptImage',
      `    ${'long '.repeat(15).trim()}`,
    ]);
  });

  test.each(Object.keys(OUTCOMES))('fits 80 columns: %s', async (outcome) => {
    const summary = summarize(await historyOf(OUTCOMES[outcome]!));
    const lines = renderGraph(definition, summary, { color: false, width: 80 }).split('\n');
    // A single word, such as an ARN to copy, is not broken.
    expect(lines.filter((line) => [...line].length > 80 && line.trim().includes(' '))).toEqual([]);
    for (const { name } of summary.states) expect(lines.join('\n')).toContain(name);
  });

  test('without an execution shows the state machine alone', () => {
    expect(renderGraph(definition, undefined, { color: false, width: 80 })).toMatchSnapshot();
  });

  test('in colour says the same as without', async () => {
    const summary = summarize(onClock(await historyOf(OUTCOMES['a permanent error']!)));
    const colored = renderGraph(definition, summary, { color: true, width: 80 });
    const plain = renderGraph(definition, summary, { color: false, width: 80 });
    expect(plain).not.toContain('\u001b');
    expect(colored).toContain('\u001b[31m');
    expect(stripVTControlCharacters(colored)).toBe(plain);
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

describe('the picture', () => {
  test('is an SVG document with every state, for light and dark pages', () => {
    const svg = renderSvg(definition);
    expect(XMLValidator.validate(svg)).toBe(true);
    for (const name of Object.keys(definition.States)) expect(svg).toContain(`>${name}</text>`);
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  test('marks the states and lines of an execution', async () => {
    const svg = renderSvg(definition, summarize(await historyOf(OUTCOMES['a permanent error']!)));
    const classes = [...svg.matchAll(/<g class="(\w+)">/g)].map(([, name]) => name);
    expect(classes.filter((name) => name === 'unvisited')).toHaveLength(5);
    expect(classes).toEqual(expect.arrayContaining(['caught', 'succeeded', 'failed']));
    expect([...svg.matchAll(/<path class="(next|catch) taken"/g)]).toHaveLength(3);
  });

  test('escapes names', () => {
    const svg = renderSvg({ StartAt: '<a> & "b"', States: { '<a> & "b"': { Type: 'Succeed' } } });
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg).toContain('&lt;a&gt; &amp; &quot;b&quot;</text>');
  });
});
