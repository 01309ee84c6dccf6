/** A synthesized stack with every reference resolved to its value on this machine. ARNs are those AWS would give. */

export interface Stack {
  name: string;
  account: string;
  region: string;
  buckets: Bucket[];
  tables: Table[];
  topics: Topic[];
  queues: Queue[];
  functions: LambdaFunction[];
  eventSourceMappings: EventSourceMapping[];
  stateMachines: StateMachine[];
  rules: Rule[];
  roles: Role[];
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
}

export interface Table {
  name: string;
  arn: string;
  /** Input of DynamoDB's CreateTable, as the resource describes it. */
  create: Record<string, unknown>;
  /** Attribute that holds the Unix second after which DynamoDB may delete an item. */
  timeToLive?: string;
}

export interface Topic {
  name: string;
  arn: string;
  subscriptions: { protocol: string; endpoint: string; filterPolicy?: Record<string, unknown> }[];
}

export interface Queue {
  name: string;
  arn: string;
  url: string;
  attributes: QueueAttributes;
}

export interface QueueAttributes {
  /** Seconds a received message stays invisible. @default 30 */
  VisibilityTimeout?: number;
  /** Seconds before a sent message becomes visible. @default 0 */
  DelaySeconds?: number;
  /** Seconds after which a message is dropped. @default 345600 */
  MessageRetentionPeriod?: number;
  /** Where a message goes that was received too often without being deleted. */
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

/** Lambda polls a queue and invokes a function with what it finds. */
export interface EventSourceMapping {
  /** ARN of the queue. */
  queue: string;
  /** Qualified ARN of the function. */
  functionArn: string;
  /** Messages of one invocation at most. */
  batchSize: number;
  /** Whether the function answers which messages of the batch it is not done with. */
  reportBatchItemFailures: boolean;
  /** Invocations at the same time at most. */
  maximumConcurrency?: number;
}

export interface StateMachine {
  name: string;
  arn: string;
  type: 'EXPRESS' | 'STANDARD';
  role: string;
  /** Parsed Amazon States Language, references resolved. */
  definition: Record<string, unknown>;
  logging: { level: 'OFF' | 'ERROR' | 'FATAL' | 'ALL'; includeExecutionData: boolean };
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

export interface Role {
  name: string;
  arn: string;
  trust: PolicyDocument;
  policies: PolicyDocument[];
}

export interface PolicyDocument {
  Version: string;
  Statement: PolicyStatement[];
}

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string[];
  Resource: string[];
  Principal?: Record<string, string[]>;
  Condition?: Record<string, Record<string, string[]>>;
}
