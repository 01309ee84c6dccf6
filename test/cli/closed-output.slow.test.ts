/** What becomes of a command when nobody reads its output any more, as after `| head -1`. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Deployed } from './fake-aws';

jest.setTimeout(60_000);

const PROJECT = process.cwd();

let deployed: Deployed | undefined;
afterEach(async () => {
  await deployed?.end();
  deployed = undefined;
});

/** Runs a command whose output is closed as soon as its first line has been read. */
function headOf(command: string, ...args: string[]): Promise<{ code: number | null; stderr: string }> {
  const tsx = pathToFileURL(require.resolve('tsx')).href;
  const main = path.join(PROJECT, 'cli', 'main.ts');
  const child = spawn(process.execPath, ['--import', tsx, main, command, ...args], {
    env: { ...process.env, ...deployed?.env },
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  child.stdout.once('data', () => child.stdout.destroy());
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stderr })));
}

/** A record as the table holds it. */
const item = (n: number) => ({
  id: { S: `photos/${n}.jpg` },
  bucket: { S: 'photos' },
  key: { S: `${n}.jpg` },
  version: { S: 'v1' },
  etag: { S: 'e1' },
  sequencer: { S: '0'.repeat(32) },
  status: { S: 'FAILED' },
  execution: { S: 'arn' },
  startedAt: { S: '2026-11-21T00:00:00.000Z' },
  updatedAt: { S: '2026-11-21T00:00:00.000Z' },
});

test('a command that reads ends quietly, with the exit status that it has anyway', async () => {
  // More than a pipe holds, so that it can't all be written before the reader is gone.
  deployed = await Deployed.to(({ body }) => {
    const { ':shard': shard } = body['ExpressionAttributeValues'] as Record<string, { S: string }>;
    const length = shard?.S === '0' ? 3_000 : 0;
    return { body: { Items: Array.from({ length }, (_, n) => item(n)) } };
  });
  expect(await headOf('stuck')).toEqual({ code: 1, stderr: '' });
});

test('a command that changes things finishes its work, says so, and sums up on standard error', async () => {
  let failures = Array.from({ length: 30 }, (_, n) => item(n));
  deployed = await Deployed.to(({ name, body }) => {
    switch (name.replace(/\/.*/, '')) {
      case 'DynamoDB Query': {
        // Of today; of yesterday, if it has just become today, there are none.
        const Items = failures;
        failures = [];
        return { body: { Items } };
      }
      case 'DynamoDB GetItem': {
        const { id } = body['Key'] as ReturnType<typeof item>;
        return { body: { Item: item(Number.parseInt(id.S.slice('photos/'.length), 10)) } };
      }
      case 'S3 HEAD ':
        return { headers: { etag: '"e1"', 'x-amz-version-id': 'v1', 'content-length': '7' } };
      default:
        return { body: { status: 'SUCCEEDED', output: '{"notification":{}}' } };
    }
  });
  const { code, stderr } = await headOf('replay', '--failed-since', '10s', '--rate', '100');
  expect(deployed.aws.received.filter(({ name }) => name === 'SFN StartSyncExecution')).toHaveLength(30);
  expect(stderr).toContain('Nobody reads the output any more. The work goes on, and is summed up here.');
  expect(stderr).toContain('30 images replayed: 30 done');
  expect(stderr).not.toMatch(/EPIPE| at /);
  expect(code).toBe(0);
});
