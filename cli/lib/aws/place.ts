/** Where a command's calls go. */
export interface Place {
  region: string;
  /** Account of the stack. */
  account?: string;
  /** What names the stack's resources, for example `outputs.json`. */
  source?: string;
  /** Address of the engine on this machine that takes the place of AWS. */
  engine?: string;
}

/** One call of an AWS service. */
export interface Call {
  /** As the SDK has it: `DynamoDB`, `CloudWatch Logs`, `SFN`. */
  serviceId: string;
  /** For example `GetItem`. */
  operation: string;
  /** For a person: `DynamoDB GetItem`. */
  name: string;
  input: Record<string, unknown>;
}

/** Fields of a call's input that name a resource, and what a person calls it. */
const FIELDS: Record<string, string> = {
  TableName: 'table',
  TopicArn: 'topic',
  QueueUrl: 'queue',
  stateMachineArn: 'state machine',
  executionArn: 'execution',
  logGroupName: 'log group',
  FunctionName: 'function',
  DistributionId: 'distribution',
};

/** @returns the resource that a call is about, for example `the table records`; undefined when there is none */
export function resourceOf({ input }: Call): string | undefined {
  const { Bucket, Key, RequestItems } = input;
  if (Bucket) return Key === undefined ? `the bucket ${Bucket}` : `s3://${Bucket}/${Key}`;
  if (RequestItems) return `the table ${Object.keys(RequestItems)[0]}`;
  for (const [field, noun] of Object.entries(FIELDS)) {
    if (input[field] !== undefined) return `the ${noun} ${input[field]}`;
  }
  return undefined;
}

const PREFIXES: Record<string, string> = {
  S3: 's3',
  DynamoDB: 'dynamodb',
  SFN: 'states',
  SNS: 'sns',
  SQS: 'sqs',
  'CloudWatch Logs': 'logs',
};

/** Operations of S3 whose action has another name: docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
const S3_ACTIONS: Record<string, string> = {
  HeadObject: 'GetObject',
  HeadBucket: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  GetBucketNotificationConfiguration: 'GetBucketNotification',
};

/** @returns the IAM action that allows a call, for example `s3:ListBucketVersions` */
export function actionOf({ serviceId, operation, input }: Call): string {
  const prefix = PREFIXES[serviceId] ?? serviceId.toLowerCase();
  if (serviceId !== 'S3') return `${prefix}:${operation}`;
  if (operation === 'DeleteObjects' || (operation === 'DeleteObject' && input['VersionId']))
    return 's3:DeleteObjectVersion';
  return `s3:${S3_ACTIONS[operation] ?? operation}`;
}
