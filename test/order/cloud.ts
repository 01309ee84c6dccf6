/**
 * AWS within this process: the local engine's S3, DynamoDB and SNS behind its endpoint, and the real functions, which call
 * it through the real SDK. There are no child processes, so a run takes only milliseconds.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectEvent } from '../../contract/event';
import type { Preset } from '../../functions/lib/image/presets';
import { Records } from '../../functions/lib/records/records';
import { createDynamoDB } from '../../local-aws/dynamodb';
import { Principals, USER_CREDENTIALS, userArn } from '../../local-aws/principals';
import { createS3 } from '../../local-aws/s3';
import { createServiceServer } from '../../local-aws/server';
import type { DocumentService } from '../../local-aws/service';
import { createSns, type PublishInput } from '../../local-aws/sns';
import { CATALOGUE, forEachState, STATE_KEYS, type StateKey } from '../../stacks/catalogue';

const REGION = 'us-east-1';
const ACCOUNT = '111122223333';
const TABLE = 'records';
const PROCESSED = `arn:aws:sns:${REGION}:${ACCOUNT}:processed`;
export const ERRORS = `arn:aws:sns:${REGION}:${ACCOUNT}:errors`;

export const BUCKETS = {
  versioned: 'uploads',
  unversioned: 'uploads-unversioned',
  thumbnails: 'thumbnails',
  quarantine: 'quarantine',
};

/** One variant whose key depends on the image's format, and one whose key doesn't. */
export const PRESET: Preset = {
  name: 'default',
  prefix: '',
  variants: [
    { name: 'same', width: 4, height: 4, fit: 'inside', format: 'same', quality: 80 },
    { name: 'webp', width: 6, fit: 'inside', format: 'webp', quality: 80 },
  ],
};

/** The functions' environment. Each name means the same to all of them. */
const ENVIRONMENT = {
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: USER_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: USER_CREDENTIALS.secretAccessKey,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  TABLE_NAME: TABLE,
  THUMBNAILS_BUCKET: BUCKETS.thumbnails,
  QUARANTINE_BUCKET: BUCKETS.quarantine,
  TOPIC_ARN: PROCESSED,
  PRESETS: JSON.stringify([PRESET]),
  ACCEPTED_FORMATS: 'jpeg,png,webp,gif',
  MAX_BYTES: '1000000',
  MAX_PIXELS: '1000000',
  MAX_SIDE: '1000',
  CACHE_CONTROL: 'public',
  BACKGROUND: '#ffffff',
  TOMBSTONE_DAYS: '14',
};

export type Handler = (input: unknown) => Promise<unknown>;

/** Called around every AWS call made by code that runs within {@link watched}. */
export type Around = (command: string, perform: () => Promise<unknown>) => Promise<unknown>;

const around = new AsyncLocalStorage<Around>();

/** Runs `work` with `watch` around each of its calls. */
export function watched<Result>(watch: Around, work: () => Promise<Result>): Promise<Result> {
  return around.run(watch, work);
}

/** A message as a subscriber of either topic receives it. */
export interface Told {
  status: 'DONE' | 'FAILED';
  dedupeId: string;
  source: { bucket: string; key: string; version: string | null; etag: string; sequencer: string };
  error?: { name: string; message: string };
}

export class Cloud {
  private readonly events: ObjectEvent[] = [];
  private readonly read = new Map<string, number>();
  /** Who gets the events that are sent to the backlog queue, by the first part of their keys. */
  private readonly worlds = new Map<string, (event: ObjectEvent) => void>();

  private constructor(
    readonly s3: S3Client,
    readonly records: Records,
    /** The functions, by their names in the definition. */
    readonly functions: Record<FunctionName, Handler>,
    private readonly dataDir: string,
    private readonly topics: ReturnType<typeof createSns>,
    readonly close: () => Promise<void>,
  ) {}

