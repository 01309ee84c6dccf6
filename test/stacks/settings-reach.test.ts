import { SIGNED } from '../../scripts/everything';
import { settingsReference } from '../../stacks/settings/reference';
import { EAGER_AND_LAZY } from './endpoints';
import { only, readable, synthesize, type TerraformJson } from './synthesized';

const lambda = (json: TerraformJson, name: string) =>
  only(json.resource['aws_lambda_function'], `${name}-function`);
const environment = (json: TerraformJson, name: string) => lambda(json, name)['environment'].variables;
const endpoints = (json: TerraformJson, topic: string) =>
  Object.values(readable(json.resource['aws_sns_topic_subscription'] ?? {}))
    .filter((subscription) => subscription['topic_arn'] === `<${topic}.arn>`)
    .map((subscription) => subscription['endpoint']);
const keysIn = (json: TerraformJson) =>
  Object.values(json.resource['aws_cloudwatch_event_rule']!)
    .filter((rule) => rule['event_pattern'])
    .map((rule) => JSON.parse(rule['event_pattern']).detail.object.key);
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
    placeholders: true,
    exif: ['takenAt', 'gps'],
    variants: [
      { name: 'large', width: 1, height: 2, fit: 'cover', position: 'attention', format: 'webp', quality: 3 },
      { name: 'wide', width: 9, fit: 'inside', format: 'png', progressive: true },
    ],
  },
];

const MOVING = [
  { name: 'web', prefix: '', variants: [{ name: 'small', width: 9, format: 'webp', animated: true }] },
];

/** Each value of an attribute in the blocks of a type, once. */
const each = (json: TerraformJson, type: string, attribute: string): unknown[] => {
  const blocks = Object.values(readable(json.resource[type]!));
  return [...new Set(blocks.map((block) => JSON.stringify(block[attribute] ?? null)))].map((value) =>
    JSON.parse(value),
  );
};
const rulesOf = (json: TerraformJson, bucket: string) =>
  only(json.resource['aws_s3_bucket_lifecycle_configuration'], `${bucket}-bucket`)['rule'];
/** What a function may do something to. */
const resourcesOf = (json: TerraformJson, name: string, action: string): unknown[] =>
  only(json.data['aws_iam_policy_document'], `${name}-function_role_permissions`)
    ['statement'].filter(({ actions }: { actions: string[] }) => actions.includes(action))
    .flatMap(({ resources }: { resources: string[] }) => resources);
const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d';
const backend = { bucket: 'states' };
const stateAt = (json: TerraformJson) => json.terraform['backend'].s3;

const alarm = (json: TerraformJson, name: string) =>
  only(json.resource['aws_cloudwatch_metric_alarm'], `monitoring_${name}_alarm`);
const expression = (json: TerraformJson, name: string) => alarm(json, name)['metric_query'][2].expression;

const size = (key: string, name: string): typeof REACH => [
  [`functions.${key}.memoryMb`, 2048, (json) => lambda(json, name)['memory_size'], 2048],
  [
    `functions.${key}.reservedConcurrency`,
    9,
    (json) => lambda(json, name)['reserved_concurrent_executions'],
    9,
    { backlog: { concurrency: 5 } },
  ],
];

const BACKFILL = { backfill: { enabled: true } };
const backfillOf = (json: TerraformJson) =>
  Object.values(json.resource['aws_sfn_state_machine']!).find(({ type }) => type === 'STANDARD');
const maybeLambda = (json: TerraformJson, name: string) =>
  Object.entries(json.resource['aws_lambda_function']!).find(([id]) =>
    id.startsWith(`${name}-function`),
  )?.[1];
const output = (json: TerraformJson, name: string) => json.output[name]?.['value'];

const found = (json: TerraformJson, type: string) => Object.values(readable(json.resource[type] ?? {}));
const distribution = (json: TerraformJson) => found(json, 'aws_cloudfront_distribution')[0] ?? {};
const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b';
const WEB_ACL = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/0a1b';
const ORIGINS = ['https://app.example.com'];
const ANSWERING = { memoryMb: 2048, timeoutSeconds: 2, reservedConcurrency: 9 };

