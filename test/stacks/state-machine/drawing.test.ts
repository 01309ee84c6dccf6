import { stripVTControlCharacters } from 'node:util';
import {
  type Definition,
  focus,
  pathLine,
  renderGraph,
  type Summary,
  summarize,
} from '../../../local-aws/graph';
import type { HistoryEvent } from '../../../local-aws/history';
import {
  deletion,
  expired,
  resumed,
  runToEnd,
  type Script,
  scripted,
  servicesOf,
  THROTTLED,
  upload,
  workflow,
} from './scripted-workflow';

const definition = workflow as unknown as Definition;
const transient = { error: 'TransientError', message: 'S3 said SlowDown' };

async function historyOf(script: Script, input: object = upload): Promise<HistoryEvent[]> {
  return (await runToEnd(workflow, servicesOf(scripted(script)), input)).history;
}

/** The same history on a clock where every event takes ten milliseconds. */
function onClock(history: HistoryEvent[]): HistoryEvent[] {
  return history.map((event) => ({ ...event, event_timestamp: String(Number(event.id) * 10) }));
}

const OUTCOMES: Record<string, [Script, object?]> = {
  'all goes well': [{}],
  'a retry helps': [{ Thumbnail: [transient, transient, { result: { items: [] } }] }],
  'a permanent error': [
    { Validate: [{ error: 'CorruptImage', message: 'The JPEG ends after 312 of 4,096 rows' }] },
  ],
  superseded: [{ StoreMetadata: [{ error: 'Superseded' }] }],
  'quarantine fails too': [{ Thumbnail: [{ error: 'CorruptImage' }], Quarantine: [{ error: 'Denied' }] }],
  'SNS fails too': [{ Validate: [{ error: 'EmptyObject' }], sns: [{ error: 'InternalError' }] }],
  throttled: [{ Thumbnail: [{ error: THROTTLED }] }],
  'throttled again': [{ Thumbnail: [{ error: THROTTLED }] }, resumed],
  'waited for too long, and Quarantine throttled': [{ Quarantine: [{ error: THROTTLED }] }, expired],
  'a deletion': [{}, deletion],
  'an earlier version is back': [{ Remove: [{ result: { outcome: 'RESTORED' } }] }, deletion],
};

const summaryOf = async (outcome: string) => summarize(onClock(await historyOf(...OUTCOMES[outcome]!)));

/** As a reader sees it in a terminal of 80 columns. */
const draw = (summary: Summary) =>
  renderGraph(focus(definition, summary), summary, { color: false, width: 80 });

describe('the summary of an execution', () => {
  test('has each state in its order, with attempts, duration and the error of each failed attempt', async () => {
    const { status, states } = await summaryOf('a retry helps');
    expect(status).toBe('SUCCEEDED');
    expect(states).toMatchObject([
      { name: 'Route', type: 'Choice', outcome: 'succeeded', attempts: 1, failures: [] },
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
    expect(states[2]!.error).toBeUndefined();
  });

  test('distinguishes a caught failure from the one that ended the execution', async () => {
    const { status, states } = await summaryOf('a permanent error');
    expect(status).toBe('FAILED');
    expect(states.map(({ name, outcome, error }) => [name, outcome, error?.name])).toEqual([
      ['Route', 'succeeded', undefined],
      ['Validate', 'caught', 'CorruptImage'],
      ['Quarantine', 'succeeded', undefined],
      ['CheckAnswer', 'succeeded', undefined],
      ['NotifyFailure', 'succeeded', undefined],
      ['Failed', 'failed', 'ThumbnailWorkflowFailed'],
    ]);
    expect(states[1]!.error?.message).toBe('The JPEG ends after 312 of 4,096 rows');
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
  ['a deletion', 'Remove ✓ 40 ms'],
  [
    'throttled',
    'Validate ✓ 40 ms → Thumbnail ✗ Lambda.TooManyRequestsException 130 ms (4 attempts) → SendToBacklog ✓ 40 ms',
  ],
])('the path in one line: %s', async (outcome, line) => {
  expect(pathLine(await summaryOf(outcome))).toBe(line);
});

describe('the drawing in the terminal', () => {
  test('shows the path heavy, Catches dashed, and each state with its mark, duration and error', async () => {
    const [drawing] = draw(await summaryOf('quarantine fails too')).split('\n\n');
    expect(drawing).toMatchSnapshot();
  });

  test('is followed by the whole message of each failed attempt', async () => {
    const script = { Thumbnail: [transient, { error: 'CorruptImage', message: 'long '.repeat(30) }] };
    const notes = draw(summarize(await historyOf(script)))
      .split('\n\n')[1]!
      .split('\n');
    expect(notes.slice(0, 4)).toEqual([
      '✗ Thumbnail (attempt 1 of 2): TransientError',
      '    S3 said SlowDown',
      '✗ Thumbnail (attempt 2 of 2): CorruptImage',
      `    ${'long '.repeat(15).trim()}`,
    ]);
  });

  test.each(Object.keys(OUTCOMES))('fits 80 columns, and cuts no name: %s', async (outcome) => {
    const summary = await summaryOf(outcome);
    const lines = draw(summary).split('\n');
    // A single word, such as an ARN to copy, is not broken.
    expect(lines.filter((line) => [...line].length > 80 && line.trim().includes(' '))).toEqual([]);
    const boxes = lines.slice(0, lines.indexOf('')).join('\n');
    for (const { name } of summary.states) expect(boxes).toContain(name);
  });

  test('in colour says the same as without', async () => {
    const summary = await summaryOf('a permanent error');
    const story = focus(definition, summary);
    const colored = renderGraph(story, summary, { color: true, width: 80 });
    const plain = renderGraph(story, summary, { color: false, width: 80 });
    expect(plain).not.toContain('\u001b');
    expect(colored).toContain('\u001b[31m');
    expect(stripVTControlCharacters(colored)).toBe(plain);
  });
});
