import { notification } from '../../../local-aws/cloudwatch/notification';
import type { Alarm } from '../../../local-aws/stack/model';

const MADE = Date.UTC(2026, 10, 20);
const TIME = Date.UTC(2026, 10, 21, 6, 35, 7, 89);

const errors = (stat: 'Sum' | 'SampleCount') => ({
  namespace: 'Shop',
  name: 'Failed',
  dimensions: { Shop: 'Bern' },
  stat,
});

const alarm = (changes: Partial<Alarm> = {}): Alarm => ({
  name: 'shop-failures',
  arn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-failures',
  measures: errors('Sum'),
  period: 300,
  evaluationPeriods: 3,
  datapointsToAlarm: 2,
  comparison: 'GreaterThanThreshold',
  threshold: 5,
  treatMissingData: 'missing',
  actions: { OK: [], ALARM: ['arn:aws:sns:eu-west-1:123456789012:ops'], INSUFFICIENT_DATA: [] },
  ...changes,
});

function told(changes: Partial<Alarm> = {}) {
  const change = { alarm: alarm(changes), from: 'OK', to: 'ALARM', reason: 'Because.', time: TIME } as const;
  const { Subject, Message, MessageStructure } = notification(change, MADE);
  const { default: text, email } = JSON.parse(String(Message));
  return { Subject, MessageStructure, document: JSON.parse(text), email };
}

test('programs get the alarm, the change and what triggered it', () => {
  const { Subject, MessageStructure, document } = told();
  expect(MessageStructure).toBe('json');
  expect(Subject).toBe('ALARM: "shop-failures" in EU (Ireland)');
  expect(document).toEqual({
    AlarmName: 'shop-failures',
    AlarmDescription: null,
    AWSAccountId: '123456789012',
    AlarmConfigurationUpdatedTimestamp: '2026-11-20T00:00:00.000+0000',
    NewStateValue: 'ALARM',
    NewStateReason: 'Because.',
    StateChangeTime: '2026-11-21T06:35:07.089+0000',
    Region: 'EU (Ireland)',
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-failures',
    OldStateValue: 'OK',
    OKActions: [],
    AlarmActions: ['arn:aws:sns:eu-west-1:123456789012:ops'],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: 'Failed',
      Namespace: 'Shop',
      StatisticType: 'Statistic',
      Statistic: 'SUM',
      Unit: null,
      Dimensions: [{ name: 'Shop', value: 'Bern' }],
      Period: 300,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 5,
      TreatMissingData: 'missing',
      EvaluateLowSampleCountPercentile: '',
    },
  });
});

test('the message of an alarm on an expression lists every metric of the expression', () => {
  const measures = [
    { id: 'part', returnData: false, metric: errors('Sum') },
    { id: 'percent', label: 'percent', returnData: true, expression: '100 * part' },
  ];
  const { document, email } = told({ measures });
  expect(document.Trigger).toMatchObject({
    Period: 300,
    Metrics: [
      {
        Id: 'part',
        MetricStat: {
          Metric: {
            Dimensions: [{ name: 'Shop', value: 'Bern' }],
            MetricName: 'Failed',
            Namespace: 'Shop',
          },
          Period: 300,
          Stat: 'Sum',
        },
        ReturnData: false,
      },
      { Expression: '100 * part', Id: 'percent', Label: 'percent', ReturnData: true },
    ],
  });
  expect(document.Trigger).not.toHaveProperty('MetricName');
  expect(email).toContain('- part: Sum of Shop Failed [Shop = Bern]\n- percent: 100 * part\n');
});

test('people get a readable mail', () => {
  const { email } = told({ description: 'Look at the log.' });
  expect(email.split('\n')[0]).toBe(
    'You are receiving this email because your Amazon CloudWatch Alarm "shop-failures" in the EU (Ireland) region has entered the ALARM state, because "Because." at "Saturday 21 November, 2026 06:35:07 UTC".',
  );
  expect(email).toContain(
    '- Description:                Look at the log.\n- State Change:               OK -> ALARM',
  );
  expect(email).toContain(
    'when the metric is GreaterThanThreshold 5.0 for at least 2 of the last 3 period(s) of 300 seconds.',
  );
  expect(email).toContain('- ALARM: [arn:aws:sns:eu-west-1:123456789012:ops]\n- INSUFFICIENT_DATA:');
});

test('a name that is too long for a subject is cut, and a region without a name keeps its code', () => {
  const name = 'x'.repeat(200);
  expect(told({ name }).Subject).toHaveLength(100);
  const arn = 'arn:aws:cloudwatch:mx-central-1:123456789012:alarm:shop-failures';
  expect(told({ arn }).Subject).toBe('ALARM: "shop-failures" in mx-central-1');
});
