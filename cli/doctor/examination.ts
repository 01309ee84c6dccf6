import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Records, type StoredRecord } from '../lib/records';
import type { Target } from '../lib/target';
import { eventIn } from '../redrive/event-in';
import { Queue } from '../redrive/queue';
import { emptinessOf, eventsOf, regionOf, subscribersOf } from './configuration';
import { diagnose, type Observation } from './diagnosis';
import { type Finding, problem } from './finding';
import { patienceOf } from './patience';
import { exists, type Probe, probeKey, recordOnce, upload } from './probe';
import { removeProbe } from './removal';

/** One visit to a stack: what can be seen of it, and what becomes of a probe. */
export class Examination {
  private readonly s3: S3Client;
  private readonly dynamodb: DynamoDBClient;
  private readonly sns: SNSClient;
  private readonly records: Records;
  private readonly deadLetters: Queue;
  private readonly failures: Queue;
  private readonly probe: Probe;
  private readonly region: string;
  /** Of the probe, once it is uploaded to a bucket with versions. */
  private version?: string;

  constructor(
    private readonly target: Target,
    private readonly options: Pick<Observation, 'seconds'> & {
      /** Once it is aborted, the probe is no longer waited for but removed. */
      signal: AbortSignal;
    },
  ) {
    // A bucket in another region is a finding, not an error.
    this.s3 = target.connect(S3Client, { followRegionRedirects: true });
    this.dynamodb = target.connect(DynamoDBClient);
    this.sns = target.connect(SNSClient);
    const bucket = this.output('uploads_bucket');
    this.region = this.output('state_machine_arn').split(':')[3] ?? '';
    this.records = new Records(this.dynamodb, this.output('records_table'), bucket);
    const sqs = target.connect(SQSClient);
    this.deadLetters = new Queue(sqs, this.output('dead_letter_queue_url'));
    this.failures = new Queue(sqs, this.output('failure_queue_url'));
    // The stack's own example of an upload ends in a suffix that starts the workflow.
    const [, suffix = 'jpg'] = /\.(\w+)'?$/.exec(this.output('upload_command')) ?? [];
    this.probe = { bucket, key: probeKey(this.output('uploads_prefix'), suffix) };
  }

  /** Checks that change nothing. */
  async *look(): AsyncGenerator<Finding> {
    const { bucket } = this.probe;
    const { hint } = this.target;
    yield regionOf(this.s3, bucket, this.region);
    yield eventsOf(this.s3, bucket, this.region);
    for (const { output, ...topic } of TOPICS) {
      const arn = this.target.outputs[output];
      if (arn) yield subscribersOf(this.sns, { arn, ...topic });
    }
    yield emptinessOf(
      this.deadLetters,
      'dead-letters',
      'events for which no execution could be started',
      hint,
    );
    yield emptinessOf(this.failures, 'failures', 'failures that could not be published', hint);
  }

  /** Uploads the probe, follows it, and removes everything that resulted from it. */
  async *try(): AsyncGenerator<Finding> {
    try {
      this.version = await upload(this.s3, this.probe);
      yield* this.follow();
    } catch (error) {
      yield problem('Doctor could not find out what became of the probe.', (error as Error).message);
    } finally {
      yield await this.cleanUp();
    }
  }

  private async *follow(): AsyncGenerator<Finding> {
    const record = await this.wait('the record, the thumbnails and the message', isOver, this.options.signal);
    if (this.options.signal.aborted) {
      yield problem('It was stopped before the probe was done.', 'Run it again.');
      return;
    }
    const thumbnails = await Promise.all(
      (record?.thumbnails ?? []).map(async (place) => ({ ...place, there: await exists(this.s3, place) })),
    );
    const { seconds } = this.options;
    const deadLetter = record ? null : await this.deadLetter();
    yield* diagnose({ record, seconds, thumbnails, deadLetter, hint: this.target.hint });
  }

  private cleanUp(): Promise<Finding> {
    return removeProbe({
      s3: this.s3,
      dynamodb: this.dynamodb,
      records: this.records,
      probe: this.probe,
      version: this.version,
      region: this.region,
      table: this.output('records_table'),
      thumbnails: { bucket: this.output('thumbnails_bucket'), prefix: this.output('thumbnails_prefix') },
      quarantine: this.output('quarantine_bucket'),
      deletion: () => this.wait('the removal', ({ status }) => status === 'DELETED'),
      executions: this.target.hint('executions'),
    });
  }

  /** Why EventBridge could not start an execution for the probe, if one of the first dead letters says so. */
  private async deadLetter(): Promise<string | null> {
    for (const { body, attributes } of await this.deadLetters.look()) {
      const found = eventIn(body);
      if (!('event' in found) || found.event.detail.object.key !== this.probe.key) continue;
      return [attributes['ERROR_CODE'], attributes['ERROR_MESSAGE']].filter(Boolean).join(': ');
    }
    return null;
  }

  private async wait(
    what: string,
    satisfies: (record: StoredRecord) => boolean,
    interrupted?: AbortSignal,
  ): Promise<StoredRecord | null> {
    const patience = patienceOf(this.options.seconds, interrupted);
    const record = await recordOnce(satisfies, what, this.probe, this.records, patience);
    patience.over();
    return record;
  }

  private output(name: string): string {
    return this.target.outputs[name] ?? '';
  }
}

/** The message is sent last: a record that is DONE is not over before. */
const isOver = ({ status, notifiedSequencer = '', sequencer }: StoredRecord) =>
  status === 'FAILED' || (status === 'DONE' && notifiedSequencer >= sequencer);

const TOPICS = [
  {
    output: 'processed_topic_arn',
    name: 'the processed topic',
    purpose: 'thumbnails that are ready',
    setting: 'notifications.processed',
    optional: true,
  },
  {
    output: 'errors_topic_arn',
    name: 'the errors topic',
    purpose: 'images that fail',
    setting: 'notifications.errors',
    optional: false,
  },
  {
    output: 'operations_topic_arn',
    name: 'the operations topic',
    purpose: 'alarms',
    setting: 'notifications.operations',
    optional: false,
  },
] as const;
