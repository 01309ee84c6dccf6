import { TerraformStack, Testing } from 'cdktf';
import { Key } from '../../../stacks/security/key';
import { SIGNED_API, WITH_API } from '../endpoints';
import { readable, synthesize, type TerraformJson } from '../synthesized';

interface Statement {
  sid: string;
  effect?: string;
  actions: string[];
  resources?: string[];
  principals?: { type: string; identifiers: string[] }[];
  condition?: { test: string; variable: string; values: string[] }[];
}

/** One statement as one line: `sid: effect actions on resources to principals if conditions`. */
function line({ sid, effect = 'Allow', actions, resources, principals, condition }: Statement): string {
  return [
    `${sid}: ${effect} ${actions.join(', ')}`,
    ...(resources ? [`on ${resources.join(', ')}`] : []),
    ...(principals ?? []).map(({ type, identifiers }) => `to ${type} ${identifiers.join(', ')}`),
    ...(condition ?? []).map(({ test, variable, values }) => `if ${variable} ${test} ${values.join(', ')}`),
  ].join(' ');
}

const stack = synthesize();

const policiesOf = (json: TerraformJson) =>
  Object.fromEntries(
    Object.entries(readable(json.data['aws_iam_policy_document']!)).map(([id, document]) => [
      id.replace(/_[0-9A-F]{8}$/, ''),
      (document['statement'] as Statement[]).map(line),
    ]),
  );

const policies = policiesOf(stack);

/** Statements that the second stack has and the first has not. */
const differences = (before: Record<string, string[]>, after: Record<string, string[]>) =>
  Object.entries(after).flatMap(([id, lines]) => lines.filter((each) => !before[id]?.includes(each)));

const LOGS = (name: string) =>
  `WriteOwnLogs: Allow logs:CreateLogStream, logs:PutLogEvents on <${name}_logs.arn>:*`;
const TRACES = 'WriteTraces: Allow xray:PutTraceSegments, xray:PutTelemetryRecords on *';
const LAMBDA = [
  'OnlyTheService: Allow sts:AssumeRole to Service lambda.amazonaws.com if aws:SourceAccount StringEqualsIfExists <account.account_id>',
];
const TLS = (actions: string, resources: string) =>
  `RefuseUnencryptedConnections: Deny ${actions} on ${resources} to * * if aws:SecureTransport Bool false`;
const PUT = 's3:PutObject on <uploads-bucket.arn>/* to * *';
const KEY_ID = 'x-amz-server-side-encryption-aws-kms-key-id';

