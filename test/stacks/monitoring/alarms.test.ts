import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DELIVERED, WITH_API } from '../endpoints';
import { readable, synthesize, type TerraformJson } from '../synthesized';
import { type Metric, unknown } from './known-metrics';

interface Query {
  id: string;
  metric?: {
    namespace: string;
    metric_name: string;
    dimensions: Record<string, string>;
    stat: string;
    period: number;
  };
  expression?: string;
  return_data: boolean;
}

interface Alarm {
  alarm_name: string;
  alarm_description: string;
  alarm_actions: string[];
  ok_actions: string[];
  insufficient_data_actions?: string[];
  comparison_operator: string;
  threshold: number;
  evaluation_periods: number;
  datapoints_to_alarm: number;
  treat_missing_data: string;
  namespace?: string;
  metric_name?: string;
  dimensions?: Record<string, string>;
  statistic?: string;
  period?: number;
  metric_query?: Query[];
}

const alarmsOf = ({ resource }: TerraformJson) =>
  Object.values(resource['aws_cloudwatch_metric_alarm']!) as unknown as Alarm[];

const stack = synthesize();
const alarms = alarmsOf(stack);
const named = (name: string) =>
  readable(alarms.find(({ alarm_name }) => alarm_name === `thumbnail-workflow-${name}`));

/** What it goes off at, in one line. */
function rule(alarm: Alarm): string {
  const [first] = alarm.metric_query ?? [];
  const what = alarm.metric_query
    ? alarm.metric_query
        .find(({ return_data }) => return_data)!
        .expression!.replace(
          /^FILL\(m0, 0\)$/,
          `FILL(${first?.metric?.stat} ${first?.metric?.namespace} ${first?.metric?.metric_name}, 0)`,
        )
    : `${alarm.statistic} ${alarm.namespace} ${alarm.metric_name}`;
  return `${what} >= ${alarm.threshold}, ${alarm.datapoints_to_alarm} of ${alarm.evaluation_periods}, ${alarm.treat_missing_data}`;
}

test('there are exactly these alarms', () => {
  const rules = alarms.map((alarm) => [alarm.alarm_name.replace('thumbnail-workflow-', ''), rule(alarm)]);
  const errors = 'IF(FILL(whole, 0) >= 5, 100 * FILL(part, 0) / FILL(whole, 1), 0)';
  expect(Object.fromEntries(rules)).toEqual({
    'failure-ratio':
      'IF(FILL(whole, 0) >= 5, 100 * FILL(part, 0) / FILL(whole, 1), 0) >= 25, 1 of 1, notBreaching',
    'executions-timed-out': 'FILL(Sum AWS/States ExecutionsTimedOut, 0) >= 1, 1 of 1, notBreaching',
    'stuck-records': 'Maximum ThumbnailWorkflow StuckRecords >= 1, 3 of 3, missing',
    'dead-letters': 'FILL(Maximum AWS/SQS ApproximateNumberOfMessagesVisible, 0) >= 1, 1 of 1, notBreaching',
    'failures-queue':
      'FILL(Maximum AWS/SQS ApproximateNumberOfMessagesVisible, 0) >= 1, 1 of 1, notBreaching',
    'undeliverable-events-created':
      'FILL(Sum AWS/Events InvocationsFailedToBeSentToDlq, 0) >= 1, 1 of 1, notBreaching',
    'undeliverable-events-deleted':
      'FILL(Sum AWS/Events InvocationsFailedToBeSentToDlq, 0) >= 1, 1 of 1, notBreaching',
    'backlog-age': 'FILL(Maximum AWS/SQS ApproximateAgeOfOldestMessage, 0) >= 3600, 1 of 1, notBreaching',
    'backlog-waits': 'FILL(Maximum ThumbnailWorkflow BacklogAge, 0) >= 3600, 1 of 1, notBreaching',
    throttles:
      'FILL(m0, 0) + FILL(m1, 0) + FILL(m2, 0) + FILL(m3, 0) + FILL(m4, 0) + FILL(m5, 0) + FILL(m6, 0) + FILL(m7, 0) >= 10, 6 of 6, notBreaching',
    'errors-validate': `${errors} >= 80, 1 of 1, notBreaching`,
    'errors-thumbnail': `${errors} >= 80, 1 of 1, notBreaching`,
    'errors-store-metadata': `${errors} >= 50, 1 of 1, notBreaching`,
    'errors-notify': `${errors} >= 50, 1 of 1, notBreaching`,
    'errors-quarantine': `${errors} >= 50, 1 of 1, notBreaching`,
    'errors-remove': `${errors} >= 50, 1 of 1, notBreaching`,
    'errors-resume': `${errors} >= 50, 1 of 1, notBreaching`,
    'errors-watch': 'FILL(Sum AWS/Lambda Errors, 0) >= 1, 3 of 3, notBreaching',
  });
});

