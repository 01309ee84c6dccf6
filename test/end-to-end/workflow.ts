import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ListExecutionsCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import PostalMime from 'postal-mime';
import { synthesizedIn } from '../../cli/lib/synthesize';
import { startWorkflowEngine, type WorkflowEngineOptions } from '../../cli/lib/workflow-engine';
import type { ObjectEvent } from '../../contract/event';
import { type Engine, type FaultInput, parseFaults, USER_CREDENTIALS } from '../../local-aws';
import { type Summary, summarize } from '../../local-aws/graph';
import { type Execution, readHistory } from '../../local-aws/history';
import { synthesisOf } from './synthesis';

/** The states of an execution that did something. Choice states are left out: the next state shows what they chose. */
export const pathOf = ({ states }: Summary) =>
  states.filter(({ type }) => type !== 'Choice').map(({ name }) => name);

type BucketName = 'uploads' | 'thumbnails' | 'quarantine';

/** Part of a message from the workflow. */
export interface Told {
  dedupeId: string;
  status: string;
  source: { key: string; version: string };
}

/** Options for the engine; `settings` are those of the stack. */
export type WorkflowOptions = Omit<Partial<WorkflowEngineOptions>, 'settings'> & { settings?: object };

/** The real stack on the real engine, in its own data folder, with everything that tests look at. */
export class Workflow {
  readonly ended: Execution[] = [];
  private engine!: Engine;
  private made?: {
    endpoint: string;
    s3: S3Client;
    states: SFNClient;
    dynamodb: DynamoDBClient;
    sqs: SQSClient;
  };
  /** What {@link mail} has read, by file: each is written once. */
  private readonly mails = new Map<string, Promise<{ to: string; subject: string; text: string }>>();

  private constructor(
    readonly dataDir: string,
    private readonly options: Partial<WorkflowEngineOptions>,
  ) {}

