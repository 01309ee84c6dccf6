import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import PostalMime from 'postal-mime';
import { type Engine, type EngineOptions, startEngine } from '../../local/engine';
import { type Summary, summarize } from '../../local/graph';
import { USER_CREDENTIALS } from '../../local/principals';
import { type Execution, readHistory } from '../../local/states';

type BucketName = 'uploads' | 'thumbnails' | 'quarantine';

/** The real stack on the real engine, in a data folder of its own, with what a test wants to look at. */
export class Workflow {
  readonly ended: Execution[] = [];
  private engine!: Engine;

  private constructor(
    readonly dataDir: string,
    private readonly options: Partial<EngineOptions>,
  ) {}

  static async start(options: Partial<EngineOptions> = {}): Promise<Workflow> {
    const workflow = new Workflow(await mkdtemp(path.join(tmpdir(), 'workflow-')), options);
    await workflow.open();
    return workflow;
  }

  get endpoint(): string {
    return this.engine.endpoint;
  }

  get stack(): Engine['stack'] {
    return this.engine.stack;
  }

  bucket(name: BucketName): string {
    return this.stack.outputs[`${name}_bucket`] as string;
  }

  get s3(): S3Client {
    return new S3Client(this.client());
  }

  client() {
    return { endpoint: this.endpoint, region: this.stack.region, credentials: USER_CREDENTIALS };
  }

  /** @returns the version id */
  async upload(key: string, body: Buffer | string, ContentType?: string): Promise<string> {
    const command = new PutObjectCommand({
      Bucket: this.bucket('uploads'),
      Key: key,
      Body: body,
      ContentType,
    });
    return (await this.s3.send(command)).VersionId as string;
  }

  /** Resolves when everything that was uploaded has been worked off. */
  idle(): Promise<void> {
    return this.engine.idle();
  }

  /** Uploads, waits, and tells the path the last execution took. */
  async process(key: string, body: Buffer | string, ContentType?: string): Promise<Summary> {
    await this.upload(key, body, ContentType);
    await this.idle();
    return this.summary(this.ended.at(-1) as Execution);
  }

  /** Runs an execution once more with the very same input, as a repeated delivery would. */
  async repeat(key: string, execution: Execution = this.ended.at(-1) as Execution): Promise<Summary> {
    const [started] = readHistory(this.dataDir, execution.executionArn);
    const input = String(started?.details['input']);
    if (!input.includes(JSON.stringify(key)))
      throw new Error(`Expected an execution for ${key} but received ${input}`);
    const states = new SFNClient(this.client());
    const stateMachineArn = this.stack.outputs['state_machine_arn'] as string;
    const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn, input }));
    for (;;) {
      const { status } = await states.send(new DescribeExecutionCommand({ executionArn }));
      if (status !== 'RUNNING') return summarize(readHistory(this.dataDir, executionArn as string));
      await sleep(50);
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
    const { Item } = await new DynamoDBClient(this.client()).send(
      new GetItemCommand({
        TableName: this.stack.outputs['records_table'] as string,
        Key: { id: { S: `${this.bucket('uploads')}/${key}` } },
      }),
    );
    return Item ? unmarshall(Item) : {};
  }

  /** Every email so far, oldest first. */
  async mail(): Promise<{ to: string; subject: string; text: string }[]> {
    const folder = path.join(this.dataDir, 'mail');
    const files = (await readdir(folder).catch(() => [])).sort();
    return Promise.all(
      files.map(async (file) => {
        const { to, subject, text } = await PostalMime.parse(await readFile(path.join(folder, file)));
        return { to: to?.[0]?.address ?? '', subject: subject ?? '', text: text ?? '' };
      }),
    );
  }

  /** Ends the engine and starts another one on the same data. */
  async restart(options: Partial<EngineOptions> = {}): Promise<void> {
    await this.engine.close();
    await this.open(options);
  }

  async end(): Promise<void> {
    await this.engine.close();
    await rm(this.dataDir, { recursive: true });
  }

  private async open(options: Partial<EngineOptions> = this.options): Promise<void> {
    this.engine = await startEngine({
      dataDir: this.dataDir,
      port: 0,
      onExecution: (execution) => this.ended.push(execution),
      ...options,
    });
  }
}