describe('an alarm', () => {
  test('on one metric counts a period without a value as 0, and has exactly these arguments', () => {
    expect(named('dead-letters')).toEqual({
      alarm_name: 'thumbnail-workflow-dead-letters',
      alarm_description: expect.stringContaining('Run: npm run redrive -- --queue dead-letters --dry-run .'),
      metric_query: [
        {
          id: 'm0',
          metric: {
            namespace: 'AWS/SQS',
            metric_name: 'ApproximateNumberOfMessagesVisible',
            dimensions: { QueueName: '<object-events_dead-letter-queue.name>' },
            stat: 'Maximum',
            period: 300,
          },
          return_data: false,
        },
        { id: 'total', expression: 'FILL(m0, 0)', label: 'total', return_data: true },
      ],
      comparison_operator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      evaluation_periods: 1,
      datapoints_to_alarm: 1,
      treat_missing_data: 'notBreaching',
      alarm_actions: ['<operations-topic.arn>'],
      ok_actions: ['<operations-topic.arn>'],
    });
  });

  test('on a metric that always has values asks for it alone', () => {
    expect(named('stuck-records')).toMatchObject({
      namespace: 'ThumbnailWorkflow',
      metric_name: 'StuckRecords',
      dimensions: { Workflow: 'thumbnail-workflow' },
      statistic: 'Maximum',
      period: 300,
      treat_missing_data: 'missing',
    });
  });

  test('on a percentage counts as 0 below a minimum, because a percentage of few says little', () => {
    const metric = {
      namespace: 'ThumbnailWorkflow',
      metric_name: 'Failed',
      dimensions: { Workflow: 'thumbnail-workflow' },
      period: 300,
    };
    expect(named('failure-ratio')?.metric_query).toEqual([
      { id: 'part', metric: { ...metric, stat: 'Sum' }, return_data: false },
      { id: 'whole', metric: { ...metric, stat: 'SampleCount' }, return_data: false },
      {
        id: 'percent',
        expression: 'IF(FILL(whole, 0) >= 5, 100 * FILL(part, 0) / FILL(whole, 1), 0)',
        label: 'percent',
        return_data: true,
      },
    ]);
  });

  test('on throttles adds up those of every function', () => {
    const queries = named('throttles')?.metric_query ?? [];
    expect(queries.at(-1)).toEqual({
      id: 'total',
      expression:
        'FILL(m0, 0) + FILL(m1, 0) + FILL(m2, 0) + FILL(m3, 0) + FILL(m4, 0) + FILL(m5, 0) + FILL(m6, 0) + FILL(m7, 0)',
      label: 'total',
      return_data: true,
    });
    const functions = Object.keys(readable(stack.resource['aws_lambda_function']!)).map(
      (id) => `<${id.replace(/_[0-9A-F]{8}$/, '')}.function_name>`,
    );
    const counted = queries.slice(0, -1).map(({ metric }) => metric);
    expect(counted.map((metric) => metric?.dimensions['FunctionName']).sort()).toEqual(functions.sort());
    for (const metric of counted) expect(metric).toMatchObject({ metric_name: 'Throttles', stat: 'Sum' });
  });
});

/** Backfills have one alarm of their own. */
const open = synthesize({ ...WITH_API, backfill: { enabled: true } });
const endpointAlarms = alarmsOf(open).filter(
  ({ alarm_name }) => !alarms.some((alarm) => alarm.alarm_name === alarm_name),
);

