import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { USER_CREDENTIALS } from '../../local-aws/principals';
import { noise, picture } from '../fixtures/images';
import { Workflow } from './workflow';

const installed = spawnSync('aws', ['--version']).status === 0;
if (!installed) console.warn('Skipped: uploads by the AWS CLI, since there is no `aws` on this machine.');

(installed ? describe : describe.skip)('the AWS CLI', () => {
  let workflow: Workflow;
  let folder: string;

  beforeAll(async () => {
    workflow = await Workflow.start();
    folder = await mkdtemp(path.join(tmpdir(), 'aws cli '));
  });

  afterAll(async () => {
    await workflow?.end();
    await rm(folder, { recursive: true });
  });

  const aws = (...args: string[]) =>
    promisify(execFile)('aws', ['--endpoint-url', workflow.endpoint, ...args], {
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: USER_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: USER_CREDENTIALS.secretAccessKey,
        AWS_DEFAULT_REGION: workflow.stack.region,
      },
    });

  test.each([
    ['a small file', 'small.jpg', () => picture()],
    ['20 MB, in several parts', 'large.png', () => noise('png', 2700, 2500)],
    ['a key with unicode, a plus and spaces', 'été 2026/ø + 100%25 (1).jpg', () => picture()],
  ])('uploads %s, and thumbnails are made', async (_, key, image) => {
    const file = path.join(folder, 'image');
    await writeFile(file, await image());
    await aws('s3', 'cp', file, `s3://${workflow.bucket('uploads')}/${key}`);
    await workflow.idle();

    const record = await workflow.record(key);
    expect(record).toMatchObject({ status: 'DONE', key });
    const [thumbnail] = record['thumbnails'] as { key: string }[];
    const { stdout } = await aws('s3', 'ls', `s3://${workflow.bucket('thumbnails')}/${thumbnail?.key}`);
    expect(stdout).toContain(`thumbnail.${key.endsWith('png') ? 'png' : 'jpg'}`);
  });

  test('uploads an image that is packed with gzip, which is unpacked as a browser would', async () => {
    const file = path.join(folder, 'packed');
    const image = await picture();
    await writeFile(file, gzipSync(image));
    const key = 'packed.jpg';
    const uploaded = `s3://${workflow.bucket('uploads')}/${key}`;
    await aws('s3', 'cp', '--content-encoding', 'gzip', '--content-type', 'image/jpeg', file, uploaded);
    await workflow.idle();

    const { status, image: found } = await workflow.record(key);
    expect({ status, found }).toMatchObject({
      status: 'DONE',
      found: { format: 'jpeg', bytes: image.length },
    });
  });

  test('lists and describes executions', async () => {
    await workflow.process('listed.jpg', await picture());
    const machine = workflow.stack.outputs['state_machine_arn'] as string;
    const { stdout } = await aws('stepfunctions', 'list-executions', '--state-machine-arn', machine);
    const [{ executionArn }] = JSON.parse(stdout).executions;
    const { stdout: history } = await aws(
      'stepfunctions',
      'get-execution-history',
      '--execution-arn',
      executionArn,
    );
    expect(JSON.parse(history).events.at(-1)).toMatchObject({ type: 'ExecutionSucceeded' });
  });
});