test('every policy is exactly the one that was reviewed', () => {
  expect(policies).toEqual({
    'validate-function_role_trust': LAMBDA,
    'validate-function_role_permissions': [
      'ReadTheCurrentVersion: Allow s3:GetObject on <uploads-bucket.arn>/*',
      'ReadTheUploadedVersion: Allow s3:GetObjectVersion on <uploads-bucket.arn>/*',
      'DistinguishMissingFromForbidden: Allow s3:ListBucket on <uploads-bucket.arn>',
      'ClaimTheRecord: Allow dynamodb:UpdateItem on <record-table.arn>',
      'LookForADeletion: Allow dynamodb:GetItem on <record-table.arn>',
      LOGS('validate-function'),
      TRACES,
    ],
    'thumbnail-function_role_trust': LAMBDA,
    'thumbnail-function_role_permissions': [
      'ReadTheUploadedVersion: Allow s3:GetObject, s3:GetObjectVersion on <uploads-bucket.arn>/*',
      'DistinguishMissingFromForbidden: Allow s3:ListBucket on <uploads-bucket.arn>, <thumbnails-bucket.arn>',
      'CompareAndSwapThumbnails: Allow s3:GetObject, s3:PutObject on <thumbnails-bucket.arn>/*',
      LOGS('thumbnail-function'),
      TRACES,
    ],
    'store-metadata-function_role_trust': LAMBDA,
    'store-metadata-function_role_permissions': [
      'WriteTheRecord: Allow dynamodb:UpdateItem on <record-table.arn>',
      'DeleteOutdatedThumbnails: Allow s3:GetObject, s3:DeleteObject on <thumbnails-bucket.arn>/*',
      'DistinguishMissingFromForbidden: Allow s3:ListBucket on <thumbnails-bucket.arn>',
      LOGS('store-metadata-function'),
      TRACES,
    ],
    'notify-function_role_trust': LAMBDA,
    'notify-function_role_permissions': [
      'NotifySubscribers: Allow sns:Publish on <processed-topic.arn>',
      'MarkTheRecordAsNotified: Allow dynamodb:UpdateItem on <record-table.arn>',
      LOGS('notify-function'),
      TRACES,
    ],
    'quarantine-function_role_trust': LAMBDA,
    'quarantine-function_role_permissions': [
      'CopyTheUploadedVersion: Allow s3:GetObject, s3:GetObjectVersion on <uploads-bucket.arn>/*',
      'DistinguishMissingFromForbidden: Allow s3:ListBucket on <uploads-bucket.arn>, <thumbnails-bucket.arn>',
      'KeepTheOriginalWithItsReason: Allow s3:PutObject, s3:PutObjectTagging on <quarantine-bucket.arn>/*',
      'MarkTheRecordAsFailed: Allow dynamodb:UpdateItem on <record-table.arn>',
      'DeleteOutdatedThumbnails: Allow s3:GetObject, s3:DeleteObject on <thumbnails-bucket.arn>/*',
      LOGS('quarantine-function'),
      TRACES,
    ],
    'remove-function_role_trust': LAMBDA,
    'remove-function_role_permissions': [
      'CheckTheCurrentVersion: Allow s3:GetObject on <uploads-bucket.arn>/*',
      'DistinguishMissingFromForbidden: Allow s3:ListBucket on <uploads-bucket.arn>, <thumbnails-bucket.arn>',
      'LeaveATombstone: Allow dynamodb:GetItem, dynamodb:UpdateItem on <record-table.arn>',
      'DeleteOutdatedThumbnails: Allow s3:GetObject, s3:DeleteObject on <thumbnails-bucket.arn>/*',
      'QueueTheRestoredVersion: Allow sqs:SendMessage on <backlog_queue.arn>',
      LOGS('remove-function'),
      TRACES,
    ],
    'resume-function_role_trust': LAMBDA,
    'resume-function_role_permissions': [
      'RunTheWorkflow: Allow states:StartSyncExecution on <state-machine.arn>',
      'ReceiveFromTheBacklog: Allow sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ChangeMessageVisibility on <backlog_queue.arn>',
      LOGS('resume-function'),
      TRACES,
    ],
    'watch-function_role_trust': LAMBDA,
    'watch-function_role_permissions': [
      'CountStuckRecords: Allow dynamodb:Query on <record-table.arn>/index/processing-by-start',
      LOGS('watch-function'),
      TRACES,
    ],
    'state-machine_role_trust': [
      'OnlyTheService: Allow sts:AssumeRole to Service states.amazonaws.com if aws:SourceAccount StringEquals <account.account_id> if aws:SourceArn ArnLike arn:aws:states:us-east-1:<account.account_id>:stateMachine:*',
    ],
    'state-machine_role_permissions': [
      'RunTheStates: Allow lambda:InvokeFunction on <validate-function.arn>:*, <thumbnail-function.arn>:*, <store-metadata-function.arn>:*, <notify-function.arn>:*, <quarantine-function.arn>:*, <remove-function.arn>:*',
      'PublishFailures: Allow sns:Publish on <errors-topic.arn>',
      'SendToBacklogAndFailureQueue: Allow sqs:SendMessage on <backlog_queue.arn>, <failure-queue.arn>',
      'DeliverExecutionLogs: Allow logs:CreateLogDelivery, logs:DeleteLogDelivery, logs:DescribeLogGroups, logs:DescribeResourcePolicies, logs:GetLogDelivery, logs:ListLogDeliveries, logs:PutResourcePolicy, logs:UpdateLogDelivery on *',
      'WriteExecutionLogs: Allow logs:CreateLogStream, logs:PutLogEvents on <state-machine_logs.arn>:*',
      'WriteTraces: Allow xray:GetSamplingRules, xray:GetSamplingTargets, xray:PutTelemetryRecords, xray:PutTraceSegments on *',
    ],
    'object-events_role_trust': [
      'OnlyTheService: Allow sts:AssumeRole to Service events.amazonaws.com if aws:SourceAccount StringEquals <account.account_id> if aws:SourceArn ArnLike <object-events_created-rule.arn>, <object-events_deleted-rule.arn>',
    ],
    'object-events_role_permissions': [
      'StartTheWorkflow: Allow states:StartExecution on <state-machine.arn>',
    ],
    'object-events_dead-letter-queue_access': [
      'RulesSendUndeliveredEvents: Allow sqs:SendMessage on <object-events_dead-letter-queue.arn> to Service events.amazonaws.com if aws:SourceArn ArnEquals <object-events_created-rule.arn>, <object-events_deleted-rule.arn>',
      TLS('sqs:*', '<object-events_dead-letter-queue.arn>'),
    ],
    backlog_queue_access: [TLS('sqs:*', '<backlog_queue.arn>')],
    'failure-queue_access': [TLS('sqs:*', '<failure-queue.arn>')],
    'uploads-bucket_tls-only': [
      TLS('s3:*', '<uploads-bucket.arn>, <uploads-bucket.arn>/*'),
      `RefuseOtherKeys: Deny ${PUT} if s3:${KEY_ID} Null false`,
      `RefuseKeysOfUploaders: Deny ${PUT} if s3:x-amz-server-side-encryption-customer-algorithm Null false`,
      `RefuseArchives: Deny ${PUT} if s3:x-amz-storage-class StringEquals GLACIER, DEEP_ARCHIVE`,
    ],
    'thumbnails-bucket_tls-only': [TLS('s3:*', '<thumbnails-bucket.arn>, <thumbnails-bucket.arn>/*')],
    'quarantine-bucket_tls-only': [TLS('s3:*', '<quarantine-bucket.arn>, <quarantine-bucket.arn>/*')],
    'processed-topic_access': [TLS('sns:Publish', '<processed-topic.arn>')],
    'errors-topic_access': [TLS('sns:Publish', '<errors-topic.arn>')],
    'operations-topic_access': [
      'AlarmsPublish: Allow sns:Publish on <operations-topic.arn> to Service cloudwatch.amazonaws.com if aws:SourceAccount StringEquals <account.account_id> if aws:SourceArn ArnLike arn:aws:cloudwatch:us-east-1:<account.account_id>:alarm:thumbnail-workflow-*',
      TLS('sns:Publish', '<operations-topic.arn>'),
    ],
  });
});