test('the endpoints have these alarms too', () => {
  const share =
    'IF(FILL(whole, 0) >= 5, 100 * FILL(part, 0) / FILL(whole, 1), 0) >= 50, 1 of 1, notBreaching';
  expect(
    endpointAlarms
      .map((alarm) => [alarm.alarm_name.replace('thumbnail-workflow-', ''), rule(alarm)])
      .filter(([name]) => name !== 'backfill-failed'),
  ).toEqual([
    ['errors-api', share],
    ['errors-render', share],
    ['refused-requests', 'FILL(m0, 0) + FILL(m1, 0) + FILL(m2, 0) >= 10, 1 of 1, notBreaching'],
  ]);
  const parts = (name: string) =>
    readable(endpointAlarms.find(({ alarm_name }) => alarm_name.endsWith(name)))?.metric_query?.flatMap(
      ({ metric }) => (metric ? [[metric.metric_name, ...Object.values(metric.dimensions)]] : []),
    );
  expect(parts('errors-api')).toEqual([
    ['5xx', '<upload-api.id>'],
    ['Count', '<upload-api.id>'],
  ]);
  expect(parts('errors-render')).toEqual([
    ['Url5xxCount', '<render-function.function_name>'],
    ['UrlRequestCount', '<render-function.function_name>'],
  ]);
  expect(parts('refused-requests')).toEqual(
    ['render', 'create-upload', 'get-image'].map((name) => ['Throttles', `<${name}-function.function_name>`]),
  );
});

test('a distribution alone adds no alarm: its metrics are in another region, and S3 behind it does not run out of capacity', () => {
  expect(alarmsOf(synthesize(DELIVERED)).map(({ alarm_name }) => alarm_name)).toEqual(
    alarms.map(({ alarm_name }) => alarm_name),
  );
});

const every = [...alarms, ...endpointAlarms];
const logGroups = Object.values(open.resource['aws_cloudwatch_log_group']!).map(({ name }) => name);
const { scripts } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8'));

describe.each(every.map((alarm) => [alarm.alarm_name, alarm] as const))('%s', (name, alarm) => {
  const metrics: Metric[] = alarm.metric_query
    ? alarm.metric_query.flatMap(({ metric }) => (metric ? [{ ...metric, name: metric.metric_name }] : []))
    : [{ namespace: alarm.namespace!, name: alarm.metric_name!, dimensions: alarm.dimensions! }];

  test('notifies the operations topic, and no other, when it goes off and when it is over', () => {
    const { alarm_actions, ok_actions, insufficient_data_actions = [] } = readable(alarm);
    expect([alarm_actions, ok_actions]).toEqual([['<operations-topic.arn>'], ['<operations-topic.arn>']]);
    expect(insufficient_data_actions).toEqual(
      // Its metric has a value every five minutes: none is trouble.
      alarm.treat_missing_data === 'missing' ? ['<operations-topic.arn>'] : [],
    );
  });

  test('has a name that the policy of the topic allows to publish', () => {
    expect(name).toMatch(/^thumbnail-workflow-[a-z]+(-[a-z]+)*$/);
  });

  test('uses metrics that CloudWatch has for this stack', () => {
    expect(metrics.map((metric) => unknown(metric, open, 'thumbnail-workflow')).filter(Boolean)).toEqual([]);
    expect(metrics.length).toBeGreaterThan(0);
  });

  test('says what to look at first, has a command to paste, and names its runbook', () => {
    const [, command] =
      / Look first at .+\. Run: (.+) \. Runbook: docs\/operations\.md#[a-z-]+$/.exec(
        alarm.alarm_description,
      ) ?? [];
    const [program, verb, script = ''] = command!.split(' ');
    expect(['npm run', 'npx cdktf', 'aws logs', 'aws lambda']).toContain(`${program} ${verb}`);
    if (program === 'npm') expect(scripts).toHaveProperty([script]);
    const group = /\/aws\/\S+/.exec(command!)?.[0];
    if (group) expect(logGroups).toContain(group);
    expect(alarm.alarm_description.length).toBeLessThanOrEqual(1024);
    expect(alarm.alarm_description).not.toMatch(/[$%]\{/);
  });
});

test('every alarm has its section in docs/operations.md, and every section its alarm', () => {
  const text = readFileSync(join(__dirname, '../../../docs/operations.md'), 'utf8');
  const [, section = ''] = /^## Alarms$(.*?)^## /ms.exec(text) ?? [];
  const headings = [...section.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);
  const runbooks = every.map(({ alarm_description }) => alarm_description.split('#').at(-1));
  expect([...new Set(runbooks)].sort()).toEqual(headings.sort());
});

test('two stacks of one account have metrics of their own', () => {
  const metrics = alarmsOf(synthesize({ namePrefix: 'pics' })).flatMap((alarm) => [
    alarm,
    ...(alarm.metric_query ?? []).flatMap(({ metric }) => metric ?? []),
  ]);
  const dimensions = metrics
    .filter(({ namespace }) => namespace === 'ThumbnailWorkflow')
    .map((metric) => metric.dimensions);
  expect(dimensions).toEqual(Array(4).fill({ Workflow: 'pics' }));
});
