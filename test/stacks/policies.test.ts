import { readable, synthesize } from './synthesized';

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

const policies = Object.fromEntries(
  Object.entries(readable(stack.data['aws_iam_policy_document']!)).map(([id, document]) => [
    id.replace(/_[0-9A-F]{8}$/, ''),
    (document['statement'] as Statement[]).map(line),
  ]),
);

const LOGS = (name: string) =>
  `WriteOwnLogs: Allow logs:CreateLogStream, logs:PutLogEvents on <${name}_logs.arn>:*`;
const TRACES = 'WriteTraces: Allow xray:PutTraceSegments, xray:PutTelemetryRecords on *';
const LAMBDA = ['OnlyTheService: Allow sts:AssumeRole to Service lambda.amazonaws.com'];
const TLS = (actions: string, resources: string) =>
  `RefuseUnencryptedConnections: Deny ${actions} on ${resources} to * * if aws:SecureTransport Bool false`;

test('every policy is exactly the one that was reviewed', () => {
  expect(policies).toEqual({
    'validate-function_role_trust': LAMBDA,
    'validate-function_role_permissions': [
      'ReadTheCurrentVersion: Allow s3:GetObject on <uploads-bucket.arn>/*',
      'ReadTheUploadedVersion: Allow s3:GetObjectVersion on <uploads-bucket.arn>/*',
      'TellMissingFromForbidden: Allow s3:ListBucket on <uploads-bucket.arn>',
      'ClaimTheRecord: Allow dynamodb:UpdateItem on <record-table.arn>',
      LOGS('validate-function'),
      TRACES,
    ],
    'thumbnail-function_role_trust': LAMBDA,
    'thumbnail-function_role_permissions': [
      'ReadTheUploadedVersion: Allow s3:GetObjectVersion on <uploads-bucket.arn>/*',
      'TellMissingFromForbidden: Allow s3:ListBucket on <uploads-bucket.arn>, <thumbnails-bucket.arn>',
      'CompareAndSwapThumbnails: Allow s3:GetObject, s3:PutObject on <thumbnails-bucket.arn>/*',
      LOGS('thumbnail-function'),
      TRACES,
    ],
    'store-metadata-function_role_trust': LAMBDA,
    'store-metadata-function_role_permissions': [
      'WriteTheRecord: Allow dynamodb:UpdateItem on <record-table.arn>',
      'RemoveThumbnailsOfOlderVersions: Allow s3:GetObject, s3:DeleteObject on <thumbnails-bucket.arn>/*',
      'TellMissingFromForbidden: Allow s3:ListBucket on <thumbnails-bucket.arn>',
      LOGS('store-metadata-function'),
      TRACES,
    ],
    'notify-function_role_trust': LAMBDA,
    'notify-function_role_permissions': [
      'TellSubscribers: Allow sns:Publish on <processed-topic.arn>',
      'MarkTheRecordAsNotified: Allow dynamodb:UpdateItem on <record-table.arn>',
      LOGS('notify-function'),
      TRACES,
    ],
    'quarantine-function_role_trust': LAMBDA,
    'quarantine-function_role_permissions': [
      'CopyTheUploadedVersion: Allow s3:GetObjectVersion on <uploads-bucket.arn>/*',
      'TellMissingFromForbidden: Allow s3:ListBucket on <uploads-bucket.arn>, <thumbnails-bucket.arn>',
      'KeepTheOriginalWithItsReason: Allow s3:PutObject, s3:PutObjectTagging on <quarantine-bucket.arn>/*',
      'MarkTheRecordAsFailed: Allow dynamodb:UpdateItem on <record-table.arn>',
      'RemoveThumbnailsOfOlderVersions: Allow s3:GetObject, s3:DeleteObject on <thumbnails-bucket.arn>/*',
      LOGS('quarantine-function'),
      TRACES,
    ],
    'remove-function_role_trust': LAMBDA,
    'remove-function_role_permissions': [
      'LookAtTheCurrentVersion: Allow s3:GetObject on <uploads-bucket.arn>/*',
      'TellMissingFromForbidden: Allow s3:ListBucket on <uploads-bucket.arn>, <thumbnails-bucket.arn>',
      'LeaveATombstone: Allow dynamodb:GetItem, dynamodb:UpdateItem on <record-table.arn>',
      'RemoveThumbnailsOfOlderVersions: Allow s3:GetObject, s3:DeleteObject on <thumbnails-bucket.arn>/*',
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
    'state-machine_role_trust': [
      'OnlyTheService: Allow sts:AssumeRole to Service states.amazonaws.com if aws:SourceAccount StringEquals <account.account_id> if aws:SourceArn ArnEquals arn:aws:states:us-east-1:<account.account_id>:stateMachine:thumbnail-workflow',
    ],
    'state-machine_role_permissions': [
      'RunTheTasks: Allow lambda:InvokeFunction on <validate-function.arn>:*, <thumbnail-function.arn>:*, <store-metadata-function.arn>:*, <notify-function.arn>:*, <quarantine-function.arn>:*, <remove-function.arn>:*',
      'TellOfFailures: Allow sns:Publish on <errors-topic.arn>',
      'QueueWhatHasToWaitAndWhatNobodyWasTold: Allow sqs:SendMessage on <backlog_queue.arn>, <failure-queue.arn>',
      'DeliverExecutionLogs: Allow logs:CreateLogDelivery, logs:DeleteLogDelivery, logs:DescribeLogGroups, logs:DescribeResourcePolicies, logs:GetLogDelivery, logs:ListLogDeliveries, logs:PutResourcePolicy, logs:UpdateLogDelivery on *',
      'WriteTraces: Allow xray:GetSamplingRules, xray:GetSamplingTargets, xray:PutTelemetryRecords, xray:PutTraceSegments on *',
    ],
    'object-events_role_trust': [
      'OnlyTheService: Allow sts:AssumeRole to Service events.amazonaws.com if aws:SourceAccount StringEquals <account.account_id> if aws:SourceArn ArnEquals <object-events_created-rule.arn>, <object-events_deleted-rule.arn>',
    ],
    'object-events_role_permissions': [
      'StartTheWorkflow: Allow states:StartExecution on <state-machine.arn>',
    ],
    'object-events_dead-letter-queue_access': [
      'TheRulesSendWhatTheyCouldNotDeliver: Allow sqs:SendMessage on <object-events_dead-letter-queue.arn> to Service events.amazonaws.com if aws:SourceArn ArnEquals <object-events_created-rule.arn>, <object-events_deleted-rule.arn>',
      TLS('sqs:*', '<object-events_dead-letter-queue.arn>'),
    ],
    backlog_queue_access: [TLS('sqs:*', '<backlog_queue.arn>')],
    'failure-queue_access': [TLS('sqs:*', '<failure-queue.arn>')],
    'uploads-bucket_tls-only': [TLS('s3:*', '<uploads-bucket.arn>, <uploads-bucket.arn>/*')],
    'thumbnails-bucket_tls-only': [TLS('s3:*', '<thumbnails-bucket.arn>, <thumbnails-bucket.arn>/*')],
    'quarantine-bucket_tls-only': [TLS('s3:*', '<quarantine-bucket.arn>, <quarantine-bucket.arn>/*')],
    'processed-topic_access': [TLS('sns:Publish', '<processed-topic.arn>')],
    'errors-topic_access': [TLS('sns:Publish', '<errors-topic.arn>')],
  });
});

test('every policy is attached', () => {
  const { aws_iam_policy_document: _documents, ...otherData } = stack.data;
  const attached = JSON.stringify([stack.resource, otherData]);
  for (const id of Object.keys(stack.data['aws_iam_policy_document']!)) {
    expect(attached).toContain(`"\${data.aws_iam_policy_document.${id}.json}"`);
  }
});

test('every role has exactly one policy, of its own', () => {
  const roles = Object.values(readable(stack.resource['aws_iam_role_policy']!)).map(
    (policy) => policy['role'],
  );
  expect(new Set(roles).size).toBe(9);
});

test('role names hold the region, because roles are global to the account', () => {
  for (const role of Object.values(stack.resource['aws_iam_role']!)) {
    expect(role['name']).toMatch(/^thumbnail-workflow-[a-z-]+-us-east-1$/);
  }
});
