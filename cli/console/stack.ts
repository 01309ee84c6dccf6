/** What the console asks of the deployed stack, be it on AWS or on the engine: records, pictures, queues, alarms. */
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Definition } from '../../local-aws/graph';
import { Records } from '../lib/records';
import type { Target } from '../lib/target';
import { Queue } from '../redrive/queue';
import type { Maybe, Overview } from './api';
import { MAGIC_BYTES } from './pictures';
import { Refused } from './refused';

/** An object, and which version of it. */
export interface ObjectVersion {
  bucket: string;
  key: string;
  version?: string;
}

type Known<T> = T extends { value: infer Value } ? Value : never;
type Alarms = Known<Overview['alarms']>;

/** The queues in which events wait. */
const QUEUES = {
  backlog: {
    output: 'backlog_queue_url',
    label: 'Backlog',
    hint: 'Events that wait for capacity. They run by themselves as soon as there is some.',
    redrivable: false,
  },
  'dead-letters': {
    output: 'dead_letter_queue_url',
    label: 'Dead letters',
    hint: 'Events for which no run could be started.',
    redrivable: true,
  },
  failures: {
    output: 'failure_queue_url',
    label: 'Unsent failures',
    hint: 'Failed images of which nobody was notified, because the errors topic took no message.',
    redrivable: true,
  },
} as const;

/** @returns the value, or why it can't be had: with the missing permission, as `connect` words it */
export async function maybe<T>(ask: () => Promise<T>): Promise<Maybe<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

export class DeployedStack {
  private readonly clients: { s3: S3Client; states: SFNClient; sqs: SQSClient; cloudwatch: CloudWatchClient };

  readonly records: Records;

  constructor(readonly target: Target) {
    const { connect } = target;
    this.clients = {
      s3: connect(S3Client),
      states: connect(SFNClient),
      sqs: connect(SQSClient),
      cloudwatch: connect(CloudWatchClient),
    };
    this.records = new Records(connect(DynamoDBClient), this.output('records_table'), this.uploads);
  }

  get uploads(): string {
    return this.output('uploads_bucket');
  }

  get machineArn(): string {
    return this.output('state_machine_arn');
  }

  /** Name of the workflow. */
  get name(): string {
    return this.machineArn.split(':').at(-1) as string;
  }

  /** Whether readers of mails can open the URLs of thumbnails. */
  get opensUrls(): boolean {
    return this.output('delivery_viewers') !== 'signed';
  }

  get s3(): S3Client {
    return this.clients.s3;
  }

  get states(): SFNClient {
    return this.clients.states;
  }

  output(name: string): string {
    return String(this.target.outputs[name] ?? '');
  }

  async definition(): Promise<Definition> {
    const { definition } = await this.states.send(
      new DescribeStateMachineCommand({ stateMachineArn: this.machineArn }),
    );
    return JSON.parse(definition as string) as Definition;
  }

  /** @throws Refused for a bucket that isn't one of the stack */
  assertOurs(bucket: string): void {
    const ours = ['uploads_bucket', 'thumbnails_bucket', 'quarantine_bucket'].map((name) =>
      this.output(name),
    );
    if (bucket && ours.includes(bucket)) return;
    throw new Refused(403, `The console reads the buckets of this workflow only: ${ours.join(', ')}.`);
  }

  /** @throws Refused 404 if there is no such object */
  async object({ bucket, key, version }: ObjectVersion) {
    this.assertOurs(bucket);
    const input = { Bucket: bucket, Key: key, ...(version && { VersionId: version }) };
    return this.s3.send(new GetObjectCommand(input)).catch(missing);
  }

  /** The size of an object in bytes, and how it begins. @throws Refused 404 if there is no such object */
  async peek({ bucket, key, version }: ObjectVersion): Promise<{ size: number; first: Uint8Array }> {
    this.assertOurs(bucket);
    const Range = `bytes=0-${MAGIC_BYTES - 1}`;
    const input = { Bucket: bucket, Key: key, Range, ...(version && { VersionId: version }) };
    try {
      const { Body, ContentRange = '' } = await this.s3.send(new GetObjectCommand(input)).catch(missing);
      const first = await (Body as NonNullable<typeof Body>).transformToByteArray();
      return { size: Number(ContentRange.split('/').at(-1)), first };
    } catch (error) {
      // An empty object has no first byte.
      if ((error as Error).name !== 'InvalidRange') throw error;
      return { size: 0, first: new Uint8Array() };
    }
  }

  async queues(): Promise<Known<Overview['queues']>> {
    const each = Object.entries(QUEUES).map(async ([name, { output, ...words }]) => {
      const queue = new Queue(this.clients.sqs, this.output(output));
      return { name, ...words, waiting: await queue.count() };
    });
    return Promise.all(each);
  }

  /** The alarms that notify the operations topic of this stack. Other workflows may have names that begin alike. */
  async alarms(): Promise<Alarms> {
    const topic = this.output('operations_topic_arn');
    const pages = paginateDescribeAlarms(
      { client: this.clients.cloudwatch },
      { AlarmNamePrefix: `${this.name}-`, AlarmTypes: ['MetricAlarm'] },
    );
    const alarms: Alarms = [];
    for await (const { MetricAlarms = [] } of pages) {
      for (const { AlarmName, AlarmActions, StateValue, StateReason } of MetricAlarms) {
        if (!AlarmActions?.includes(topic)) continue;
        alarms.push({
          name: AlarmName as string,
          state: StateValue as Alarms[number]['state'],
          reason: StateReason ?? '',
        });
      }
    }
    return alarms;
  }
}

function missing(error: Error & { $metadata?: { httpStatusCode?: number } }): never {
  if (error.$metadata?.httpStatusCode !== 404) throw error;
  throw new Refused(404, 'The object is no longer in the bucket.');
}
