import { parseRate } from '../../../local-aws/events/rate';
import { scheduledEvent, startSchedules } from '../../../local-aws/events/schedules';
import type { Schedule } from '../../../local-aws/stack/model';

const schedule = (everySeconds: number): Schedule => ({
  name: 'watch',
  arn: 'arn:aws:events:eu-west-1:123456789012:rule/watch',
  pattern: {},
  targets: [],
  everySeconds,
});

test.each([
  ['rate(1 minute)', 60],
  ['rate(5 minutes)', 300],
  ['rate(1 hour)', 3_600],
  ['rate(2 days)', 172_800],
])('%s is every %d seconds', (expression, seconds) => {
  expect(parseRate(expression)).toBe(seconds);
});

test.each([
  'cron(0 12 * * ? *)',
  'rate(0 minutes)',
  'rate(1 minutes)',
  'rate(5 minute)',
  'rate(5 seconds)',
  '',
])('"%s" is refused', (expression) => {
  expect(() => parseRate(expression)).toThrow(`but received ${expression}`);
});

test('the event is the one EventBridge sends', () => {
  expect(scheduledEvent(schedule(60), new Date('2026-11-21T06:00:00.123Z'))).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '123456789012',
    time: '2026-11-21T06:00:00Z',
    region: 'eu-west-1',
    resources: ['arn:aws:events:eu-west-1:123456789012:rule/watch'],
    detail: {},
  });
});

test('a rule runs one interval after the start, and again at each interval, until it is stopped', () => {
  jest.useFakeTimers();
  const run = jest.fn();
  const end = startSchedules([schedule(300), schedule(86_400 * 30)], run);
  jest.advanceTimersByTime(299_999);
  expect(run).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(run).toHaveBeenCalledTimes(1);
  jest.advanceTimersByTime(300_000);
  expect(run).toHaveBeenCalledTimes(2);
  end();
  jest.advanceTimersByTime(3_000_000);
  expect(run).toHaveBeenCalledTimes(2);
  jest.useRealTimers();
});
