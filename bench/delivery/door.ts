/** An engine with one variant twice: made with the upload under `eager/`, and on its first request under `lazy/`. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { startWorkflowEngine } from '../../cli/lib/workflow-engine';
import { type Engine, USER_CREDENTIALS } from '../../local-aws';
import { summarize } from '../../local-aws/graph';
import { type Execution, readHistory } from '../../local-aws/history';
import { childrenOf, cpuOf } from '../end-to-end/process';

export const SIDE = 800;

/** Milliseconds. */
export interface Took {
  wall: number;
  /** CPU of the function that makes the variant; none where there is no function in it, or not on Linux. */
  cpu: number;
}

const variant = { name: 'large', width: SIDE, height: SIDE };
const SETTINGS = {
  presets: [
    { name: 'eager', variants: [variant] },
    { name: 'lazy', prefix: 'lazy/', variants: [{ ...variant, lazy: true }] },
  ],
  delivery: { enabled: true },
};

/** What the stack calls the functions that make it. */
type Maker = 'thumbnail' | 'render';

export class Door {
  private uploads = 0;
  private last?: Execution;
  private engine!: Engine;

  private constructor(private readonly dataDir: string) {}

  /** @param folder that is there; the engine gets one of its own within */
  static async open(folder: string): Promise<Door> {
    const settings = path.join(folder, 'settings.json');
    await writeFile(settings, JSON.stringify(SETTINGS));
    const door = new Door(path.join(folder, 'engine'));
    door.engine = await startWorkflowEngine({
      dataDir: door.dataDir,
      port: 0,
      settings,
      log: () => {},
      onExecution: (execution) => {
        door.last = execution;
      },
    });
    return door;
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  /** The Thumbnail state of an execution, from its start to its end. */
  async eagerStep(image: Buffer): Promise<Took> {
    const before = this.cpu('thumbnail');
    await this.upload('eager', image);
    const { states } = summarize(readHistory(this.dataDir, (this.last as Execution).executionArn));
    const state = states.find(({ name }) => name === 'Thumbnail');
    if (state?.outcome !== 'succeeded')
      throw new Error(`Expected a thumbnail but received ${this.last?.cause}`);
    return { wall: state.durationMs, cpu: this.cpu('thumbnail') - before };
  }

  /** Uploads an image and tells where its variant is that nobody has asked for yet. */
  async offer(image: Buffer): Promise<string> {
    const key = await this.upload('lazy', image);
    const { Item } = await new DynamoDBClient(this.client).send(
      new GetItemCommand({
        TableName: this.engine.stack.outputs['records_table'] as string,
        Key: { id: { S: `${this.bucket}/${key}` } },
      }),
    );
    const [offer] = unmarshall(Item ?? {})['onRequest'] as [{ url: string }];
    return offer.url;
  }

  /** The whole answer to a request. @param expected what it has to say of the cache */
  async ask(url: string, expected: 'Hit' | 'Miss'): Promise<Took> {
    const before = this.cpu('render');
    const start = performance.now();
    const answer = await fetch(url);
    await answer.arrayBuffer();
    const wall = performance.now() - start;
    const told = `${answer.status} ${answer.headers.get('x-cache')}`;
    if (told !== `200 ${expected} from cloudfront`)
      throw new Error(`Expected a ${expected} of ${url} but received ${told}`);
    return { wall, cpu: this.cpu('render') - before };
  }

  private async upload(preset: string, Body: Buffer): Promise<string> {
    const Key = `${preset}/${this.uploads++}.jpg`;
    await new S3Client(this.client).send(new PutObjectCommand({ Bucket: this.bucket, Key, Body }));
    await this.engine.idle();
    return Key;
  }

  private get bucket(): string {
    return this.engine.stack.outputs['uploads_bucket'] as string;
  }

  private get client() {
    const { endpoint, stack } = this.engine;
    return { endpoint, region: stack.region, credentials: USER_CREDENTIALS };
  }

  /** Milliseconds so far, in steps of ten. */
  private cpu(maker: Maker): number {
    const processes = childrenOf(process.pid).filter(({ environment }) =>
      environment['AWS_LAMBDA_FUNCTION_NAME']?.endsWith(`-${maker}`),
    );
    return processes.reduce((sum, { pid }) => sum + cpuOf(pid) * 1_000, 0);
  }
}
