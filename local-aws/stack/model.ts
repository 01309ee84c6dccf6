/** A synthesized stack with every reference resolved to its value on this machine. ARNs are those AWS would give. */

import type { HttpApi } from '../api-gateway/model';
import type { Distribution } from '../cloudfront/model';

export interface Stack {
  name: string;
  account: string;
  region: string;
  buckets: Bucket[];
  tables: Table[];
  topics: Topic[];
  queues: Queue[];
  functions: LambdaFunction[];
  functionUrls: FunctionUrl[];
  eventSourceMappings: EventSourceMapping[];
  stateMachines: StateMachine[];
  rules: Rule[];
  schedules: Schedule[];
  alarms: Alarm[];
  distributions: Distribution[];
  apis: HttpApi[];
  roles: Role[];
  keys: Key[];
  logGroups: LogGroup[];
  parameters: Parameter[];
  /** Policies attached to resources, by the ARN of the resource. */
  resourcePolicies: Record<string, PolicyDocument>;
  /** Terraform outputs by name. */
  outputs: Record<string, unknown>;
}

export interface Bucket {
  name: string;
  arn: string;
  versioning: boolean;
  /** Whether the bucket sends its events to EventBridge. */
  eventBridge: boolean;
  /** How objects are encrypted if their upload doesn't say. @default with S3's key */
  encryption?: BucketEncryption;
  /** What pages of other origins may do. @default nothing */
  cors?: CorsRule[];
}

export interface CorsRule {
  /** With at most one `*` each. */
  origins: string[];
  methods: string[];
  /** With at most one `*` each. */
  headers: string[];
  expose: string[];
  /** Seconds. */
  maxAge?: number;
}

export interface BucketEncryption {
  /** ARN of the key. */
  key: string;
  /** Whether S3 keeps a key for the bucket, and so asks KMS about the bucket instead of each object. */
  bucketKey: boolean;
}

export interface Table {
  name: string;
  arn: string;
  /** Input of DynamoDB's CreateTable, as the resource describes it. */
  create: Record<string, unknown>;
  /** Attribute that holds the Unix second after which DynamoDB may delete an item. */
  timeToLive?: string;
  /** ARN of the key that encrypts its items. @default a key of DynamoDB */
  key?: string;
}

export interface Topic {
  name: string;
  arn: string;
  subscriptions: { protocol: string; endpoint: string; filterPolicy?: Record<string, unknown> }[];
  /** ARN of the key that encrypts its messages. @default none */
  key?: string;
}

export interface Queue {
  name: string;
  arn: string;
  url: string;
  attributes: QueueAttributes;
  /** ARN of the key that encrypts its messages. @default a key of SQS */
  key?: string;
}

export interface QueueAttributes {
  /** Seconds a received message stays invisible. @default 30 */
  VisibilityTimeout?: number;
  /** Seconds before a sent message becomes visible. @default 0 */
  DelaySeconds?: number;
  /** Seconds after which a message is dropped. @default 345600 */
  MessageRetentionPeriod?: number;
  /** Where messages go that were received too often without being deleted. */
  RedrivePolicy?: { deadLetterTargetArn: string; maxReceiveCount: number };
}

export interface LambdaFunction {
  name: string;
  arn: string;
  /** `arn` followed by the published version, as the definition names it. */
  qualifiedArn: string;
  version: string;
  handler: string;
  /** Absolute path of the deployment package. */
  zip: string;
  role: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  reservedConcurrency?: number;
  logGroup: string;
}

/** A function with its own HTTPS address, for callers who may invoke it. */
export interface FunctionUrl {
  id: string;
  /** For example `<id>.lambda-url.eu-west-1.on.aws`. */
  domain: string;
  functionName: string;
  /** The ARN for permissions, without a version. */
  functionArn: string;
  /** The version to invoke. There is only one here. */
  versionArn: string;
}

/** Lambda polls a queue and invokes a function with its messages. */
export interface EventSourceMapping {
  /** ARN of the queue. */
  queue: string;
  /** Qualified ARN of the function. */
  functionArn: string;
  /** The most messages of one invocation. */
  batchSize: number;
  /** Whether the function answers which messages of the batch have failed. */
  reportBatchItemFailures: boolean;
  /** The most invocations at the same time. */
  maximumConcurrency?: number;
}

export interface StateMachine {
  name: string;
  arn: string;
  type: 'EXPRESS' | 'STANDARD';
  role: string;
  /** Parsed Amazon States Language, references resolved. */
  definition: Record<string, unknown>;
  logging: {
    level: 'OFF' | 'ERROR' | 'FATAL' | 'ALL';
    includeExecutionData: boolean;
    /** Name of the log group. @default none */
    logGroup?: string;
  };
}

export interface Rule {
  name: string;
  arn: string;
  /** Parsed EventBridge event pattern. */
  pattern: Record<string, unknown>;
  targets: {
    arn: string;
    role?: string;
    deadLetterQueue?: string;
    maximumRetryAttempts?: number;
    maximumEventAgeSeconds?: number;
  }[];
}

/** A scheduled rule. Its pattern matches the events that it creates itself. */
export interface Schedule extends Rule {
  /** Seconds between two runs. */
  everySeconds: number;
}

/** A metric, and how its values of one period become one. */
export interface MetricStat {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  stat: 'Sum' | 'Average' | 'Maximum' | 'Minimum' | 'SampleCount';
}

/** One part of a metric that is computed from others. */
export type MetricQuery = { id: string; label?: string; returnData: boolean } & (
  | { metric: MetricStat }
  | { expression: string }
);

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export type Comparison =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

/** An alarm of CloudWatch. */
export interface Alarm {
  name: string;
  arn: string;
  description?: string;
  /** One metric, or queries of which exactly one returns data. */
  measures: MetricStat | MetricQuery[];
  /** Seconds of a data point. */
  period: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  comparison: Comparison;
  threshold: number;
  treatMissingData: 'missing' | 'ignore' | 'breaching' | 'notBreaching';
  /** ARNs of the topics to publish to when a state is entered. */
  actions: Record<AlarmState, string[]>;
}

export interface Role {
  name: string;
  arn: string;
  trust: PolicyDocument;
  policies: PolicyDocument[];
  /** The managed policy that limits the role. Its document is missing if it is unknown. */
  boundary?: { arn: string; document?: PolicyDocument };
}

/** A KMS key. */
export interface Key {
  arn: string;
  /** Its names besides its ARN: its id, `alias/…`, and ARNs of aliases. */
  names: string[];
  policy: PolicyDocument;
  /** Who made it: the stack, the account before the stack, or AWS for one of its services. */
  madeBy: 'stack' | 'account' | 'aws';
}

/** A SecureString parameter of SSM. It exists besides the stack, whose state may not hold its value. */
export interface Parameter {
  name: string;
  value: string;
  /** ARN of the customer-managed key that encrypts it. @default SSM's own, which everyone in the account may use through SSM */
  key?: string;
}

export interface LogGroup {
  name: string;
  arn: string;
  /** ARN of the key that encrypts its logs. @default the key of CloudWatch Logs */
  key?: string;
}

export interface PolicyDocument {
  Version: string;
  Statement: PolicyStatement[];
}

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  /** Empty if there is a NotAction. */
  Action: string[];
  /** All actions but these. Only in a permissions boundary. */
  NotAction?: string[];
  Resource: string[];
  Principal?: Record<string, string[]>;
  Condition?: Record<string, Record<string, string[]>>;
}
