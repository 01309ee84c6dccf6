import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bytes, type Endpoint, principal, REGION, startEndpoint } from './harness';

const version = installedVersion();
if (version === undefined) console.info('Skipped: the AWS CLI is not installed.');
const suite = version === undefined ? describe.skip : describe;

suite('the AWS CLI', () => {
  let endpoint: Endpoint;
  let directory: string;
  beforeAll(async () => {
    endpoint = await startEndpoint();
    directory = mkdtempSync(join(tmpdir(), 's3-cli-'));
  });
  afterAll(async () => {
    await endpoint.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function aws(...args: string[]): Promise<string> {
    const env = {
      PATH: process.env['PATH'],
      HOME: directory,
      PYENV_ROOT: process.env['PYENV_ROOT'] ?? join(process.env['HOME'] ?? '', '.pyenv'),
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_ACCESS_KEY_ID: principal.accessKeyId,
      AWS_SECRET_ACCESS_KEY: principal.secretAccessKey,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      LC_ALL: 'C.UTF-8',
    };
    const { stdout } = await promisify(execFile)('aws', args, { env, cwd: directory });
    return stdout;
  }

  function file(name: string, content: Buffer | string): string {
    const path = join(directory, name);
    writeFileSync(path, content);
    return path;
  }

  const uploads: [name: string, size: number, reason: string][] = [
    ['small.jpg', 1000, 'PutObject'],
    ['ünï çødé+1 %20 😀.jpg', 1000, 'PutObject'],
    ['large.jpg', 20_000_000, 'CompleteMultipartUpload'],
  ];

  test('copies a small file, one with a difficult name and one of 20 MB to S3 and back, with an event for each', async () => {
    for (const [name, size] of uploads) {
      await aws('s3', 'cp', file(name, bytes(size)), 's3://versioned/photos/');
    }
    expect(
      endpoint.events.map(({ detail }) => [
        detail.object.key.slice('photos/'.length),
        detail.object.size,
        detail.reason,
      ]),
    ).toEqual(uploads);
    expect(await aws('s3', 'ls', 's3://versioned/photos/')).toContain('ünï çødé+1 %20 😀.jpg');
    await aws('s3', 'cp', '--recursive', 's3://versioned/photos/', 'back');
    for (const [name, size] of uploads) {
      expect(readFileSync(join(directory, 'back', name)).equals(bytes(size))).toBe(true);
    }
  }, 120_000);

  test('copies a large object in parts from bucket to bucket', async () => {
    await aws('s3', 'cp', 's3://versioned/photos/large.jpg', 's3://plain/copy.jpg');
    expect(endpoint.events.at(-1)?.detail).toMatchObject({
      reason: 'CompleteMultipartUpload',
      object: { key: 'copy.jpg', size: 20_000_000 },
    });
  }, 120_000);

  test('synchronizes a folder, and then finds nothing left to do', async () => {
    mkdirSync(join(directory, 'tree', 'a b'), { recursive: true });
    for (const name of ['one', 'a b/two+', 'a b/ü']) {
      // S3 stores whole seconds, so a file from this very second would look newer than its copy.
      utimesSync(file(join('tree', name), name), 0, 0);
    }
    await aws('s3', 'sync', 'tree', 's3://plain/tree');
    expect(await aws('s3', 'sync', 'tree', 's3://plain/tree')).toBe('');
    rmSync(join(directory, 'tree', 'one'));
    expect(await aws('s3', 'sync', '--delete', 'tree', 's3://plain/tree')).toBe(
      'delete: s3://plain/tree/one\n',
    );
  }, 120_000);

  test('moves, removes and lists', async () => {
    await aws('s3', 'mv', file('moved', 'x'), 's3://plain/moved/from here');
    await aws('s3', 'mv', 's3://plain/moved/from here', 's3://plain/moved/to');
    expect(await aws('s3', 'ls', 's3://plain/moved/')).toMatch(/^\S+ \S+ +1 to\n$/);
    await aws('s3', 'rm', '--recursive', 's3://plain/moved');
    await expect(aws('s3', 'ls', 's3://plain/moved')).rejects.toMatchObject({ code: 1 });
    expect(await aws('s3', 'ls')).toMatch(/ plain\n.* silent\n.* versioned\n/);
  }, 120_000);

  test('presigns a URL that reads the object, and no other', async () => {
    await aws('s3', 'cp', file('presigned', 'signed'), 's3://plain/a b+ü');
    const url = (await aws('s3', 'presign', 's3://plain/a b+ü')).trim();
    expect(await (await fetch(url)).text()).toBe('signed');
    expect((await fetch(url.replace('plain', 'silent'))).status).toBe(403);
  }, 120_000);

  test('shows why a conditional write was refused', async () => {
    const put = ['s3api', 'put-object', '--bucket', 'plain', '--key', 'api', '--if-none-match', '*'];
    await aws(...put, '--body', file('api', 'x'));
    await expect(aws(...put, '--body', 'api')).rejects.toMatchObject({
      stderr: expect.stringContaining('(PreconditionFailed)'),
    });
    const removed = await aws(
      's3api',
      'delete-objects',
      '--bucket',
      'plain',
      '--delete',
      'Objects=[{Key=api}]',
    );
    expect(JSON.parse(removed)).toEqual({ Deleted: [{ Key: 'api' }] });
  }, 120_000);
});

function installedVersion(): string | undefined {
  try {
    return execFileSync('aws', ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  } catch {
    return undefined;
  }
}
