import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { bytes, type Endpoint, startEndpoint } from './harness';

let endpoint: Endpoint;
afterEach(() => endpoint.stop());

describe('a process that is killed', () => {
  let dataDir: string;
  let child: ChildProcess;

  /** Starts an endpoint in a new process. */
  async function spawnEndpoint(): Promise<string> {
    const script = `
      require(${JSON.stringify(join(__dirname, 'harness'))})
        .startEndpoint({ dataDir: ${JSON.stringify(dataDir)} })
        .then(({ url }) => process.stdout.write(url));`;
    child = spawn(process.execPath, ['--import', 'tsx', '--eval', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [url] = await once(child.stdout!, 'data');
    return String(url);
  }

  async function kill(): Promise<void> {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 's3-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  test('keeps every acknowledged upload, and nothing of one in progress', async () => {
    const endpointUrl = await spawnEndpoint();
    // This endpoint is only used for its client. It serves the folder after the other one has died.
    endpoint = await startEndpoint();
    const client = endpoint.clientWith({ endpoint: endpointUrl });
    const content = bytes(200_000);
    await client.send(new PutObjectCommand({ Bucket: 'plain', Key: 'whole', Body: content }));
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket: 'plain', Key: 'half' }));
    const upload = request(url, { method: 'PUT', headers: { 'content-length': 1_000_000 } }).on(
      'error',
      () => {},
    );
    upload.write(content);
    while (readdirSync(join(dataDir, 'plain', 'incoming')).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await kill();
    await endpoint.stop();

    endpoint = await startEndpoint({ dataDir });
    const { Body } = await endpoint.client.send(new GetObjectCommand({ Bucket: 'plain', Key: 'whole' }));
    expect(Buffer.from(await Body!.transformToByteArray()).equals(content)).toBe(true);
    expect(readdirSync(join(dataDir, 'plain', 'objects'))).toHaveLength(1);
    expect(readdirSync(join(dataDir, 'plain', 'incoming'))).toEqual([]);
  });

  test('in the middle of many uploads keeps each of them completely or not at all', async () => {
    const endpointUrl = await spawnEndpoint();
    endpoint = await startEndpoint();
    const client = endpoint.clientWith({ endpoint: endpointUrl });
    const acknowledged: string[] = [];
    const uploads = Array.from({ length: 200 }, async (_, index) => {
      await client.send(new PutObjectCommand({ Bucket: 'plain', Key: `${index}`, Body: `content ${index}` }));
      acknowledged.push(`${index}`);
      if (acknowledged.length === 20) await kill();
    });
    await Promise.allSettled(uploads);
    await endpoint.stop();

    endpoint = await startEndpoint({ dataDir });
    expect(acknowledged.length).toBeGreaterThanOrEqual(20);
    for (let index = 0; index < 200; index++) {
      const read = endpoint.client.send(new GetObjectCommand({ Bucket: 'plain', Key: `${index}` }));
      const body = await read.then(({ Body }) => Body!.transformToString()).catch((error) => error.name);
      const possible = acknowledged.includes(`${index}`)
        ? [`content ${index}`]
        : [`content ${index}`, 'NoSuchKey'];
      expect(possible).toContain(body);
    }
  });
});
