/** The engine's S3 alone, for processes that read one object and write another. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { authenticate, createS3 } from '../../local-aws';
import { THUMBNAILS, UPLOADS } from './environment';

const REGION = 'us-east-1';
const KEYS = { accessKeyId: 'AKIDBENCH', secretAccessKey: 'bench' };

export interface Storage {
  /** The environment variables that a process needs to find the endpoint and to sign requests. */
  environment: Record<string, string>;
  url: string;
  /** @returns the ETag, without quotes */
  put(key: string, body: Buffer): Promise<string>;
  close(): void;
}

export async function startStorage(folder: string): Promise<Storage> {
  const account = '000000000000';
  const principal = { ...KEYS, arn: `arn:aws:iam::${account}:user/bench` };
  const s3 = createS3({
    dataDir: path.join(folder, 's3'),
    region: REGION,
    account,
    buckets: [UPLOADS, THUMBNAILS].map((name) => ({ name, versioning: false, eventBridge: false })),
    gate: async () => {},
    announce: async () => undefined,
  });
  const server = createServer((request, response) => {
    authenticate(request, (id) => (id === KEYS.accessKeyId ? principal : undefined))
      .then((authenticated) => s3.handle(request, response, authenticated))
      .catch((error: unknown) => s3.refuse(request, response, error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new S3Client({ endpoint: url, region: REGION, credentials: KEYS });
  return {
    url,
    environment: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    },
    put: async (key, body) => {
      const { ETag } = await client.send(new PutObjectCommand({ Bucket: UPLOADS, Key: key, Body: body }));
      return (ETag as string).replaceAll('"', '');
    },
    close: () => {
      client.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}
