/**
 * An engine whose stack makes one variant in two ways: at upload for keys under `eager/`, on its first request for keys
 * under `lazy/`.
 */
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
export interface Timing {
  wall: number;
  /** CPU time of the function that makes the variant. 0 if no function ran or the system isn't Linux. */
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

/** The functions that make a variant, by their names in the stack. */
type MakerName = 'thumbnail' | 'render';

export class DeliveryEndpoint {
  private uploads = 0;
  private last?: Execution;
  private engine!: Engine;

  private constructor(private readonly dataDir: string) {}

  /** @param folder exists already; the engine's data goes into a folder within it */
  static async open(folder: string): Promise<DeliveryEndpoint> {
    const settings = path.join(folder, 'settings.json');
    await writeFile(settings, JSON.stringify(SETTINGS));
    const endpoint = new DeliveryEndpoint(path.join(folder, 'engine'));
    endpoint.engine = await startWorkflowEngine({
      dataDir: endpoint.dataDir,
      port: 0,
      settings,
      log: () => {},
      onExecution: (execution) => {
        endpoint.last = execution;
      },
    });
    return endpoint;
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  /** Uploads an image and measures the Thumbnail state of its execution. */
  async eagerStep(image: Buffer): Promise<Timing> {
    const before = this.cpu('thumbnail');
    await this.upload('eager', image);
    const { states } = summarize(readHistory(this.dataDir, (this.last as Execution).executionArn));
    const state = states.find(({ name }) => name === 'Thumbnail');
    if (state?.outcome !== 'succeeded')
      throw new Error(`Expected a thumbnail but received ${this.last?.cause}`);
    return { wall: state.durationMs, cpu: this.cpu('thumbnail') - before };
  }

  /** Uploads an image and returns the URL of its variant, which isn't made yet. */
  async uploadLazy(image: Buffer): Promise<string> {
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

  /** Requests the URL and reads the whole answer. @param expected whether the answer has to come from the cache */
  async request(url: string, expected: 'Hit' | 'Miss'): Promise<Timing> {
    const before = this.cpu('render');
    const start = performance.now();
    const answer = await fetch(url);
    await answer.arrayBuffer();
    const wall = performance.now() - start;
    const received = `${answer.status} ${answer.headers.get('x-cache')}`;
    if (received !== `200 ${expected} from cloudfront`)
      throw new Error(`Expected a ${expected} for ${url} but received ${received}`);
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

  /** Milliseconds of CPU so far, in steps of ten. */
  private cpu(maker: MakerName): number {
    const processes = childrenOf(process.pid).filter(({ environment }) =>
      environment['AWS_LAMBDA_FUNCTION_NAME']?.endsWith(`-${maker}`),
    );
    return processes.reduce((sum, { pid }) => sum + cpuOf(pid) * 1_000, 0);
  }
}