describe('with delivery and the upload API', () => {
  const open = policiesOf(synthesize(WITH_API));

  test('each of their functions has exactly the permissions that were reviewed', () => {
    const added = Object.entries(open).filter(([id]) => !(id in policies));
    expect(Object.fromEntries(added)).toEqual({
      'render-function_role_trust': LAMBDA,
      'render-function_role_permissions': [
        'ReadTheOriginal: Allow s3:GetObject, s3:GetObjectVersion on <uploads-bucket.arn>/*',
        'DistinguishMissingFromForbidden: Allow s3:ListBucket on <uploads-bucket.arn>, <thumbnails-bucket.arn>',
        'CompareAndSwapThumbnails: Allow s3:GetObject, s3:PutObject, s3:DeleteObject on <thumbnails-bucket.arn>/*',
        'AddTheThumbnailToTheRecord: Allow dynamodb:GetItem, dynamodb:UpdateItem on <record-table.arn>',
        'ReportFailures: Allow sqs:SendMessage on <backlog_queue.arn>',
        LOGS('render-function'),
        TRACES,
      ],
      'create-upload-function_role_trust': LAMBDA,
      'create-upload-function_role_permissions': [
        'GiveUsersAnId: Allow dynamodb:GetItem, dynamodb:UpdateItem on <record-table.arn> if dynamodb:LeadingKeys ForAllValues:StringLike subject#*',
        'SignUploads: Allow s3:PutObject on <uploads-bucket.arn>/* if s3:if-none-match Null false',
        LOGS('create-upload-function'),
        TRACES,
      ],
      'get-image-function_role_trust': LAMBDA,
      'get-image-function_role_permissions': [
        'ReadTheRecord: Allow dynamodb:GetItem on <record-table.arn>',
        'CheckForTheUpload: Allow s3:GetObject on <uploads-bucket.arn>/*',
        'DistinguishMissingFromForbidden: Allow s3:ListBucket on <uploads-bucket.arn>',
        LOGS('get-image-function'),
        TRACES,
      ],
    });
  });

  test('nothing else changes, except that the distribution may read the thumbnails bucket', () => {
    const { 'thumbnails-bucket_tls-only': bucket, ...others } = open;
    expect(bucket).toEqual([
      TLS('s3:*', '<thumbnails-bucket.arn>, <thumbnails-bucket.arn>/*'),
      'DistributionReadsThumbnails: Allow s3:GetObject on <thumbnails-bucket.arn>/* to Service cloudfront.amazonaws.com if aws:SourceArn StringEquals <delivery_distribution.arn>',
    ]);
    expect(others).toMatchObject(
      Object.fromEntries(Object.entries(policies).filter(([id]) => id !== 'thumbnails-bucket_tls-only')),
    );
  });

  test('with signed URLs, get-image may read the one parameter, and use its key for nothing else', () => {
    const { signing } = SIGNED_API.delivery;
    const ARN = 'arn:aws:ssm:us-east-1:<account.account_id>:parameter/thumbnail-workflow/viewers-key';
    const READ = `ReadTheSigningKey: Allow ssm:GetParameter on ${ARN}`;
    expect(differences(open, policiesOf(synthesize(SIGNED_API)))).toEqual([READ]);

    const kmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/0a1b';
    const encrypted = { ...SIGNED_API.delivery, signing: { ...signing, kmsKeyArn } };
    expect(differences(open, policiesOf(synthesize({ ...SIGNED_API, delivery: encrypted })))).toEqual([
      READ,
      `DecryptTheSigningKey: Allow kms:Decrypt on ${kmsKeyArn} if kms:ViaService StringEquals ssm.us-east-1.amazonaws.com if kms:EncryptionContext:PARAMETER_ARN StringEquals ${ARN}`,
    ]);
  });

  test('with an encrypted existing bucket, render may decrypt with its key, and create-upload may encrypt', () => {
    const KEY = 'arn:aws:kms:us-east-1:123456789012:key/0a1b';
    const existing = policiesOf(
      synthesize({ ...WITH_API, uploads: { existingBucket: 'photos', kmsKeyArn: KEY } }),
    );
    const uses = ['render', 'create-upload', 'get-image'].map((name) =>
      existing[`${name}-function_role_permissions`]!.filter((each) => each.includes('kms:')),
    );
    const via = `on ${KEY} if kms:ViaService StringEquals s3.us-east-1.amazonaws.com`;
    expect(uses).toEqual([
      [`DecryptUploads: Allow kms:Decrypt ${via}`],
      [`EncryptInUploadsBucket: Allow kms:GenerateDataKey ${via}`],
      [],
    ]);
  });

  test('with a customer-managed key they may use it through S3, DynamoDB and SQS, and CloudFront and the log of the API may too', () => {
    const encrypted = policiesOf(synthesize({ ...WITH_API, encryption: { customerManagedKey: true } }));
    const uses = ['render', 'create-upload', 'get-image'].map((name) =>
      encrypted[`${name}-function_role_permissions`]!.flatMap(
        (each) =>
          /^\w+TheService: Allow (kms:\w+) .* StringEquals (.*)$/.exec(each)?.slice(1).join(' ') ?? [],
      ),
    );
    expect(uses).toEqual([
      [
        'kms:Decrypt dynamodb.us-east-1.amazonaws.com, s3.us-east-1.amazonaws.com, sqs.us-east-1.amazonaws.com',
        'kms:GenerateDataKey s3.us-east-1.amazonaws.com, sqs.us-east-1.amazonaws.com',
      ],
      ['kms:Decrypt dynamodb.us-east-1.amazonaws.com', 'kms:GenerateDataKey s3.us-east-1.amazonaws.com'],
      ['kms:Decrypt dynamodb.us-east-1.amazonaws.com, s3.us-east-1.amazonaws.com'],
    ]);
    const access = encrypted['key_access']!;
    expect(access.find((each) => each.startsWith('LogGroupsAreEncrypted'))).toMatch(
      /:log-group:\/aws\/vendedlogs\/apigateway\/thumbnail-workflow$/,
    );
    expect(access.at(-1)).toBe(
      'DistributionsReadEncryptedThumbnails: Allow kms:Decrypt on * to Service cloudfront.amazonaws.com if aws:SourceArn ArnLike arn:aws:cloudfront::<account.account_id>:distribution/*',
    );
  });
});

