import { createCipheriv } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { createS3, isUnsigned, type ObjectEvent, type S3Options } from '../../../local-aws/s3';
import type { Call, Principal } from '../../../local-aws/service';
import { authenticate } from '../../../local-aws/sigv4';

export const principal: Principal = {
  arn: 'arn:aws:iam::000000000000:user/local',
  accessKeyId: 'AKIALOCAL',
  secretAccessKey: 'local-secret',
};

export const REGION = 'eu-west-1';

/** The buckets in every test: without versions, with versions, and one that sends no events. */
export const BUCKETS = [
  { name: 'plain', versioning: false, eventBridge: true },
  { name: 'versioned', versioning: true, eventBridge: true },
  { name: 'silent', versioning: false, eventBridge: false },
];

/** A running S3 endpoint with its own port and folder. */
export interface Endpoint {
  url: string;
  port: number;
  dataDir: string;
  client: S3Client;
  /** Events in the order in which they were queued. */
  events: ObjectEvent[];
  /** The calls that the gate was asked about. */
  calls: Omit<Call, 'principal'>[];
  /** The actions that the gate denies. */
  denied: Map<string, Error>;
  clientWith(config: S3ClientConfig): S3Client;
  /** Stops the endpoint and starts it again on the same folder. */
  restart(options?: Partial<S3Options>): Promise<Endpoint>;
  stop(): Promise<void>;
}

const find = (accessKeyId: string) => (accessKeyId === principal.accessKeyId ? principal : undefined);

export async function startEndpoint(options: Partial<S3Options> = {}): Promise<Endpoint> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 's3-'));
  const events: ObjectEvent[] = [];
  const calls: Omit<Call, 'principal'>[] = [];
  const denied = new Map<string, Error>();
  const s3 = createS3({
    dataDir,
    region: REGION,
    account: '000000000000',
    buckets: BUCKETS,
    find,
    gate: async ({ action, resource, context }) => {
      calls.push({ action, resource, ...(context && { context }) });
      const error = denied.get(action);
      if (error) throw error;
    },
    announce: async (event) => ({ release: () => events.push(event), cancel: async () => {} }),
    ...options,
  });
  const server = createServer(async (request, response) => {
    try {
      if (isUnsigned(request)) await s3.handleUnsigned(request, response);
      else await s3.handle(request, response, await authenticate(request, find));
    } catch (error) {
      await s3.refuse(request, response, error);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const clients: S3Client[] = [];
  const clientWith = (config: S3ClientConfig) => {
    const client = new S3Client({
      endpoint: url,
      region: REGION,
      credentials: principal,
      maxAttempts: 1,
      ...config,
    });
    clients.push(client);
    return client;
  };
  const close = async () => {
    for (const client of clients) client.destroy();
    await stopServer(server);
    await s3.close();
  };
  return {
    url,
    port,
    dataDir,
    client: clientWith({}),
    events,
    calls,
    denied,
    clientWith,
    async restart(changed) {
      await close();
      return startEndpoint({ ...options, dataDir, ...changed });
    },
    async stop() {
      await close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function stopServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Bytes that depend on their position and the seed, so that a wrong offset shows. */
export function bytes(size: number, seed = 1): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** Resolves to the error that an S3 call was refused with. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ name: string; status: number } & Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    const { $metadata, ...fields } = error as { $metadata: { httpStatusCode: number } } & Record<
      string,
      unknown
    >;
    return {
      ...fields,
      name: (error as Error).name,
      message: (error as Error).message,
      status: $metadata?.httpStatusCode,
    };
  }
  throw new Error('Expected the call to be refused, but it succeeded.');
}