  /** @param environment added to the usual environment of the functions, or overriding it */
  static async open(environment: Record<string, string> = {}): Promise<Cloud> {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'order-'));
    const common = { dataDir, region: REGION, account: ACCOUNT, gate: async () => {} };
    const sns = createSns({
      ...common,
      topics: [PROCESSED, ERRORS].map((arn) => ({ arn, name: nameOf(arn), subscriptions: [] })),
    });
    const dynamodb = await createDynamoDB({
      ...common,
      tables: [
        {
          name: TABLE,
          arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${TABLE}`,
          create: {
            TableName: TABLE,
            BillingMode: 'PAY_PER_REQUEST',
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          },
        },
      ],
    });
    let emit = (_: ObjectEvent) => {};
    const s3 = createS3({
      ...common,
      dataDir: path.join(dataDir, 's3'),
      buckets: Object.values(BUCKETS).map((name) => ({
        name,
        versioning: name === BUCKETS.versioned,
        eventBridge: name === BUCKETS.versioned || name === BUCKETS.unversioned,
      })),
      announce: async (event) => ({ release: () => emit(event as ObjectEvent), cancel: async () => {} }),
    });
    let queued = (_: ObjectEvent) => {};
    const sqs = backlogQueue((event) => queued(event));
    const server = createServiceServer(new Principals(ACCOUNT, []), { s3, others: { dynamodb, sns, sqs } });
    // On a busy machine, seconds can pass between two calls of one run.
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    Object.assign(process.env, ENVIRONMENT, environment, {
      AWS_ENDPOINT_URL: endpoint,
      QUEUE_URL: `${endpoint}/${ACCOUNT}/backlog`,
    });
    const functions = loadFunctions();
    const client = new S3Client({});
    const cloud = new Cloud(client, new Records(TABLE), functions, dataDir, sns, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await s3.close();
      await dynamodb.close();
      rmSync(dataDir, { recursive: true, force: true });
    });
    emit = (event) => cloud.events.push(event);
    queued = (event) => cloud.queue(event);
    return cloud;
  }

  /** @param prefix of the keys, up to and including their first slash */
  onQueued(prefix: string, take: (event: ObjectEvent) => void): void {
    this.worlds.set(prefix, take);
  }

  /** Handles an event that is sent to the backlog queue: it goes to the world that has the object. */
  queue(event: ObjectEvent): void {
    const { key } = event.detail.object;
    const take = this.worlds.get(key.slice(0, key.indexOf('/') + 1));
    if (!take) throw new Error(`Expected a world for ${key}`);
    take(event);
  }

  /** The events since the last call, in the order of the changes they report. */
  takeEvents(): ObjectEvent[] {
    return this.events.splice(0);
  }

  /** The messages to either topic since the last call. */
  takeMessages(): Told[] {
    return [PROCESSED, ERRORS].flatMap((arn) =>
      this.newLines(path.join(this.dataDir, 'messages', `${nameOf(arn)}.jsonl`)).map(
        (line) => JSON.parse(JSON.parse(line).Message) as Told,
      ),
    );
  }

  /** Publishes as Step Functions does. */
  async publish(input: unknown): Promise<object> {
    return this.topics.publish(input as PublishInput, { arn: userArn(ACCOUNT), ...USER_CREDENTIALS });
  }

  private newLines(file: string): string[] {
    if (!existsSync(file)) return [];
    const from = this.read.get(file) ?? 0;
    const chunk = Buffer.alloc(16 * 1024 * 1024);
    const descriptor = openSync(file, 'r');
    const length = readSync(descriptor, chunk, 0, chunk.length, from);
    closeSync(descriptor);
    this.read.set(file, from + length);
    return chunk.toString('utf8', 0, length).split('\n').filter(Boolean);
  }
}

/** The part of the backlog queue that SendMessage needs. Messages are available at once. */
function backlogQueue(take: (event: ObjectEvent) => void): DocumentService {
  return {
    async handle(request, response, _principal, body) {
      const { QueueUrl, MessageBody } = JSON.parse(body.toString()) as Record<string, string>;
      const called = `${String(request.headers['x-amz-target'])} ${QueueUrl}`;
      if (!/^AmazonSQS\.SendMessage .*\/backlog$/.test(called)) throw new Error(`Expected no ${called}`);
      take(JSON.parse(MessageBody as string));
      const MD5OfMessageBody = createHash('md5')
        .update(MessageBody as string)
        .digest('hex');
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify({ MessageId: randomUUID(), MD5OfMessageBody }));
    },
  };
}

/** A call to AWS without an SDK, because Step Functions makes it. */
export function call<Answer>(command: string, perform: () => Promise<Answer>): Promise<Answer> {
  const watch = around.getStore();
  return watch ? (watch(command, perform) as Promise<Answer>) : perform();
}

function nameOf(arn: string): string {
  return arn.split(':').at(-1) as string;
}

export type FunctionName = StateKey;
export const FUNCTION_NAMES = STATE_KEYS;

/** Handlers read their environment when they are loaded, as on Lambda. */
function loadFunctions(): Record<FunctionName, Handler> {
  watchClients();
  // Much longer than any test.
  const context = { getRemainingTimeInMillis: () => 600_000 };
  return forEachState((key) => {
    const { handler } = require(`../../functions/${CATALOGUE[key].folder}/handler`);
    return (input) => handler(input, context);
  });
}

let watching = false;

/** Every client of the SDK sends its calls through this method. */
function watchClients(): void {
  if (watching) return;
  watching = true;
  const Client = Object.getPrototypeOf(S3Client.prototype) as {
    send: (...args: unknown[]) => Promise<unknown>;
  };
  const { send } = Client;
  Client.send = function (this: unknown, command, ...rest) {
    return call((command as object).constructor.name.replace(/Command$/, ''), () =>
      send.call(this, command, ...rest),
    );
  };
}