/** All settings of the endpoints at once: each row looks at its own, and one synthesis serves them all. */
const OPEN = {
  presets: EAGER_AND_LAZY,
  delivery: {
    enabled: true,
    domain: { name: 'i.example.com', certificateArn },
    priceClass: 'PriceClass_All',
    webAclArn: WEB_ACL,
    accessLogsBucket: 'logs',
    corsOrigins: ORIGINS,
    ...SIGNED,
    signing: { ...SIGNED.signing, privateKeyParameter: '/mine/key', kmsKeyArn: KEY_ARN, urlSeconds: 600 },
  },
  uploadApi: {
    enabled: true,
    jwt: { issuer: 'https://id.example.com', audience: ['mine'] },
    corsOrigins: ORIGINS,
    uploadSeconds: 60,
    allowForms: true,
    throttling: { ratePerSecond: 7, burst: 7 },
  },
  functions: { render: ANSWERING, createUpload: ANSWERING, getImage: ANSWERING },
};
/** Nothing in the standard stack, which has no API. */
const signingOf = (json: TerraformJson): Record<string, string> =>
  found(json, 'aws_lambda_function').find((block) => block['function_name'].endsWith('-get-image'))?.[
    'environment'
  ].variables ?? {};
const stage = (json: TerraformJson) => found(json, 'aws_apigatewayv2_stage')[0]?.['default_route_settings'];

/** A function that the standard stack does not have. */
const answering = (key: string, name: string): typeof REACH =>
  (
    [
      ['memoryMb', 2048, 'memory_size'],
      ['timeoutSeconds', 2, 'timeout'],
      ['reservedConcurrency', 9, 'reserved_concurrent_executions'],
    ] as const
  ).map(([setting, value, attribute]): (typeof REACH)[number] => [
    `functions.${key}.${setting}`,
    value,
    (json) =>
      found(json, 'aws_lambda_function').find((one) => one['function_name'].endsWith(`-${name}`))?.[
        attribute
      ],
    value,
    OPEN,
  ]);

