import { DataAwsIamPolicyDocument } from '@cdktf/provider-aws/lib/data-aws-iam-policy-document';
import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { RELEASED_BEFORE_DESTROYED } from '../release-first';
import type { Statement } from './statement';

/** The longest that KMS waits before it deletes a key. Everything that the key encrypted is lost with it. */
const DELETION_WINDOW_DAYS = 30;

export interface KeyProps {
  /** Start of the names of the resources that use the key, and its alias. */
  readonly namePrefix: string;
  readonly region: string;
  readonly account: string;
  /** Whether CloudFront delivers objects that it encrypts. */
  readonly delivery?: boolean;
  /** Whether it encrypts the logs of an API. */
  readonly api?: boolean;
}

/**
 * The customer-managed key of the stack: its buckets, topics, queues, table, log groups and the functions' environment
 * variables are encrypted with it. Lambda decrypts the variables by a grant that it makes for the role of the function, so
 * that role needs no permission for them. The definition of the state machine is encrypted with a key that AWS owns.
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
      lifecycle: RELEASED_BEFORE_DESTROYED,
    });
    new KmsAlias(this, 'alias', { name: `alias/${props.namePrefix}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }

  /**
   * @returns the permissions on this key that a role with these statements needs, because each service uses the key with
   * the rights of its caller. The role can use the key only through those services, never on data it holds itself.
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

/** Names of calls, by service. */
type Calls = Record<string, string[]>;

/**
 * Calls for which the service decrypts a data key. DynamoDB generates the data key of a table once, when the table is
 * created, and decrypts it for each caller; SNS and SQS decrypt the one they have just generated, to verify it. In S3,
 * HeadObject, which needs no key, has the same permission as GetObject.
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

/** Calls for which the service generates a data key. */
const ENCRYPTING: Calls = {
  s3: ['s3:PutObject'],
  sns: ['sns:Publish'],
  sqs: ['sqs:SendMessage'],
};

/**
 * Who may do what with the key. ARNs are patterns of names, because the resources are created after the key that they
 * use. S3 and DynamoDB need no entry: they use the key with the rights of roles, whose own policies allow it.
 */
function keyPolicy({ namePrefix, region, account, delivery, api }: KeyProps): Statement[] {
  const arns = (service: string, ...resources: string[]) =>
    resources.map((resource) => `arn:aws:${service}:${region}:${account}:${resource}`);
  return [
    {
      // Without it nobody could ever change the key again. With it, the policies of the account decide.
      sid: 'AccountAdministersTheKey',
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
      // EventBridge sends KMS no source, so a condition on it would lose events silently. SQS does name its queue.
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
 * For any distribution of the account, because its ARN isn't known until it exists, and it depends on a bucket that needs
 * the key first. The policy of that bucket says which objects a distribution may read.
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