  static async start({ settings, ...options }: WorkflowOptions = {}): Promise<Workflow> {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'workflow-'));
    const workflow = new Workflow(dataDir, options);
    if (!options.stackFile) {
      // Commands look for the stack of an engine in its data folder.
      const synthesis = await synthesisOf(settings);
      await symlink(synthesis, path.join(dataDir, 'synth'));
      workflow.options.stackFile = await synthesizedIn(synthesis);
    }
    await workflow.open();
    return workflow;
  }

  /** From now on, makes these calls and functions fail; without an argument, none. */
  inject(...faults: FaultInput[]): ReturnType<Engine['inject']> {
    return this.engine.inject(parseFaults(faults, 'faults'));
  }

  get endpoint(): string {
    return this.engine.endpoint;
  }

  get stack(): Engine['stack'] {
    return this.engine.stack;
  }

  get publicEndpoints(): Engine['publicEndpoints'] {
    return this.engine.publicEndpoints;
  }

  /** A token for the API. */
  token(sub: string): Promise<string> {
    return this.engine.token({ sub });
  }

  get cloudwatch(): Engine['cloudwatch'] {
    return this.engine.cloudwatch;
  }

  /** Runs a scheduled rule now, and waits for it. @param name end of its name */
  tick(name: string): Promise<void> {
    const schedule = this.stack.schedules.find((each) => each.name.endsWith(name));
    return this.engine.tick(schedule?.name ?? name);
  }

  get permissions(): ReturnType<Engine['permissions']> {
    return this.engine.permissions();
  }

  bucket(name: BucketName): string {
    return this.stack.outputs[`${name}_bucket`] as string;
  }

  get s3(): S3Client {
    return this.clients().s3;
  }

  private get states(): SFNClient {
    return this.clients().states;
  }

  /** To make a client takes longer than most of its calls. */
  private clients() {
    if (this.made?.endpoint !== this.endpoint) {
      const options = this.client();
      this.made = {
        endpoint: this.endpoint,
        s3: new S3Client(options),
        states: new SFNClient(options),
        dynamodb: new DynamoDBClient(options),
        sqs: new SQSClient(options),
      };
    }
    return this.made;
  }

  private get machine(): string {
    return this.stack.outputs['state_machine_arn'] as string;
  }

  client() {
    return { endpoint: this.endpoint, region: this.stack.region, credentials: USER_CREDENTIALS };
  }

  /** @returns the object's version id */
  async upload(key: string, body: Buffer | string, ContentType?: string): Promise<string> {
    const command = new PutObjectCommand({
      Bucket: this.bucket('uploads'),
      Key: key,
      Body: body,
      ContentType,
    });
    return (await this.s3.send(command)).VersionId as string;
  }

  /** Deletes an object. A delete marker becomes its current version. */
  async remove(key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket('uploads'), Key: key }));
  }

  /** Resolves when everything that was uploaded or delivered again has been processed. */
  async idle(): Promise<void> {
    for (;;) {
      await this.engine.idle();
      const { executions } = await this.states.send(
        new ListExecutionsCommand({ stateMachineArn: this.machine, statusFilter: 'RUNNING' }),
      );
      if (executions?.length === 0) return;
      await sleep(20);
    }
  }

  /** Uploads a file, waits, and returns the path of the last execution. */
  async process(key: string, body: Buffer | string, ContentType?: string): Promise<Summary> {
    await this.upload(key, body, ContentType);
    await this.idle();
    return this.summary(this.ended.at(-1) as Execution);
  }

  /**
   * Starts an execution again with the same input, like a repeated delivery.
   *
   * @param change made to the event before
   * @returns its ARN
   */
  async deliverAgain(execution: Execution, change = (event: ObjectEvent) => event): Promise<string> {
    const [started] = readHistory(this.dataDir, execution.executionArn);
    const input = JSON.stringify(change(JSON.parse(String(started?.details['input']))));
    const { executionArn } = await this.states.send(
      new StartExecutionCommand({ stateMachineArn: this.machine, input }),
    );
    return executionArn as string;
  }

  /** Delivers an event again, waits, and returns the path of its execution. @param key the key expected in the event */
  async repeat(
    key: string,
    execution: Execution = this.ended.at(-1) as Execution,
    change?: (event: ObjectEvent) => ObjectEvent,
  ): Promise<Summary> {
    const [started] = readHistory(this.dataDir, execution.executionArn);
    if (!String(started?.details['input']).includes(JSON.stringify(key)))
      throw new Error(`Expected an execution for ${key} but received ${started?.details['input']}`);
    const executionArn = await this.deliverAgain(execution, change);
    for (;;) {
      const ended = this.ended.find((each) => each.executionArn === executionArn);
      if (ended) return this.summary(ended);
      await sleep(20);
    }
  }

  summary({ executionArn }: Execution): Summary {
    return summarize(readHistory(this.dataDir, executionArn));
  }

  async keys(name: BucketName): Promise<string[]> {
    const listed = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket(name) }));
    return (listed.Contents ?? []).map(({ Key }) => Key as string);
  }

  async object(name: BucketName, key: string) {
    const { Body, ...object } = await this.s3.send(
      new GetObjectCommand({ Bucket: this.bucket(name), Key: key }),
    );
    return { ...object, body: Buffer.from(await (Body as NonNullable<typeof Body>).transformToByteArray()) };
  }

  async record(key: string): Promise<Record<string, unknown>> {
    const { Item } = await this.clients().dynamodb.send(
      new GetItemCommand({
        TableName: this.stack.outputs['records_table'] as string,
        Key: { id: { S: `${this.bucket('uploads')}/${key}` } },
      }),
    );
    return Item ? unmarshall(Item) : {};
  }

  /** The states of the last execution, by name. */
  get path(): string[] {
    return pathOf(this.summary(this.ended.at(-1) as Execution));
  }

  /** The number of messages in a queue, both waiting and in flight. @param name end of its name */
  async messages(name: string): Promise<number> {
    const { url } = this.stack.queues.find((queue) => queue.name.endsWith(name)) as { url: string };
    const { Attributes } = await this.clients().sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    const counts = Object.entries(Attributes ?? {}).filter(([key]) => key.startsWith('ApproximateNumber'));
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** How often a function has been invoked to the end. @param name end of its name */
  async invocations(name: string): Promise<number> {
    const fn = this.stack.functions.find((each) => each.name.endsWith(`-${name}`));
    const log = path.join(this.dataDir, 'logs', `${fn?.name}.log`);
    const lines = (await readFile(log, 'utf8').catch(() => '')).split('\n');
    return lines.filter((line) => line.includes('"platform.report"')).length;
  }

  /** Every email so far, oldest first. */
  async mail(): Promise<{ to: string; subject: string; text: string }[]> {
    const folder = path.join(this.dataDir, 'mail');
    const files = (await readdir(folder).catch(() => [])).sort();
    const read = async (file: string) => {
      const { to, subject, text } = await PostalMime.parse(await readFile(path.join(folder, file)));
      return { to: to?.[0]?.address ?? '', subject: subject ?? '', text: text ?? '' };
    };
    for (const file of files) if (!this.mails.has(file)) this.mails.set(file, read(file));
    return Promise.all(files.map((file) => this.mails.get(file)!));
  }

  /** Stops the engine and starts another one on the same data. @param meanwhile called while none runs */
  async restart(meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    await this.engine.close();
    await meanwhile();
    await this.open();
  }

  /** The messages to a topic, oldest first. */
  async told(topic: 'processed' | 'errors'): Promise<Told[]> {
    const name = String(this.stack.outputs[`${topic}_topic_arn`]).split(':').at(-1);
    const file = path.join(this.dataDir, 'messages', `${name}.jsonl`);
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(JSON.parse(line).Message));
  }

  async end(): Promise<void> {
    await this.engine.close();
    await rm(this.dataDir, { recursive: true });
  }

  private async open(): Promise<void> {
    this.engine = await startWorkflowEngine({
      dataDir: this.dataDir,
      port: 0,
      onExecution: (execution) => this.ended.push(execution),
      ...this.options,
    });
  }
}