/** Setting, value, where it must show in the synthesized stack, as what, and what else has to be set with it. */
const REACH: [
  setting: string,
  value: unknown,
  read: (json: TerraformJson) => unknown,
  seen: unknown,
  given?: Record<string, unknown>,
][] = [
  [
    'notifications.runbookUrl',
    'https://git.example/operations.md',
    (json) => [
      environment(json, 'quarantine').RUNBOOK_URL,
      alarm(json, 'failure-ratio')['alarm_description'].split(' ').at(-1),
      / Runbook: (\S+)/.exec(machine(json)['definition'])?.[1],
    ],
    [
      'https://git.example/operations.md',
      'https://git.example/operations.md#failure-ratio',
      'https://git.example/operations.md#errors-quarantine',
    ],
  ],
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
    'notifications.operations',
    ['c@example.com'],
    (json) => endpoints(json, 'operations-topic'),
    ['c@example.com'],
  ],
  [
    'notifications.events',
    true,
    (json) => [
      environment(json, 'notify').EVENTS,
      JSON.parse(machine(json)['definition']).States.Notify.Next,
      readable(only(json.data['aws_iam_policy_document'], 'state-machine_role_permissions'))[
        'statement'
      ].find(({ sid }: { sid: string }) => sid === 'AnnounceOutcomes'),
    ],
    [
      'on',
      'AnnounceReady',
      {
        sid: 'AnnounceOutcomes',
        actions: ['events:PutEvents'],
        resources: ['arn:aws:events:us-east-1:<account.account_id>:event-bus/default'],
        condition: [{ test: 'StringEquals', variable: 'events:source', values: ['thumbnail-workflow'] }],
      },
    ],
  ],
  ['uploads.prefix', 'in/', keysIn, [[{ prefix: 'in/' }], [{ prefix: 'in/' }]]],
  [
    'uploads.suffixes',
    ['jpe'],
    keysIn,
    [[{ suffix: { 'equals-ignore-case': '.jpe' } }], [{ suffix: { 'equals-ignore-case': '.jpe' } }]],
  ],
  [
    'uploads.suffixes',
    ['jpe'],
    (json) => JSON.parse(machine(json)['definition']).States.Route.Choices[1].And[1],
    {
      Not: {
        Or: ['jpe', 'JPE', 'Jpe'].map((ending) => ({
          Variable: '$.detail.object.key',
          StringMatches: `*.${ending}`,
        })),
      },
    },
    { uploads: { prefix: 'in/' } },
  ],
  [
    'uploads.existingBucket',
    'photos',
    (json) => Object.values(json.data['aws_s3_bucket'] ?? {}).map((bucket) => bucket['bucket']),
    ['photos'],
  ],
  [
    'uploads.manageNotifications',
    true,
    (json) => Object.values(readable(json.resource['aws_s3_bucket_notification'] ?? {})),
    [{ bucket: '<uploads-bucket.bucket>', eventbridge: true }],
    { uploads: { existingBucket: 'photos' } },
  ],
  ...['validate', 'thumbnail', 'quarantine'].map((name): (typeof REACH)[number] => [
    'uploads.kmsKeyArn',
    KEY_ARN,
    (json) => resourcesOf(json, name, 'kms:Decrypt'),
    [KEY_ARN],
    { uploads: { existingBucket: 'photos' } },
  ]),
  [
    'thumbnails.bucket',
    'uploads',
    (json) => readable(environment(json, 'thumbnail').THUMBNAILS_BUCKET),
    '<uploads-bucket.bucket>',
    { uploads: { prefix: 'in/' }, thumbnails: { prefix: 'out/' } },
  ],
  ...['validate', 'thumbnail', 'store-metadata', 'quarantine', 'remove'].map(
    (name): (typeof REACH)[number] => [
      'thumbnails.prefix',
      'out/',
      (json) => environment(json, name).THUMBNAILS_PREFIX,
      'out/',
    ],
  ),
  ...['validate', 'thumbnail'].flatMap((name): typeof REACH => [
    ['sizeFromName.enabled', true, (json) => environment(json, name).MAX_SIDE_FROM_NAME, '2000'],
    [
      'sizeFromName.maxSide',
      500,
      (json) => environment(json, name).MAX_SIDE_FROM_NAME,
      '500',
      { sizeFromName: { enabled: true } },
    ],
    ['output.background', '#102030', (json) => environment(json, name).BACKGROUND, '#102030'],
  ]),
  ['presets', presets, (json) => JSON.parse(environment(json, 'validate').PRESETS), presets],
  ['presets', presets, (json) => JSON.parse(environment(json, 'thumbnail').PRESETS), presets],
  ['accept', ['png', 'avif'], (json) => environment(json, 'validate').ACCEPTED_FORMATS, 'png,avif'],
  ['accept', ['png', 'avif'], (json) => environment(json, 'thumbnail').ACCEPTED_FORMATS, 'png,avif'],
  ...['validate', 'thumbnail'].flatMap((name): typeof REACH => [
    ['limits.bytes', 11, (json) => environment(json, name).MAX_BYTES, '11'],
    ['limits.pixels', 12, (json) => environment(json, name).MAX_PIXELS, '12'],
    ['limits.side', 13, (json) => environment(json, name).MAX_SIDE, '13'],
    [
      'limits.animatedPixels',
      14,
      (json) => environment(json, name).MAX_ANIMATED_PIXELS,
      '14',
      { presets: MOVING },
    ],
  ]),
  ['output.cacheControl', 'no-store', (json) => environment(json, 'thumbnail').CACHE_CONTROL, 'no-store'],
  ['delivery.enabled', true, (json) => found(json, 'aws_cloudfront_distribution').length, 1],
  ...(
    [
      ['domain', { name: 'i.example.com', certificateArn }, 'aliases', ['i.example.com']],
      ['priceClass', 'PriceClass_All', 'price_class', 'PriceClass_All'],
      ['webAclArn', WEB_ACL, 'web_acl_id', WEB_ACL],
      [
        'accessLogsBucket',
        'logs',
        'logging_config',
        { bucket: 'logs.s3.amazonaws.com', prefix: 'thumbnail-workflow-us-east-1/', include_cookies: false },
      ],
    ] as [string, unknown, string, unknown][]
  ).map(([setting, value, attribute, seen]): (typeof REACH)[number] => [
    `delivery.${setting}`,
    value,
    (json) => distribution(json)[attribute],
    seen,
    OPEN,
  ]),
  [
    'delivery.viewers',
    'signed',
    (json) => distribution(json)['default_cache_behavior']?.trusted_key_groups,
    ['<delivery_viewers_group.id>'],
    OPEN,
  ],
  [
    'delivery.signing.publicKeys',
    SIGNED.signing.publicKeys,
    (json) => found(json, 'aws_cloudfront_public_key').map(({ encoded_key }) => encoded_key),
    SIGNED.signing.publicKeys,
    OPEN,
  ],
  [
    'delivery.signing.privateKeyParameter',
    '/mine/key',
    (json) => signingOf(json)['SIGNING_KEY_PARAMETER'],
    '/mine/key',
    OPEN,
  ],
  [
    'delivery.signing.kmsKeyArn',
    KEY_ARN,
    (json) => 'SIGNING_KEY_IDS' in signingOf(json) && resourcesOf(json, 'get-image', 'kms:Decrypt'),
    [KEY_ARN],
    OPEN,
  ],
  ['delivery.signing.urlSeconds', 600, (json) => signingOf(json)['SIGNED_URL_SECONDS'], '600', OPEN],
  [
    'delivery.domain.name',
    'i.example.com',
    (json) => json.output['delivery_url']?.['value'],
    'https://i.example.com',
    OPEN,
  ],
  [
    'delivery.domain.certificateArn',
    certificateArn,
    (json) => distribution(json)['viewer_certificate']?.acm_certificate_arn,
    certificateArn,
    OPEN,
  ],
  [
    'delivery.corsOrigins',
    ORIGINS,
    (json) =>
      found(json, 'aws_cloudfront_response_headers_policy')[0]?.['cors_config'].access_control_allow_origins
        .items,
    ORIGINS,
    OPEN,
  ],
  [
    'delivery.baseUrl',
    'https://cdn.example.com',
    (json) => environment(json, 'thumbnail').DELIVERY_URL,
    'https://cdn.example.com',
  ],
  ['uploadApi.enabled', true, (json) => found(json, 'aws_apigatewayv2_api').length, 1, OPEN],
  ...(
    [
      ['issuer', 'https://id.example.com'],
      ['audience', ['mine']],
    ] as const
  ).map(([setting, value]): (typeof REACH)[number] => [
    `uploadApi.jwt.${setting}`,
    value,
    (json) => found(json, 'aws_apigatewayv2_authorizer')[0]?.['jwt_configuration'][setting],
    value,
    OPEN,
  ]),
  [
    'uploadApi.corsOrigins',
    ORIGINS,
    (json) => found(json, 'aws_apigatewayv2_api')[0]?.['cors_configuration']?.allow_origins,
    ORIGINS,
    OPEN,
  ],
  [
    'uploadApi.corsOrigins',
    ORIGINS,
    (json) => found(json, 'aws_s3_bucket_cors_configuration')[0]?.['cors_rule'][0].allowed_origins,
    ORIGINS,
    OPEN,
  ],
  [
    'uploadApi.uploadSeconds',
    60,
    (json) =>
      found(json, 'aws_lambda_function').find((one) => one['function_name'].endsWith('-create-upload'))?.[
        'environment'
      ].variables.UPLOAD_SECONDS,
    '60',
    OPEN,
  ],
  [
    'uploadApi.allowForms',
    true,
    (json) => found(json, 'aws_s3_bucket_cors_configuration')[0]?.['cors_rule'][0].allowed_methods,
    ['PUT', 'POST'],
    OPEN,
  ],
  ['uploadApi.throttling.ratePerSecond', 7, (json) => stage(json)?.throttling_rate_limit, 7, OPEN],
  ['uploadApi.throttling.burst', 7, (json) => stage(json)?.throttling_burst_limit, 7, OPEN],
  ...answering('render', 'render'),
  ...answering('createUpload', 'create-upload'),
  ...answering('getImage', 'get-image'),
  ['logs.retentionDays', 7, retentions, [7]],
  ['logs.level', 'DEBUG', (json) => lambda(json, 'notify')['logging_config'].application_log_level, 'DEBUG'],
  [
    'logs.executionData',
    false,
    (json) => machine(json)['logging_configuration'].include_execution_data,
    false,
  ],
  [
    'logs.accessLogsBucket',
    'logs',
    (json) => found(json, 'aws_s3_bucket_logging').map((one) => [one['target_bucket'], one['target_prefix']]),
    ['quarantine', 'thumbnails', 'uploads'].map((name) => [
      'logs',
      `thumbnail-workflow-${name}-<account.account_id>-us-east-1/`,
    ]),
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
    [
      `functions.${key}.provisionedConcurrency`,
      3,
      (json) => Object.values(readable(json.resource['aws_lambda_provisioned_concurrency_config'] ?? {})),
      [
        {
          function_name: `<${name}-function.function_name>`,
          qualifier: `<${name}-function.version>`,
          provisioned_concurrent_executions: 3,
        },
      ],
    ],
  ]),
  [
    'functions.thumbnail.reservedConcurrency',
    'none',
    (json) => lambda(json, 'thumbnail')['reserved_concurrent_executions'],
    undefined,
  ],
  ...size('resume', 'resume'),
  ['functions.watch.memoryMb', 512, (json) => lambda(json, 'watch')['memory_size'], 512],
  ...(
    [
      ['failurePercent', 'failure-ratio'],
      ...['store-metadata', 'notify', 'quarantine', 'remove', 'resume'].map((name) => [
        'errorPercent',
        `errors-${name}`,
      ]),
      ...['validate', 'thumbnail'].map((name) => ['refusalPercent', `errors-${name}`]),
      ['throttles', 'throttles'],
      ['timedOutExecutions', 'executions-timed-out'],
      ['deadLetters', 'dead-letters'],
      ['failureMessages', 'failures-queue'],
      ['undeliverableEvents', 'undeliverable-events-created'],
      ['undeliverableEvents', 'undeliverable-events-deleted'],
      ['stuckRecords', 'stuck-records'],
    ] as [string, string][]
  ).map(([setting, name]): (typeof REACH)[number] => [
    `alarms.${setting}`,
    7,
    (json) => alarm(json, name)['threshold'],
    7,
  ]),
  ...['backlog-age', 'backlog-waits'].map((name): (typeof REACH)[number] => [
    'alarms.backlogMinutes',
    15,
    (json) => alarm(json, name)['threshold'],
    900,
  ]),
  [
    'alarms.minimumImages',
    7,
    (json) => expression(json, 'failure-ratio'),
    'IF(FILL(whole, 0) >= 7, 100 * FILL(part, 0) / FILL(whole, 1), 0)',
  ],
  [
    'alarms.minimumInvocations',
    7,
    (json) => expression(json, 'errors-validate'),
    'IF(FILL(whole, 0) >= 7, 100 * FILL(part, 0) / FILL(whole, 1), 0)',
  ],
  [
    'backlog.concurrency',
    50,
    (json) => only(json.resource['aws_lambda_event_source_mapping'])['scaling_config'].maximum_concurrency,
    50,
  ],
  ['backfill.enabled', true, (json) => backfillOf(json)?.['name'], 'thumbnail-workflow-backfill'],
  ['backfill.concurrency', 25, (json) => output(json, 'backfill_concurrency'), '25', BACKFILL],
  [
    'backfill.inventoryBucket',
    'reports',
    (json) =>
      JSON.parse(backfillOf(json)?.['definition'] ?? '{"States":{}}').States.ReadInventory?.ItemReader
        .Parameters.Bucket,
    'reports',
    BACKFILL,
  ],
  [
    'functions.backfill.memoryMb',
    2048,
    (json) => maybeLambda(json, 'backfill')?.['memory_size'],
    2048,
    BACKFILL,
  ],
  [
    'functions.backfill.reservedConcurrency',
    9,
    (json) => maybeLambda(json, 'backfill')?.['reserved_concurrent_executions'],
    9,
    BACKFILL,
  ],
  ['records.tombstoneDays', 7, (json) => environment(json, 'remove').TOMBSTONE_DAYS, '7'],
  [
    'emptyBucketsOnDestroy',
    true,
    (json) => Object.values(json.resource['aws_s3_bucket']!).map((bucket) => bucket['force_destroy']),
    [true, true, true],
    { deletionProtection: false },
  ],
  [
    'deletionProtection',
    false,
    (json) => only(json.resource['aws_dynamodb_table'])['deletion_protection_enabled'],
    false,
  ],
  ...['uploads', 'quarantine'].map((bucket): (typeof REACH)[number] => [
    'lifecycle.noncurrentDays',
    7,
    (json) => rulesOf(json, bucket)[1].noncurrent_version_expiration,
    [{ noncurrent_days: 7 }],
  ]),
  [
    'lifecycle.quarantineDays',
    90,
    (json) => rulesOf(json, 'quarantine')[2],
    { id: 'expire', status: 'Enabled', filter: [{}], expiration: [{ days: 90 }] },
  ],
  [
    'lifecycle.originals.transition',
    'STANDARD_IA',
    (json) => rulesOf(json, 'uploads')[2],
    { id: 'move', status: 'Enabled', filter: [{}], transition: [{ storage_class: 'STANDARD_IA', days: 30 }] },
  ],
  [
    'lifecycle.originals.afterDays',
    0,
    (json) => rulesOf(json, 'uploads')[2]?.transition,
    [{ storage_class: 'INTELLIGENT_TIERING', days: 0 }],
    { lifecycle: { originals: { transition: 'INTELLIGENT_TIERING', afterDays: 0 } } },
  ],
  [
    'encryption.customerManagedKey',
    true,
    (json) => each(json, 'aws_s3_bucket_server_side_encryption_configuration', 'rule'),
    [
      [
        {
          apply_server_side_encryption_by_default: {
            sse_algorithm: 'aws:kms',
            kms_master_key_id: '<key.arn>',
          },
          bucket_key_enabled: true,
        },
      ],
    ],
  ],
  ...[
    ['aws_sns_topic', 'kms_master_key_id'],
    ['aws_sqs_queue', 'kms_master_key_id'],
    ['aws_cloudwatch_log_group', 'kms_key_id'],
  ].map(([type, attribute]): (typeof REACH)[number] => [
    'encryption.customerManagedKey',
    true,
    (json) => each(json, type!, attribute!),
    ['<key.arn>'],
  ]),
  [
    'encryption.customerManagedKey',
    true,
    (json) => each(json, 'aws_dynamodb_table', 'server_side_encryption'),
    [{ enabled: true, kms_key_arn: '<key.arn>' }],
  ],
  [
    'permissionsBoundary',
    'arn:aws:iam::123456789012:policy/team/boundary',
    (json) => each(json, 'aws_iam_role', 'permissions_boundary'),
    ['arn:aws:iam::123456789012:policy/team/boundary'],
  ],
  [
    'backend.bucket',
    'states',
    stateAt,
    {
      bucket: 'states',
      key: 'thumbnail-workflow.tfstate',
      region: 'us-east-1',
      encrypt: true,
      use_lockfile: true,
    },
  ],
  ['backend.key', 'prod/state', (json) => stateAt(json)?.key, 'prod/state', { backend }],
  ['backend.region', 'eu-west-1', (json) => stateAt(json)?.region, 'eu-west-1', { backend }],
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

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const merged = (a: Record<string, unknown>, b: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => {
      const [one, other] = [a[key], b[key]];
      return [key, isGroup(one) && isGroup(other) ? merged(one, other) : (other ?? one)];
    }),
  );

