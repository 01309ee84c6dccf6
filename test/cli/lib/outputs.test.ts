import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deployedOutputs } from '../../../cli/lib/outputs';

const ARN = (name: string) => `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`;
const OLDER = new Date(2026, 0, 1);
const NEWER = new Date(2026, 0, 2);

const PROJECT = process.cwd();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'outputs-'));
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(PROJECT);
  rmSync(folder, { recursive: true });
});

function write(file: string, content: unknown, time: Date): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
  utimesSync(file, time, time);
}

const state = (outputs: Record<string, string>) => ({
  version: 4,
  outputs: Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, { value, type: 'string' }]),
  ),
  resources: [],
});

/** As cdktf leaves it: the synthesized stack, and the state that its backend names. */
function deployed(content: object, time: Date): void {
  const terraform = { backend: { local: { path: '../../../terraform.tfstate' } } };
  write('cdktf.out/stacks/thumbnail-workflow/cdk.tf.json', { terraform }, OLDER);
  write('terraform.tfstate', content, time);
}

const inFile = (outputs: Record<string, string>, time: Date) =>
  write('outputs.json', { 'thumbnail-workflow': outputs }, time);

test('they are in the state after `npx cdktf deploy` or `terraform apply`, which write no file', async () => {
  deployed(state({ state_machine_arn: ARN('a'), uploads_bucket: 'u' }), NEWER);
  expect(await deployedOutputs()).toMatchObject({
    outputs: { state_machine_arn: ARN('a'), uploads_bucket: 'u' },
    source: 'terraform.tfstate',
  });
});

test('of the file and the state of one stack, whichever was written last is right', async () => {
  inFile({ state_machine_arn: ARN('a') }, OLDER);
  deployed(state({ state_machine_arn: ARN('a'), delivery_url: 'https://d' }), NEWER);
  expect((await deployedOutputs()).outputs['delivery_url']).toBe('https://d');

  inFile({ state_machine_arn: ARN('a') }, NEWER);
  expect(await deployedOutputs()).toEqual({
    outputs: { state_machine_arn: ARN('a') },
    source: 'outputs.json',
  });
});

test('two stacks are told apart, and neither is taken for the other', async () => {
  inFile({ state_machine_arn: ARN('production') }, OLDER);
  deployed(state({ state_machine_arn: ARN('staging') }), NEWER);
  await expect(deployedOutputs()).rejects.toThrow(/production.*staging\. Remove outputs\.json/);
});

test.each([
  ['of another version', { version: 3 }, /Expected version 4 .* in terraform\.tfstate but found 3/],
  ['that is encrypted', { encrypted_data: 'x' }, /but found another format, perhaps encrypted/],
  ['of a stack that was destroyed', state({}), /terraform\.tfstate has none: the stack was destroyed/],
])('a state %s gives no outputs, and the file does', async (_what, content, message) => {
  deployed(content, NEWER);
  await expect(deployedOutputs()).rejects.toThrow(message);
  inFile({ state_machine_arn: ARN('a') }, OLDER);
  expect((await deployedOutputs()).source).toBe('outputs.json');
});

describe('in S3', () => {
  const server = createServer((request, response) => {
    if (request.url!.startsWith('/states/prod'))
      response.end(JSON.stringify(state({ state_machine_arn: ARN('a') })));
    else response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
  });
  const before = { ...process.env };
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    });
  });
  afterAll(() => {
    process.env = before;
    server.closeAllConnections();
    server.close();
  });

  const backend = (key: string) =>
    write(
      'cdktf.out/stacks/thumbnail-workflow/cdk.tf.json',
      { terraform: { backend: { s3: { bucket: 'states', key, region: 'eu-west-1' } } } },
      OLDER,
    );

  test('the state is found where the backend says', async () => {
    backend('prod.tfstate');
    expect(await deployedOutputs()).toMatchObject({
      outputs: { state_machine_arn: ARN('a') },
      source: 's3://states/prod.tfstate',
    });
  });

  test('a state that is not there means that nothing was deployed', async () => {
    backend('none.tfstate');
    await expect(deployedOutputs()).rejects.toThrow(/found neither\. Run npm run deploy first/);
  });
});
