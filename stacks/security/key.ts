import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import type { Statement } from './statement';

/** The longest KMS waits before it deletes a key: what the key encrypted is lost with it. */
const DELETION_WINDOW_DAYS = 30;

export interface KeyProps {
  /** Start of the names of what uses the key, and its alias. */
  readonly namePrefix: string;
  readonly region: string;
  readonly account: string;
  /** Whether CloudFront delivers what it encrypts. */
  readonly delivery?: boolean;
  /** Whether it encrypts the logs of an API. */
  readonly api?: boolean;
}

/**
 * The customer-managed key of the stack: its buckets, topics, queues, table and log groups are encrypted with it.
 *
 * Not so the functions' environment variables, which hold names and limits and no secret, nor the definition of the
 * state machine: the keys that AWS owns protect those, and no role then depends on this key just to start.
 */
export class Key extends Construct {
  readonly arn: string;
  private readonly region: string;

  constructor(scope: Construct, id: string, props: KeyProps) {
    super(scope, id);
    this.region = props.region;

    const policy = new DataAwsIamPolicyDocument(this, 'access', { statement: keyPolicy(props) });
    const key = new KmsKey(this, 'key', {
      description: `Encrypts what ${props.namePrefix} stores and sends.`,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: policy.json,
    });
    new KmsAlias(this, 'alias', { name: `alias/${props.namePrefix}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }

  /**
   * What a role needs of this key for the statements it has: each service asks for the key in the name of its caller.
   * The role can use it through those services only, so never on data it holds itself.
   */
  neededFor(statements: Statement[]): Statement[] {
    const actions = new Set(statements.flatMap((statement) => statement.actions ?? []));
    const use = (sid: string, action: string, calls: Calls): Statement[] => {
      const services = Object.keys(calls).filter((service) =>
        calls[service]!.some((call) => actions.has(call)),
      );
      if (services.length === 0) return [];
      return [
        {
          sid,
          actions: [action],
          resources: [this.arn],
          condition: [
            {
              test: 'StringEquals',
              variable: 'kms:ViaService',
              values: services.map((service) => `${service}.${this.region}.amazonaws.com`),
            },
          ],
        },
      ];
    };
    return [
      ...use('DecryptThroughTheService', 'kms:Decrypt', DECRYPTING),
      ...use('EncryptThroughTheService', 'kms:GenerateDataKey', ENCRYPTING),
    ];
  }
}

/** Calls of each service. */
type Calls = Record<string, string[]>;

/**
 * Calls that have the service decrypt a data key. DynamoDB makes the one of a table once, in the name of who creates the
 * table, and decrypts it for each caller; SNS and SQS decrypt the one they have just made, to be sure of it. To S3 a
 * HeadObject, which asks for no key, is the same permission as a GetObject.
 *
 * docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 * docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html
 * docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 * docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const DECRYPTING: Calls = {
  dynamodb: ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  s3: ['s3:GetObject', 's3:GetObjectVersion'],
  sns: ['sns:Publish'],
  sqs: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
};

/** Calls that have the service make a data key. */
const ENCRYPTING: Calls = {
  s3: ['s3:PutObject'],
  sns: ['sns:Publish'],
  sqs: ['sqs:SendMessage'],
};

/**
 * Who may do what with the key. ARNs are patterns of names, because the things themselves are made with the key.
 * S3 and DynamoDB need no entry: they act for roles, whose own policies say so.
 */
function keyPolicy({ namePrefix, region, account, delivery, api }: KeyProps): Statement[] {
  const arns = (service: string, ...resources: string[]) =>
    resources.map((resource) => `arn:aws:${service}:${region}:${account}:${resource}`);
  return [
    {
      // Without it no one could ever change the key again; with it the account's policies decide.
      sid: 'TheAccountAdministersTheKey',
      actions: ['kms:*'],
      resources: ['*'],
      principals: [{ type: 'AWS', identifiers: [`arn:aws:iam::${account}:root`] }],
    },
    {
      sid: 'AlarmsPublishToEncryptedTopics',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      principals: [{ type: 'Service', identifiers: ['cloudwatch.amazonaws.com'] }],
      condition: [
        { test: 'StringEquals', variable: 'aws:SourceAccount', values: [account] },
        {
          test: 'ArnLike',
          variable: 'aws:SourceArn',
          values: arns('cloudwatch', `alarm:${namePrefix}-*`),
        },
      ],
    },
    {
      // EventBridge tells KMS no source, and a condition on one would lose events in silence. SQS does name its queue.
      sid: 'RulesSendToTheEncryptedDeadLetterQueue',
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      principals: [{ type: 'Service', identifiers: ['events.amazonaws.com'] }],
      condition: [
        {
          test: 'ArnLike',
          variable: 'kms:EncryptionContext:aws:sqs:arn',
          values: arns('sqs', `${namePrefix}-*`),
        },
      ],
    },
    {
      // Conditions as in docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
      sid: 'LogGroupsAreEncrypted',
      actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      principals: [{ type: 'Service', identifiers: [`logs.${region}.amazonaws.com`] }],
      condition: [
        {
          test: 'ArnLike',
          variable: 'kms:EncryptionContext:aws:logs:arn',
          values: arns(
            'logs',
            `log-group:/aws/lambda/${namePrefix}-*`,
            `log-group:/aws/vendedlogs/states/${namePrefix}`,
            ...(api ? [`log-group:/aws/vendedlogs/apigateway/${namePrefix}`] : []),
          ),
        },
      ],
    },
    ...(delivery ? [distributionsDecrypt(account)] : []),
  ];
}

/**
 * Any distribution of the account: one cannot be named before it is made, and it reads a bucket that is made with the key.
 * Which objects it may read is in the policy of their bucket.
 */
const distributionsDecrypt = (account: string): Statement => ({
  sid: 'DistributionsReadEncryptedThumbnails',
  actions: ['kms:Decrypt'],
  resources: ['*'],
  principals: [{ type: 'Service', identifiers: ['cloudfront.amazonaws.com'] }],
  condition: [
    {
      test: 'ArnLike',
      variable: 'aws:SourceArn',
      values: [`arn:aws:cloudfront::${account}:distribution/*`],
    },
  ],
});
