import { executionsIn, historyEvent } from '../../../cli/executions/vended';

const EVENT = {
  id: '1',
  type: 'ExecutionStarted',
  details: { input: '{}' },
  previous_event_id: '0',
  event_timestamp: '1785000000000',
  execution_arn: 'arn:aws:states:eu-west-1:111122223333:express:flow:a:b',
  redrive_count: '0',
};

test('an event is read with its numbers as text, and without details with none', () => {
  expect(historyEvent(JSON.stringify(EVENT))).toEqual(EVENT);
  const { details, ...bare } = EVENT;
  const numbers = { ...bare, id: 1, event_timestamp: 1_785_000_000_000 };
  expect(historyEvent(JSON.stringify(numbers))).toEqual({ ...EVENT, details: {} });
});

test.each<[string, unknown]>([
  ['nothing', null],
  ['a number', 1],
  ['a list', []],
  ['the line of something else', { level: 'INFO', message: 'hello' }],
  ['an id that is none', { ...EVENT, id: 'first' }],
  ['a type that is none', { ...EVENT, type: {} }],
  ['a time that is none', { ...EVENT, event_timestamp: 'noon' }],
  ['a time after the last of all dates', { ...EVENT, event_timestamp: '8640000000000001' }],
  ['a time without end', { ...EVENT, event_timestamp: '1e400' }],
  ['an ARN that is none', { ...EVENT, execution_arn: 7 }],
  ['details that are none', { ...EVENT, details: 'x' }],
])('%s among the lines of a log is passed over, and hides no run', (_, line) => {
  const lines = [line, EVENT].flatMap((each) => historyEvent(JSON.stringify(each)) ?? []);
  expect(lines).toEqual([EVENT]);
  expect(executionsIn(lines)).toHaveLength(1);
});
