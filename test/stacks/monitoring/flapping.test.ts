/** The alarms of the stack, evaluated each minute as CloudWatch does, over values that were there once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCloudWatch } from '../../../local-aws/cloudwatch';
import { loadStack } from '../../../local-aws/stack/load';
import type { Alarm } from '../../../local-aws/stack/model';
import { synthesize } from '../synthesized';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 10, 28, 12);
const WORKFLOW = { Workflow: 'thumbnail-workflow' };

let alarms: Alarm[];

beforeAll(() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'alarms-'));
  const file = path.join(folder, 'cdk.tf.json');
  writeFileSync(file, JSON.stringify(synthesize()));
  alarms = loadStack(file, { account: '123456789012', region: 'us-east-1' }).alarms;
  rmSync(folder, { recursive: true });
});

/** @returns what an alarm announces in an hour, and in which minute, after values in some minutes of it */
async function announced(name: string, metric: string, values: [minute: number, value: number][]) {
  const alarm = alarms.filter((each) => each.name === `thumbnail-workflow-${name}`);
  const cloudwatch = createCloudWatch({ alarms: alarm, publish: async () => {}, log: () => {} });
  await cloudwatch.evaluate(NOON);
  for (const [minute, value] of values) {
    const where = { namespace: 'ThumbnailWorkflow', name: metric, dimensions: WORKFLOW };
    cloudwatch.put(where, value, NOON + minute * MINUTE);
  }
  const changes: [string, number][] = [];
  for (let minute = 1; minute <= 60; minute++) {
    const [change] = await cloudwatch.evaluate(NOON + minute * MINUTE);
    if (change) changes.push([change.to, minute]);
  }
  return changes;
}

const batch = (minute: number, failures: number) =>
  Array.from({ length: failures }, (): [number, number] => [minute, 1]);

test('one batch of 7 failures is one ALARM and one OK', async () => {
  expect(await announced('failure-ratio', 'Failed', [...batch(0, 4), ...batch(1, 3)])).toEqual([
    ['ALARM', 2],
    ['OK', 6],
  ]);
});

test.each([1, 2, 3, 4, 5, 6])(
  '%i failures in the first minute of a batch and the rest in the next are one ALARM',
  async (n) => {
    const states = await announced('failure-ratio', 'Failed', [...batch(0, n), ...batch(1, 7 - n)]);
    expect(states.map(([state]) => state)).toEqual(['ALARM', 'OK']);
  },
);

test('an event that has waited for long in the backlog, and a fresh one after it, are one ALARM and one OK', async () => {
  expect(
    await announced('backlog-waits', 'BacklogAge', [
      [0, 4_000],
      [3, 20],
    ]),
  ).toEqual([
    ['ALARM', 1],
    ['OK', 6],
  ]);
});
