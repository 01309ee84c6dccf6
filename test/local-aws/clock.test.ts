import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { steadyNow } from '../../local-aws/clock';
import { createCloudWatch } from '../../local-aws/cloudwatch';
import { exhausted } from '../../local-aws/events/retry';
import { DurableQueue } from '../../local-aws/sqs/queue';
import type { Alarm } from '../../local-aws/stack/model';

const HOUR = 3_600_000;
const folder = () => mkdtempSync(path.join(tmpdir(), 'clock-'));
const message = { body: 'work', attributes: {}, sender: 'arn:someone' };

const realNow = Date.now;
afterEach(() => jest.restoreAllMocks());

/** Someone sets the computer's clock. @param by milliseconds forward, or backward if negative */
function setClock(by: number): void {
  jest.spyOn(Date, 'now').mockImplementation(() => realNow() + by);
}

test.each([
  ['forward', HOUR],
  ['back', -HOUR],
])('steady time goes on when the clock is set an hour %s', (_, step) => {
  const before = steadyNow();
  setClock(step);
  expect(steadyNow() - before).toBeLessThan(HOUR / 2);
  expect(steadyNow()).toBeGreaterThanOrEqual(before);
});

test('a message in flight stays hidden when the clock is set forward', async () => {
  const queue = new DurableQueue(folder(), {}, () => undefined);
  await queue.send(message);
  expect(await queue.receive(1, 30, 0)).toHaveLength(1);
  setClock(HOUR);
  expect(await queue.receive(1, 30, 0)).toEqual([]);
});

test('a delayed message comes in time when the clock is set back', async () => {
  const queue = new DurableQueue(folder(), {}, () => undefined);
  await queue.send(message, 0.05);
  setClock(-HOUR);
  expect(await queue.receive(1, 30, 20)).toHaveLength(1);
});

test('a message that was hidden for a moment is visible after a restart, also if the clock was set back in between', async () => {
  const dataDir = folder();
  mkdirSync(dataDir, { recursive: true });
  const inAnHour = steadyNow() + HOUR;
  const stored = { ...message, id: 'id', sentAt: inAnHour, visibleAt: inAnHour, hiddenFor: 0, received: 0 };
  writeFileSync(path.join(dataDir, 'id.json'), JSON.stringify(stored));
  const queue = new DurableQueue(dataDir, {}, () => undefined);
  expect(await queue.receive(1, 30, 0)).toMatchObject([{ id: 'id' }]);
});

test('an event does not grow too old when the clock is set forward', () => {
  const acceptedAt = steadyNow();
  setClock(HOUR);
  expect(exhausted({ maximumEventAgeSeconds: 60 }, 1, acceptedAt)).toBeUndefined();
});

test('an alarm does not count a minute again when the clock is set back', async () => {
  const noon = Date.UTC(2026, 0, 1, 12);
  const metric = { namespace: 'Shop', name: 'Failures', dimensions: {} };
  const alarm: Alarm = {
    name: 'failures',
    arn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:failures',
    measures: { ...metric, stat: 'Sum' },
    period: 60,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    comparison: 'GreaterThanThreshold',
    threshold: 0,
    treatMissingData: 'notBreaching',
    actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] },
  };
  const watch = createCloudWatch({ alarms: [alarm], publish: async () => ({}) });
  watch.put(metric, 1, noon);
  const stateAt = async (time: number) => {
    await watch.evaluate(time);
    return watch.alarms()[0]?.state;
  };
  expect(await stateAt(noon + 60_000)).toBe('ALARM');
  expect(await stateAt(noon - HOUR)).toBe('OK');
  expect(await stateAt(noon + 60_000)).toBe('OK');
});
