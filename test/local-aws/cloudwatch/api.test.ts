/** DescribeAlarms by the SDK. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  ListMetricsCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { type Address, openAddress } from '../../../local-aws/address';
import { createCloudWatch } from '../../../local-aws/cloudwatch';
import { createCloudWatchApi } from '../../../local-aws/cloudwatch/api';
import { Principals, USER_CREDENTIALS } from '../../../local-aws/principals';
import { createS3 } from '../../../local-aws/s3';
import { createServiceServer } from '../../../local-aws/server';
import { AwsError, type Call } from '../../../local-aws/service';
import type { Alarm } from '../../../local-aws/stack/model';

const account = '123456789012';
const region = 'us-east-1';
const topic = (name: string) => `arn:aws:sns:${region}:${account}:${name}`;

const alarm = (name: string, action: string, measures: Alarm['measures']): Alarm => ({
  name,
  arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
  description: `About ${name}.`,
  measures,
  period: 60,
  evaluationPeriods: 2,
  datapointsToAlarm: 1,
  comparison: 'GreaterThanThreshold',
  threshold: 3,
  treatMissingData: 'notBreaching',
  actions: { OK: [], ALARM: [topic(action)], INSUFFICIENT_DATA: [] },
});
const orders = {
  namespace: 'Shop',
  name: 'Orders',
  dimensions: { Shop: 'Bern' },
  stat: 'Sum' as const,
};
const ALARMS = [
  alarm('shop-orders', 'operations', orders),
  alarm('shop-ratio', 'sales', [
    { id: 'a', returnData: false, metric: orders },
    { id: 'twice', label: 'Twice', returnData: true, expression: '2 * a' },
  ]),
  alarm('other', 'operations', orders),
];

const cloudwatch = createCloudWatch({ alarms: ALARMS, publish: async () => {}, log: () => {} });
const calls: Call[] = [];
let address: Address;
let client: CloudWatchClient;
let denies = false;

beforeAll(async () => {
  address = await openAddress(0);
  const gate = async (call: Call) => {
    calls.push(call);
    if (denies) throw new AwsError('AccessDenied', 'no', 403);
  };
  const s3 = createS3({
    dataDir: mkdtempSync(path.join(tmpdir(), 'alarms-')),
    account,
    region,
    gate,
    buckets: [],
    announce: async () => undefined,
  });
  const monitoring = createCloudWatchApi({ account, region, gate, alarms: cloudwatch.watched });
  address.serve(createServiceServer(new Principals(account, []), { s3, others: { monitoring } }));
  client = new CloudWatchClient({
    endpoint: address.url,
    region,
    credentials: USER_CREDENTIALS,
    maxAttempts: 1,
  });
});
afterAll(() => address.close());

const describeAlarms = (input: DescribeAlarmsCommandInput) => client.send(new DescribeAlarmsCommand(input));
const namesOf = async (input: DescribeAlarmsCommandInput) =>
  (await describeAlarms(input)).MetricAlarms?.map(({ AlarmName }) => AlarmName);

test('an alarm has its rule, its metric and its state, and after it has changed the new one', async () => {
  const before = await describeAlarms({ AlarmNames: ['shop-orders'] });
  expect(before.MetricAlarms?.[0]).toMatchObject({
    AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:shop-orders`,
    AlarmDescription: 'About shop-orders.',
    AlarmActions: [topic('operations')],
    StateValue: 'INSUFFICIENT_DATA',
    StateReason: 'Unchecked: Initial alarm creation',
    Namespace: 'Shop',
    MetricName: 'Orders',
    Dimensions: [{ Name: 'Shop', Value: 'Bern' }],
    Statistic: 'Sum',
    Period: 60,
    Threshold: 3,
    DatapointsToAlarm: 1,
  });
  const now = Date.parse('2026-11-29T10:00:30Z');
  cloudwatch.put(orders, 4, now - 60_000);
  await cloudwatch.evaluate(now);
  const after = await describeAlarms({ StateValue: 'ALARM', AlarmNamePrefix: 'shop-' });
  expect(after.MetricAlarms).toEqual([
    expect.objectContaining({ AlarmName: 'shop-orders', StateUpdatedTimestamp: new Date(now) }),
    expect.objectContaining({
      AlarmName: 'shop-ratio',
      Metrics: [
        {
          Id: 'a',
          ReturnData: false,
          MetricStat: {
            Metric: {
              Namespace: 'Shop',
              MetricName: 'Orders',
              Dimensions: [{ Name: 'Shop', Value: 'Bern' }],
            },
            Period: 60,
            Stat: 'Sum',
          },
        },
        { Id: 'twice', Label: 'Twice', ReturnData: true, Expression: '2 * a' },
      ],
    }),
  ]);
  expect(calls.at(-1)).toMatchObject({
    action: 'cloudwatch:DescribeAlarms',
    resource: `arn:aws:cloudwatch:${region}:${account}:alarm:*`,
  });
});

test('alarms are found by the beginning of their names and of their actions, by name, a page at a time', async () => {
  expect(await namesOf({})).toEqual(['other', 'shop-orders', 'shop-ratio']);
  expect(await namesOf({ AlarmNamePrefix: 'shop-' })).toEqual(['shop-orders', 'shop-ratio']);
  expect(await namesOf({ ActionPrefix: topic('oper') })).toEqual(['other', 'shop-orders']);
  expect(await namesOf({ AlarmTypes: ['CompositeAlarm'] })).toEqual([]);
  const pages: unknown[] = [];
  for await (const { MetricAlarms } of paginateDescribeAlarms({ client, pageSize: 2 }, {})) {
    pages.push(MetricAlarms?.length);
  }
  expect(pages).toEqual([2, 1]);
});

test('it refuses what it doesn’t know, and who may not look', async () => {
  await expect(describeAlarms({ AlarmNamePrefix: 'a', AlarmNames: ['b'] })).rejects.toThrow(
    'Expected one of',
  );
  await expect(describeAlarms({ MaxRecords: 101 })).rejects.toThrow('Expected 1 to 100');
  await expect(describeAlarms({ NextToken: 'x' })).rejects.toThrow('The next token is invalid.');
  await expect(describeAlarms({ ParentsOfAlarmName: 'a' })).rejects.toThrow('ParentsOfAlarmName');
  await expect(client.send(new ListMetricsCommand({}))).rejects.toThrow('DescribeAlarms but received');
  denies = true;
  await expect(describeAlarms({})).rejects.toMatchObject({ name: 'AccessDeniedException' });
  denies = false;
});