/** Synthesis takes a while, and many rows look at the same settings. */
const stacks = new Map<string, TerraformJson>();
function stackOf(settings: Record<string, unknown>): TerraformJson {
  const id = JSON.stringify(settings);
  const stack = stacks.get(id) ?? synthesize(settings);
  stacks.set(id, stack);
  return stack;
}

const standard = stackOf({});

/** Settings that change what other rows look at, so that each has a stack of its own. */
const ALONE =
  /^(namePrefix|region|uploads|thumbnails|delivery|presets|encryption|deletionProtection|backfill)\b|provisionedConcurrency/;

/** All others that need nothing else, in one stack. */
const TOGETHER = REACH.filter(([setting, , , , given]) => !given && !ALONE.test(setting)).reduce<
  Record<string, unknown>
>((all, [setting, value]) => merged(all, nested(setting, value)), {});

test.each(REACH)('%s reaches the stack', (setting, value, read, seen, given = undefined) => {
  expect(read(standard)).not.toEqual(seen);
  const others = given ?? (ALONE.test(setting) ? {} : TOGETHER);
  expect(read(stackOf(merged(others, nested(setting, value))))).toEqual(seen);
});

test('every documented setting is in the table above', () => {
  const documented = [...settingsReference().matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);
  const tested = new Set(REACH.map(([setting]) => setting));
  const missing = documented.filter((setting) => !tested.has(setting.replace(/\[\].*/, '')));
  expect(missing).toEqual(['$schema']);
});
