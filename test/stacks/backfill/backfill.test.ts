import { only, readable, synthesize } from '../synthesized';

const [off, on] = [synthesize({}), synthesize({ backfill: { enabled: true, inventoryBucket: 'reports' } })];

const addresses = ({ resource }: typeof on) =>
  Object.entries(resource).flatMap(([type, blocks]) => Object.keys(blocks).map((name) => `${type}.${name}`));

/** What a synth adds that has the setting; it takes nothing away. */
test('the setting adds one function and one state machine, with a role each', () => {
  const before = new Set(addresses(off));
  expect([...before].filter((address) => !addresses(on).includes(address))).toEqual([]);
  expect(
    addresses(on)
      .filter((address) => !before.has(address))
      .map((address) => address.replace(/_[0-9A-F]{8}$/, ''))
      .sort(),
  ).toEqual([
    'aws_cloudwatch_log_group.backfill-function_logs',
    'aws_cloudwatch_metric_alarm.monitoring_backfill-failed_alarm',
    'aws_iam_role.backfill-function_role',
    'aws_iam_role.backfill_role',
    'aws_iam_role_policy.backfill-function_role_policy',
    'aws_iam_role_policy.backfill_role_policy',
    'aws_lambda_function.backfill-function',
    'aws_sfn_state_machine.backfill_state-machine',
  ]);
});

test('its role may do no more than a Distributed Map needs', () => {
  const { statement } = readable(
    only(on.data['aws_iam_policy_document'], 'backfill_role_permissions'),
  ) as unknown as { statement: { sid: string; actions: string[]; resources: string[] }[] };
  const states = (resource: string) => `arn:aws:states:us-east-1:<account.account_id>:${resource}`;
  expect(statement.map(({ sid, actions, resources }) => [sid, actions.join(' '), ...resources])).toEqual([
    ['RunTheFunction', 'lambda:InvokeFunction', '<backfill-function.arn>:*'],
    ['ListObjects', 's3:ListBucket', '<uploads-bucket.arn>'],
    ['ReadInventories', 's3:GetObject', 'arn:aws:s3:::reports/*'],
    [
      'WriteTheReport',
      's3:PutObject s3:GetObject s3:ListMultipartUploadParts s3:AbortMultipartUpload',
      '<quarantine-bucket.arn>/backfill/*',
    ],
    ['StartChildren', 'states:StartExecution', states('stateMachine:thumbnail-workflow-backfill')],
    [
      'WatchAndStopChildren',
      'states:DescribeExecution states:StopExecution',
      states('execution:thumbnail-workflow-backfill:*'),
    ],
    ['RedriveChildren', 'states:RedriveExecution', states('execution:thumbnail-workflow-backfill/*:*')],
    ['TellOfTheEnd', 'sns:Publish', '<operations-topic.arn>'],
  ]);
});

test('the hash of the settings changes with what decides the outcome of an image, and with nothing else', () => {
  const hashOf = (settings: object) =>
    synthesize({ backfill: { enabled: true }, ...settings }).output['backfill_settings']!['value'];
  const usual = hashOf({});
  expect(hashOf({ logs: { retentionDays: 90 } })).toBe(usual);
  for (const settings of [
    { limits: { side: 9_000 } },
    { accept: ['jpeg'] },
    { output: { background: '#000000' } },
    { presets: [{ name: 'default', variants: [{ name: 'small', width: 100 }] }] },
  ]) {
    expect(hashOf(settings)).not.toBe(usual);
  }
});

test('a concurrency that leaves uploads less than half of the reservation is refused', () => {
  const functions = { thumbnail: { reservedConcurrency: 20 } };
  expect(() => synthesize({ backfill: { enabled: true, concurrency: 10 }, functions })).not.toThrow();
  expect(() => synthesize({ backfill: { enabled: true, concurrency: 11 }, functions })).toThrow(
    /backfill\.concurrency: expected at most half of functions\.thumbnail\.reservedConcurrency, which is 20, received 11/,
  );
  expect(() => synthesize({ backfill: { inventoryBucket: 'reports' } })).toThrow(/backfill\.enabled/);
});
