/** Histories in the forms in which AWS gives them to a person. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { historiesIn } from '../../../cli/console/import';
import { Imports } from '../../../cli/console/imports';
import { runOf } from '../../../cli/console/run-of';
import type { HistoryEvent } from '../../../local-aws/history';

const text = readFileSync(path.join(__dirname, 'histories', 'unsupported-format.jsonl'), 'utf8');
const lines = text.trim().split('\n');
const events = lines.map((line) => JSON.parse(line) as HistoryEvent);
const arn = events[0]?.execution_arn as string;

const logged = lines.map((message, n) => ({ eventId: String(n), timestamp: 1, message }));

describe('the log of a state machine', () => {
  test.each([
    ['one event in each line', text],
    ['with Windows line ends and a byte order mark', `\ufeff${lines.join('\r\n')}`],
    [
      'with a time before each event, as an export to S3',
      lines.map((line) => `2026-11-29T02:49:31.199Z ${line}`).join('\n'),
    ],
    [
      'in any order, and one event twice',
      [...lines]
        .reverse()
        .concat(lines[3] as string)
        .join('\n'),
    ],
    [
      'as the answer of filter-log-events',
      JSON.stringify({ events: logged, searchedLogStreams: [] }, null, 2),
    ],
    ['as several answers', JSON.stringify([{ events: logged.slice(0, 9) }, { events: logged.slice(9) }])],
    ['as a list of events', JSON.stringify(events)],
    ['as a list of log events', JSON.stringify(logged)],
    ['with numbers as numbers', JSON.stringify(events.map((event) => ({ ...event, id: Number(event.id) })))],
    ['among lines of something else', `hello\n{"log":"of something else"}\n[1]\nnull\n${text}`],
  ])('%s', (_, file) => {
    expect(historiesIn(file)).toEqual([{ arn, history: events }]);
  });

  test('of several runs', () => {
    const other = text.replaceAll(arn, `${arn.slice(0, -1)}0`);
    expect(historiesIn(text + other).map((found) => found.arn)).toEqual([arn, `${arn.slice(0, -1)}0`]);
  });
});

describe('the answer of get-execution-history', () => {
  const started = 1_795_920_571.199;
  const answer = {
    events: [
      {
        timestamp: started,
        type: 'ExecutionStarted',
        id: 1,
        previousEventId: 0,
        executionStartedEventDetails: {
          input: JSON.stringify({ detail: { bucket: { name: 'b' }, object: { key: 'photo.jpg' } } }),
          inputDetails: { truncated: false },
          roleArn: 'arn:aws:iam::111122223333:role/r',
        },
      },
      {
        timestamp: started + 0.5,
        type: 'TaskStateEntered',
        id: 2,
        previousEventId: 0,
        stateEnteredEventDetails: { name: 'Validate', input: '{}' },
      },
      {
        timestamp: started + 1,
        type: 'ExecutionFailed',
        id: 3,
        previousEventId: 2,
        executionFailedEventDetails: { error: 'Broken', cause: 'why' },
      },
    ],
  };

  test('becomes a run whose ARN is made up, always the same', () => {
    const [found, ...more] = historiesIn(JSON.stringify(answer));
    expect(more).toEqual([]);
    expect(found?.arn).toMatch(/^imported:[0-9a-f]{32}$/);
    expect(historiesIn(JSON.stringify(answer, null, 2))[0]?.arn).toBe(found?.arn);
    expect(runOf(found?.arn ?? '', found?.history ?? [])).toMatchObject({
      outcome: 'FAILED',
      error: 'Broken',
      startedAt: 1_795_920_571_199,
      endedAt: 1_795_920_572_199,
      object: { bucket: 'b', key: 'photo.jpg' },
    });
    expect(found?.history[1]).toMatchObject({ type: 'TaskStateEntered', details: { name: 'Validate' } });
  });

  test('has times as text if the CLI wrote it', () => {
    const written = {
      events: answer.events.map((event) => ({
        ...event,
        timestamp: new Date(event.timestamp * 1_000).toISOString().replace('Z', '+00:00'),
      })),
    };
    const [found] = historiesIn(JSON.stringify(written));
    expect(found?.history.map(({ event_timestamp }) => event_timestamp)).toEqual([
      '1795920571199',
      '1795920571699',
      '1795920572199',
    ]);
  });
});

test.each([
  ['an empty file', '', 'but found an empty file'],
  ['a text', 'hello\nworld', 'found a file that begins with "hello"'],
  ['a picture', '\u0089PNG\r\n', 'found a file that begins with'],
  ['another log', '{"level":"INFO"}\n{"level":"WARN"}', 'found a file that begins with'],
  ['an answer without events', '{"events":[]}', 'found a file that begins with'],
  ['null', 'null', 'found a file that begins with "null"'],
  ['only the end of a run', lines.slice(5).join('\n'), 'not the first one of any run'],
  ['damaged events', JSON.stringify([{ ...events[0], event_timestamp: 'noon' }]), 'found a file'],
  [
    'a time after the last of all dates',
    lines[0]?.replace(/"\d{13}"/, '"8640000000000001"') ?? '',
    'found a file',
  ],
  [
    'a time without end in an answer',
    '{"events":[{"id":1,"type":"ExecutionStarted","timestamp":1e308}]}',
    'found a file',
  ],
  ['an answer within answers', JSON.stringify({ events: [{ events: logged }] }), 'found a file'],
  ['details that are none', JSON.stringify([{ ...events[0], details: 'x' }]), 'found a file'],
])('%s is refused in words', (_, file, words) => {
  expect(() => historiesIn(file)).toThrow(words);
  try {
    historiesIn(file);
  } catch (error) {
    expect(error).toMatchObject({ status: 400 });
  }
});

test('more events than it takes are refused', () => {
  const many = Array.from({ length: 50_001 }, (_, n) => ({ ...events[0], id: String(n + 1), details: {} }));
  expect(() => historiesIn(JSON.stringify(many))).toThrow('50,001 events; the console takes at most 50,000');
});

test.each([
  ['thumbnails that are a number', { thumbnails: { items: 5 }, notification: {} }],
  ['thumbnails that are nothing', { thumbnails: { items: [null, null] }, notification: {} }],
])('%s are refused in words', (_, output) => {
  const end = { ...(events.at(-1) as HistoryEvent), type: 'ExecutionSucceeded' };
  const file = JSON.stringify([events[0], { ...end, details: { output: JSON.stringify(output) } }]);
  expect(() => new Imports().add(file)).toThrow("The data of this history aren't those of a run");
});

test('imported runs are found by id, newest first, until so many came after them', () => {
  const imports = new Imports();
  const copy = (n: number) =>
    [lines[0], lines.at(-1)]
      .join('\n')
      .replaceAll(arn, `${arn}-${n}`)
      .replaceAll(/"event_timestamp":"\d+"/g, `"event_timestamp":"${n + 1}"`);
  const [first] = imports.add(copy(0));
  expect(first).toMatchObject({ imported: true, startedAt: 1 });
  expect(imports.get(first?.id ?? '')?.history).toHaveLength(2);
  for (let n = 1; n <= 200; n++) imports.add(copy(n));
  expect(imports.get(first?.id ?? '')).toBeUndefined();
  const runs = imports.runs();
  expect(runs).toHaveLength(200);
  expect(runs[0]?.startedAt).toBe(201);
  expect(imports.runs(200).map(({ startedAt }) => startedAt)).toEqual([201, 200]);
});

test('all imports together have a limit', () => {
  const imports = new Imports();
  const long = `${text}${' '.repeat(60_000_000)}`;
  imports.add(long);
  expect(() => imports.add(long)).toThrow('Start it anew to import more');
  expect(imports.add(text)).toHaveLength(1);
});
