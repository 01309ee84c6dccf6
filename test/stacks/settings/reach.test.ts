import { settingsReference } from '../../../stacks/settings/reference';
import { only, readable, synthesize, type TerraformJson } from '../synthesized';

const lambda = (json: TerraformJson, name: string) =>
  only(json.resource['aws_lambda_function'], `${name}-function`);
const environment = (json: TerraformJson, name: string) => lambda(json, name)['environment'].variables;
const endpoints = (json: TerraformJson, topic: string) =>
  Object.values(readable(json.resource['aws_sns_topic_subscription'] ?? {}))
    .filter((subscription) => subscription['topic_arn'] === `<${topic}.arn>`)
    .map((subscription) => subscription['endpoint']);
const keysIn = (json: TerraformJson) =>
  Object.values(json.resource['aws_cloudwatch_event_rule']!).map(
    (rule) => JSON.parse(rule['event_pattern']).detail.object.key,
  );
const machine = (json: TerraformJson) => only(json.resource['aws_sfn_state_machine']);
const taskTimeout = (json: TerraformJson, state: string) =>
  JSON.parse(machine(json)['definition']).States[state].TimeoutSeconds;
const retentions = (json: TerraformJson) => [
  ...new Set(
    Object.values(json.resource['aws_cloudwatch_log_group']!).map((group) => group['retention_in_days']),
  ),
];

const presets = [
  {
    name: 'web',
    prefix: '',
    variants: [
      { name: 'large', width: 1, height: 2, fit: 'cover', format: 'webp', quality: 3 },
      { name: 'wide', width: 9, fit: 'fill', format: 'png', quality: 4 },
    ],
  },
];

const size = (key: string, name: string): typeof REACH => [
  [`functions.${key}.memoryMb`, 2048, (json) => lambda(json, name)['memory_size'], 2048],
  [
    `functions.${key}.reservedConcurrency`,
    9,
    (json) => lambda(json, name)['reserved_concurrent_executions'],
    9,
  ],
];

/** Setting, value, where it must show in the synthesized stack, and as what. */
const REACH: [setting: string, value: unknown, read: (json: TerraformJson) => unknown, seen: unknown][] = [
  ['namePrefix', 'pics', (json) => machine(json)['name'], 'pics'],
  ['region', 'eu-west-1', (json) => json.provider['aws']![0]!['region'], 'eu-west-1'],
  ['tags', { team: 'web' }, (json) => json.provider['aws']![0]!['default_tags'][0].tags, { team: 'web' }],
  [
    'notifications.processed',
    ['a@example.com'],
    (json) => endpoints(json, 'processed-topic'),
    ['a@example.com'],
  ],
  ['notifications.errors', ['b@example.com'], (json) => endpoints(json, 'errors-topic'), ['b@example.com']],
  [
    'uploads.prefix',
    'in/',
    (json) => keysIn(json).map((keys) => keys[0]),
    [{ wildcard: 'in/*.jpg' }, { wildcard: 'in/*.jpg' }],
  ],
  [
    'uploads.suffixes',
    ['jpe'],
    keysIn,
    [[{ suffix: { 'equals-ignore-case': '.jpe' } }], [{ suffix: { 'equals-ignore-case': '.jpe' } }]],
  ],
  ['presets', presets, (json) => JSON.parse(environment(json, 'validate').PRESETS), presets],
  ['presets', presets, (json) => JSON.parse(environment(json, 'thumbnail').PRESETS), presets],
  ['accept', ['png', 'avif'], (json) => environment(json, 'validate').ACCEPTED_FORMATS, 'png,avif'],
  ['accept', ['png', 'avif'], (json) => environment(json, 'thumbnail').ACCEPTED_FORMATS, 'png,avif'],
  ...['validate', 'thumbnail'].flatMap((name): typeof REACH => [
    ['limits.bytes', 11, (json) => environment(json, name).MAX_BYTES, '11'],
    ['limits.pixels', 12, (json) => environment(json, name).MAX_PIXELS, '12'],
    ['limits.side', 13, (json) => environment(json, name).MAX_SIDE, '13'],
    ['limits.frames', 14, (json) => environment(json, name).MAX_FRAMES, '14'],
  ]),
  ['output.cacheControl', 'no-store', (json) => environment(json, 'thumbnail').CACHE_CONTROL, 'no-store'],
  ['output.background', '#102030', (json) => environment(json, 'thumbnail').BACKGROUND, '#102030'],
  ['logs.retentionDays', 7, retentions, [7]],
  ['logs.level', 'DEBUG', (json) => lambda(json, 'notify')['logging_config'].application_log_level, 'DEBUG'],
  [
    'logs.executionData',
    false,
    (json) => machine(json)['logging_configuration'].include_execution_data,
    false,
  ],
  ...(
    [
      ['validate', 'validate', 'Validate'],
      ['thumbnail', 'thumbnail', 'Thumbnail'],
      ['storeMetadata', 'store-metadata', 'StoreMetadata'],
      ['notify', 'notify', 'Notify'],
      ['quarantine', 'quarantine', 'Quarantine'],
      ['remove', 'remove', 'Remove'],
    ] as const
  ).flatMap(([key, name, state]): typeof REACH => [
    ...size(key, name),
    [`functions.${key}.timeoutSeconds`, 2, (json) => lambda(json, name)['timeout'], 2],
    [`functions.${key}.timeoutSeconds`, 2, (json) => taskTimeout(json, state), 5],
  ]),
  ...size('resume', 'resume'),
  [
    'backlog.concurrency',
    50,
    (json) => only(json.resource['aws_lambda_event_source_mapping'])['scaling_config'].maximum_concurrency,
    50,
  ],
  ['records.tombstoneDays', 7, (json) => environment(json, 'remove').TOMBSTONE_DAYS, '7'],
  [
    'emptyBucketsOnDestroy',
    true,
    (json) => Object.values(json.resource['aws_s3_bucket']!).map((bucket) => bucket['force_destroy']),
    [true, true, true],
  ],
  [
    'pointInTimeRecovery',
    false,
    (json) => only(json.resource['aws_dynamodb_table'])['point_in_time_recovery'].enabled,
    false,
  ],
];

/** `{ limits: { side: 3 } }` from `limits.side` and 3. */
const nested = (path: string, value: unknown): Record<string, unknown> =>
  path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;

const standard = synthesize();

test.each(REACH)('%s reaches the stack', (setting, value, read, seen) => {
  expect(read(standard)).not.toEqual(seen);
  expect(read(synthesize(nested(setting, value)))).toEqual(seen);
});

test('every documented setting is in the table above', () => {
  const documented = [...settingsReference().matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);
  const tested = new Set(REACH.map(([setting]) => setting));
  const missing = documented.filter((setting) => !tested.has(setting.replace(/\[\].*/, '')));
  expect(missing).toEqual(['$schema']);
});
