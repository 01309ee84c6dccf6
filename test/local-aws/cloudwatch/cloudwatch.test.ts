import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCloudWatch } from '../../../local-aws/cloudwatch';
import { serviceMetrics } from '../../../local-aws/cloudwatch/services';
import { DurableQueue } from '../../../local-aws/sqs/queue';
import type { Alarm } from '../../../local-aws/stack/model';
import type { Execution } from '../../../local-aws/states';

const NOON = Date.UTC(2026, 10, 21, 12);
const SOLD = { namespace: 'Shop', name: 'Sold', dimensions: {} };

const alarm: Alarm = {
  name: 'sold',
  arn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:sold',
  measures: { ...SOLD, stat: 'Sum' },
  period: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  comparison: 'GreaterThanThreshold',
  threshold: 0,
  treatMissingData: 'missing',
  actions: { OK: [], ALARM: ['arn:aws:sns:eu-west-1:123456789012:ops'], INSUFFICIENT_DATA: [] },
};

test('alarms are evaluated at the end of each minute, until it is closed', async () => {
  jest.useFakeTimers({ now: NOON + 30_000 });
  const states: string[] = [];
  const cloudwatch = createCloudWatch({
    alarms: [alarm],
    publish: async () => {},
    onAlarm: ({ to, time }) => states.push(`${to} after ${(time - NOON) / 1_000} s`),
  });
  cloudwatch.start();
  cloudwatch.put(SOLD, 1);
  await jest.advanceTimersByTimeAsync(90_000);
  cloudwatch.put(SOLD, 0);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(states).toEqual(['ALARM after 60 s', 'OK after 180 s']);
  cloudwatch.close();
  await jest.advanceTimersByTimeAsync(600_000);
  expect(states).toHaveLength(2);
  jest.useRealTimers();
});

test('an alarm publishes a change once, however often it is evaluated', async () => {
  const told: unknown[] = [];
  const cloudwatch = createCloudWatch({
    alarms: [alarm],
    publish: async ({ TopicArn }, alarmArn) => void told.push([TopicArn, alarmArn]),
  });
  cloudwatch.put(SOLD, 1, NOON);
  await Promise.all([1, 2, 3].map((minute) => cloudwatch.evaluate(NOON + minute * 60_000)));
  expect(told).toEqual([[alarm.actions.ALARM[0], alarm.arn]]);
});

test.each([
  ['SUCCEEDED', 'ExecutionsSucceeded'],
  ['FAILED', 'ExecutionsFailed'],
  ['TIMED_OUT', 'ExecutionsTimedOut'],
] as const)('an execution that has %s counts as %s, with its time', (status, name) => {
  const cloudwatch = createCloudWatch({ alarms: [], publish: async () => {} });
  const measured = serviceMetrics(cloudwatch);
  const execution = { stateMachineArn: 'machine', status, startDate: NOON, stopDate: NOON + 70 } as Execution;
  measured.started(execution);
  measured.ended(execution);
  const metrics = cloudwatch.metrics().map((metric) => [metric.namespace, metric.name, metric.sum]);
  expect(metrics).toEqual([
    ['AWS/States', 'ExecutionsStarted', 1],
    ['AWS/States', name, 1],
    ['AWS/States', 'ExecutionTime', 70],
  ]);
});

test("a queue's age is that of its oldest message, except those that fail again and again", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'queue-'));
  const queue = new DurableQueue(folder, { VisibilityTimeout: 0 }, () => undefined);
  expect(queue.measure(Date.now())).toEqual({ visible: 0, oldestSeconds: 0 });

  const { sentAt } = await queue.send({ body: 'x', attributes: {}, sender: 'me' });
  for (let received = 0; received < 2; received++) await queue.receive(1, 0, 0);
  expect(queue.measure(sentAt + 60_000)).toEqual({ visible: 1, oldestSeconds: 60 });
  await queue.receive(1, 0, 0);
  expect(queue.measure(sentAt + 60_000)).toEqual({ visible: 1, oldestSeconds: 0 });
  queue.close();
  rmSync(folder, { recursive: true });
});