describe('with a customer-managed key', () => {
  const encrypted = policiesOf(synthesize({ encryption: { customerManagedKey: true } }));
  const USE = /^(De|En)cryptThroughTheService: /;
  const UNLESS_ITS_OWN = ` if s3:${KEY_ID} StringNotEquals <key.arn>`;

  test('each role may use the key only through the services that it calls', () => {
    const uses = Object.entries(encrypted).map(([id, lines]) => [id, lines.filter((each) => USE.test(each))]);
    const decrypt = (...services: string[]) =>
      `DecryptThroughTheService: Allow kms:Decrypt on <key.arn> if kms:ViaService StringEquals ${services.map((service) => `${service}.us-east-1.amazonaws.com`).join(', ')}`;
    const encrypt = (...services: string[]) =>
      decrypt(...services)
        .replace('Decrypt', 'Encrypt')
        .replace('kms:Decrypt', 'kms:GenerateDataKey');
    expect(Object.fromEntries(uses.filter(([, lines]) => lines!.length > 0))).toEqual({
      'validate-function_role_permissions': [decrypt('dynamodb', 's3')],
      'watch-function_role_permissions': [decrypt('dynamodb')],
      'thumbnail-function_role_permissions': [decrypt('s3'), encrypt('s3')],
      'store-metadata-function_role_permissions': [decrypt('dynamodb', 's3')],
      'notify-function_role_permissions': [decrypt('dynamodb', 'sns'), encrypt('sns')],
      'quarantine-function_role_permissions': [decrypt('dynamodb', 's3'), encrypt('s3')],
      'remove-function_role_permissions': [decrypt('dynamodb', 's3', 'sqs'), encrypt('sqs')],
      'resume-function_role_permissions': [decrypt('sqs')],
      'state-machine_role_permissions': [decrypt('sns', 'sqs'), encrypt('sns', 'sqs')],
    });
  });

  test('its key policy lets the account administer it, and lets three services use it for this stack', () => {
    expect(encrypted['key_access']).toEqual([
      'AccountAdministersTheKey: Allow kms:* on * to AWS arn:aws:iam::<account.account_id>:root',
      'AlarmsPublishToEncryptedTopics: Allow kms:Decrypt, kms:GenerateDataKey* on * to Service cloudwatch.amazonaws.com if aws:SourceAccount StringEquals <account.account_id> if aws:SourceArn ArnLike arn:aws:cloudwatch:us-east-1:<account.account_id>:alarm:thumbnail-workflow-*',
      'RulesSendToTheEncryptedDeadLetterQueue: Allow kms:Decrypt, kms:GenerateDataKey* on * to Service events.amazonaws.com if kms:EncryptionContext:aws:sqs:arn ArnLike arn:aws:sqs:us-east-1:<account.account_id>:thumbnail-workflow-*',
      'LogGroupsAreEncrypted: Allow kms:Encrypt*, kms:Decrypt*, kms:ReEncrypt*, kms:GenerateDataKey*, kms:Describe* on * to Service logs.us-east-1.amazonaws.com if kms:EncryptionContext:aws:logs:arn ArnLike arn:aws:logs:us-east-1:<account.account_id>:log-group:/aws/lambda/thumbnail-workflow-*, arn:aws:logs:us-east-1:<account.account_id>:log-group:/aws/vendedlogs/states/thumbnail-workflow',
    ]);
  });

  test('uploads may name that key', () => {
    expect(encrypted['uploads-bucket_tls-only']).toContain(
      `RefuseOtherKeys: Deny ${PUT} if s3:${KEY_ID} Null false${UNLESS_ITS_OWN}`,
    );
  });

  test('nothing else changes', () => {
    const { key_access: _key, ...others } = encrypted;
    expect(
      Object.fromEntries(
        Object.entries(others).map(([id, lines]) => [
          id,
          lines.filter((each) => !USE.test(each)).map((each) => each.replace(UNLESS_ITS_OWN, '')),
        ]),
      ),
    ).toEqual(policies);
  });

  test('while the key is only kept, every role and service may use it as before, and nothing is encrypted with it', () => {
    const kept = synthesize({ encryption: { customerManagedKey: 'keep' } });
    expect(policiesOf(kept)).toEqual(encrypted);
    const users = Object.entries(readable(kept.resource))
      .filter(([, blocks]) => JSON.stringify(blocks).includes('<key.'))
      .map(([type]) => type);
    expect(users).toEqual(['aws_kms_alias']);
  });

  test('the name patterns in its policy match the names of the resources in the stack', () => {
    const { resource } = synthesize({ encryption: { customerManagedKey: true } });
    const names = (type: string, key = 'name') => {
      const found = Object.values(resource[type] ?? {}).map((block) => block[key] as string);
      expect(found).not.toHaveLength(0);
      return found;
    };
    for (const name of names('aws_sqs_queue')) expect(name).toMatch(/^thumbnail-workflow-/);
    for (const name of names('aws_cloudwatch_log_group')) {
      expect(name).toMatch(/^\/aws\/(lambda\/thumbnail-workflow-|vendedlogs\/states\/thumbnail-workflow$)/);
    }
    for (const name of names('aws_cloudwatch_metric_alarm', 'alarm_name')) {
      expect(name).toMatch(/^thumbnail-workflow-/);
    }
  });

  /** Actions on encrypted resources that neither read nor write their content. */
  const WITHOUT_THE_KEY = [
    's3:ListBucket',
    's3:DeleteObject',
    's3:PutObjectTagging',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ChangeMessageVisibility',
  ];

  test('every action on encrypted resources either gets permission to use the key or is known to need none', () => {
    const actions = Object.entries(stack.data['aws_iam_policy_document']!)
      .filter(([id]) => id.includes('_permissions_'))
      .flatMap(([, document]) => (document['statement'] as Statement[]).flatMap((each) => each.actions))
      .filter((action) => /^(s3|sqs|sns|dynamodb):/.test(action));
    const key = new Key(new TerraformStack(Testing.app(), 'key'), 'key', {
      namePrefix: 'pics',
      region: 'us-east-1',
      account: '123456789012',
    });
    expect(actions).toEqual(expect.arrayContaining(['s3:GetObject', ...WITHOUT_THE_KEY]));
    for (const action of actions) {
      const uses = key.neededFor([{ sid: 'One', actions: [action], resources: ['*'] }]);
      expect([action, uses.length > 0]).toEqual([action, !WITHOUT_THE_KEY.includes(action)]);
    }
  });
});

