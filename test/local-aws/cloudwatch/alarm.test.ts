import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadStack } from '../../../local-aws/stack/load';
import { alarm, COUNT, metric, writeStack } from './stack';

/** How alarms, schedules and permissions are read from a stack, and which of them are refused. */

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'alarms-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Json = Record<string, unknown>;

function load(alarms: Record<string, Json>, permission: Json = {}) {
  const file = writeStack(folder, { code: '', alarms, permission });
  return loadStack(file, { account: '123456789012', region: 'us-east-1' });
}

const errors = metric('AWS/Lambda', 'Errors', { FunctionName: COUNT });
const counted = metric('Shop', 'Counted', { Shop: 'Bern' });

const query = (id: string, { statistic, ...rest }: Json) => ({ id, metric: { ...rest, stat: statistic } });
const ratio = (expression: string) => ({
  metric_query: [
    query('part', errors),
    query('whole', metric('AWS/Lambda', 'Invocations', { FunctionName: COUNT })),
    { id: 'percent', expression, label: 'percent', return_data: true },
  ],
});

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:shop-operations';

test('an alarm on one metric', () => {
  expect(load({ a: alarm('errors', errors) }).alarms).toEqual([
    {
      name: 'shop-errors',
      arn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:shop-errors',
      description: 'About errors.',
      measures: {
        namespace: 'AWS/Lambda',
        name: 'Errors',
        dimensions: { FunctionName: 'shop-count' },
        stat: 'Sum',
      },
      period: 60,
      evaluationPeriods: 1,
      datapointsToAlarm: 1,
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      treatMissingData: 'notBreaching',
      actions: { OK: [TOPIC], ALARM: [TOPIC], INSUFFICIENT_DATA: [] },
    },
  ]);
});

test('an alarm on an expression over several metrics', () => {
  const [found] = load({ a: alarm('ratio', ratio('100 * part / whole')) }).alarms;
  expect(found?.measures).toMatchObject([
    { id: 'part', returnData: false, metric: { name: 'Errors', stat: 'Sum' } },
    { id: 'whole', returnData: false, metric: { name: 'Invocations' } },
    { id: 'percent', returnData: true, expression: '100 * part / whole' },
  ]);
  expect(found?.period).toBe(60);
});

test('an alarm with disabled actions notifies nobody', () => {
  const [found] = load({ a: alarm('errors', errors, { actions_enabled: false }) }).alarms;
  expect(found?.actions).toEqual({ OK: [], ALARM: [], INSUFFICIENT_DATA: [] });
});

test.each<[string, Json, Json, string]>([
  [
    'a metric that nothing produces',
    metric('AWS/Lambda', 'IteratorAge', { FunctionName: COUNT }),
    {},
    'Invocations, Errors, Throttles, Duration, UrlRequestCount, Url4xxCount, Url5xxCount of AWS/Lambda but received IteratorAge',
  ],
  [
    'a service without metrics here',
    metric('AWS/S3', 'BucketSizeBytes', {}),
    {},
    'or of your own but received AWS/S3',
  ],
  [
    'another dimension',
    metric('AWS/SQS', 'ApproximateAgeOfOldestMessage', { Queue: 'x' }),
    {},
    'the dimension QueueName of AWS/SQS ApproximateAgeOfOldestMessage but received Queue',
  ],
  [
    'a resource that is not in the stack',
    metric('AWS/Events', 'Invocations', { RuleName: 'other' }),
    {},
    'a RuleName of the stack for AWS/Events Invocations but received other',
  ],
  ['a percentile', { ...counted, statistic: undefined, extended_statistic: 'p95' }, {}, 'extended_statistic'],
  [
    'a percentile in an expression',
    { metric_query: [{ ...query('a', { ...counted, statistic: 'p95' }), return_data: true }] },
    {},
    'for the statistic but received "p95"',
  ],
  [
    'a period of seconds',
    { ...counted, period: 10 },
    {},
    'a multiple of 60 seconds for period but received 10',
  ],
  [
    'an expression that is not supported',
    ratio('RATE(part)'),
    {},
    'but received RATE in the expression RATE(part)',
  ],
  ['a missing metric', ratio('part / all'), {}, 'Expected a metric (part, whole) but received all'],
  ['no answer', { metric_query: [query('a', counted)] }, {}, 'Expected one metric_query with return_data'],
  [
    'two periods',
    {
      metric_query: [{ ...query('a', counted), return_data: true }, query('b', { ...counted, period: 300 })],
    },
    {},
    'metrics of one period',
  ],
  [
    'a unit',
    { metric_query: [{ ...query('a', { ...counted, unit: 'Count' }), return_data: true }] },
    {},
    'dimensions, stat, period in metric_query but received unit',
  ],
  [
    'more data points than it looks at',
    counted,
    { datapoints_to_alarm: 2 },
    'at most evaluation_periods, 1, for datapoints_to_alarm but received 2',
  ],
  [
    'another comparison',
    counted,
    { comparison_operator: 'LessThanLowerThreshold' },
    'for comparison_operator but received "LessThanLowerThreshold"',
  ],
  [
    'an action that is not a topic',
    counted,
    { alarm_actions: ['arn:aws:automate:us-east-1:ec2:stop'] },
    'a topic of the stack for alarm_actions',
  ],
])('an alarm is refused for %s', (_, measure, rules, message) => {
  expect(() => load({ a: alarm('a', measure, rules) })).toThrow(`aws_cloudwatch_metric_alarm.a`);
  expect(() => load({ a: alarm('a', measure, rules) })).toThrow(message);
});

test('a rule with a schedule is kept apart from rules with event patterns', () => {
  const { rules, schedules } = load({});
  expect(rules).toEqual([]);
  expect(schedules).toMatchObject([
    {
      name: 'shop-every',
      everySeconds: 300,
      targets: [{ arn: 'arn:aws:lambda:us-east-1:123456789012:function:shop-count' }],
    },
  ]);
});

test("a permission becomes a statement in the function's policy", () => {
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:shop-count';
  expect(load({}, { source_account: '123456789012' }).resourcePolicies[arn]?.Statement).toEqual([
    {
      Sid: 'TheSchedule',
      Effect: 'Allow',
      Principal: { Service: ['events.amazonaws.com'] },
      Action: ['lambda:InvokeFunction'],
      Resource: [arn],
      Condition: {
        ArnLike: { 'aws:SourceArn': ['arn:aws:events:us-east-1:123456789012:rule/shop-every'] },
        StringEquals: { 'aws:SourceAccount': ['123456789012'] },
      },
    },
  ]);
  expect(Object.keys(load({}, { qualifier: '1' }).resourcePolicies)).toContain(`${arn}:1`);
  expect(() => load({}, { function_name: 'other' })).toThrow('a function of the stack for function_name');
});