test('every policy is attached', () => {
  const { aws_iam_policy_document: _documents, ...otherData } = stack.data;
  const attached = JSON.stringify([stack.resource, otherData]);
  const ids = Object.keys(stack.data['aws_iam_policy_document']!);
  expect(ids).toHaveLength(Object.keys(policies).length);
  for (const id of ids) {
    expect(attached).toContain(`"\${data.aws_iam_policy_document.${id}.json}"`);
  }
});

test('every role has exactly one policy, of its own', () => {
  const roles = Object.values(readable(stack.resource['aws_iam_role_policy']!)).map(
    (policy) => policy['role'],
  );
  expect(new Set(roles).size).toBe(10);
});

test('every role trusts one service, and only if it acts for this account', () => {
  const trusts = Object.entries(policiesOf(synthesize(WITH_API))).filter(([id]) =>
    id.endsWith('_role_trust'),
  );
  expect(trusts).toHaveLength(13);
  for (const [, lines] of trusts) {
    expect(lines).toEqual([
      expect.stringMatching(
        / to Service [a-z]+\.amazonaws\.com if aws:SourceAccount StringEquals(IfExists)? <account\.account_id>/,
      ),
    ]);
  }
});

test('role names contain the region, because roles are global to the account', () => {
  const roles = Object.values(stack.resource['aws_iam_role']!);
  expect(roles).toHaveLength(10);
  for (const role of roles) {
    expect(role['name']).toMatch(/^thumbnail-workflow-[a-z-]+-us-east-1$/);
  }
});
