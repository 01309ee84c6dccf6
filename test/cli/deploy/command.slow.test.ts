/** `npm run deploy` as a process, with a made-up account and a made-up Terraform. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentAt, FakeAws } from './fake-aws';

const ROOT = join(__dirname, '../../..');
const POSIX = process.platform !== 'win32';

describe('npm run deploy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  const aws = new FakeAws();
  let endpoint: string;
  beforeAll(async () => {
    endpoint = await aws.start();
  });
  afterAll(() => {
    aws.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function file(name: string, content: string): string {
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  }

  const settings = (value: object = {}) =>
    file('settings.json', JSON.stringify({ notifications: { errors: ['ops@company.io'] }, ...value }));

  /** Runs it with only the given environment variables. */
  function deploy(env: NodeJS.ProcessEnv, ...args: string[]) {
    return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
      const { PATH, SystemRoot } = process.env;
      const child = execFile(
        process.execPath,
        ['--import', 'tsx', 'cli/main.ts', 'deploy', ...args],
        {
          cwd: ROOT,
          env: {
            ...(SystemRoot && { SystemRoot }),
            PATH,
            HOME: folder,
            BUNDLE_FOR: 'local',
            CDKTF_OUTDIR: join(folder, 'out'),
            CHECKPOINT_DISABLE: '1',
            AWS_EC2_METADATA_DISABLED: 'true',
            ...env,
          },
        },
        (_error, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  }

  /** Makes `aws.test` a name of 127.0.0.1 in a process of Node, since an address of this machine stops a deploy. */
  const resolver = () =>
    file(
      'resolver.cjs',
      `const dns = require('node:dns');
const { lookup } = dns;
dns.lookup = (host, ...rest) => lookup(/(^|\\.)aws\\.test$/.test(host) ? '127.0.0.1' : host, ...rest);
`,
    );

  test('stops at wrong settings and prints only their problems', async () => {
    const SETTINGS = file('wrong.json', '{ "regoin": "eu-west-1" }');
    expect(await deploy({ SETTINGS })).toEqual({
      status: 1,
      stdout: '',
      stderr: 'wrong.json: regoin: unknown key; did you mean "region"?\n',
    });
  }, 60_000);

  test('stops without Terraform, credentials and a real address, and reports all three at once', async () => {
    const file = settings({ notifications: { errors: ['you@example.com'] } });
    const { status, stderr } = await deploy({ PATH: join(folder, 'empty') }, '--settings', file);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^✗ Terraform was not found.*\n✗ notifications holds you@example\.com.*\n✗ No AWS credentials were found.*\n\nNothing was deployed\./,
    );
  }, 60_000);

  (POSIX ? test : test.skip)(
    'asks before a changed namePrefix replaces everything, and takes no approval beforehand for an answer',
    async () => {
      const name = 'pics-records';
      const attributes = { name, arn: `arn:aws:dynamodb:us-east-1:123456789012:table/${name}` };
      const resource = {
        mode: 'managed',
        type: 'aws_dynamodb_table',
        name: 't',
        instances: [{ attributes }],
      };
      aws.state = { version: 4, resources: [resource] };
      const SETTINGS = settings({ backend: { bucket: 'states', key: 'one' } });
      chmodSync(file('bin/terraform', `#!/bin/sh\necho '{"terraform_version":"1.11.4"}'\n`), 0o755);
      const PATH = `${join(folder, 'bin')}:${process.env['PATH']}`;
      const elsewhere = endpoint.replace('127.0.0.1', 'aws.test');
      const NODE_OPTIONS = `--require ${resolver()}`;
      const { status, stderr } = await deploy(
        { ...environmentAt(elsewhere), NODE_OPTIONS, PATH, SETTINGS },
        '--auto-approve',
      );
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^\? namePrefix would go from "pics" to "thumbnail-workflow".*\n(•.*\n)*\nNothing was deployed\. --replace-everything/m,
      );
      expect(stderr).not.toContain('Deploying to account');
    },
    60_000,
  );

  (POSIX ? test : test.skip)(
    'hands the stack and the arguments to Terraform through cdktf, and its exit status back',
    async () => {
      const calls = join(folder, 'calls');
      chmodSync(
        file(
          'bin/terraform',
          `#!/bin/sh\necho "$PWD: $*" >> '${calls}'\n[ "$1" = version ] && echo '{"terraform_version":"1.11.4"}' && exit 0\nexit 3\n`,
        ),
        0o755,
      );
      const PATH = `${join(folder, 'bin')}:${process.env['PATH']}`;
      const elsewhere = endpoint.replace('127.0.0.1', 'aws.test');
      const { status, stderr } = await deploy(
        { ...environmentAt(elsewhere), NODE_OPTIONS: `--require ${resolver()}`, PATH, SETTINGS: settings() },
        '--auto-approve',
      );
      expect(stderr).toContain(
        'Deploying to account 123456789012, us-east-1, as arn:aws:iam::123456789012:user/ci',
      );
      expect(status).toBe(1);
      expect(readFileSync(calls, 'utf8')).toMatch(/out\/stacks\/thumbnail-workflow: init/);
      expect(existsSync(join(folder, 'out/stacks/thumbnail-workflow/cdk.tf.json'))).toBe(true);
    },
    120_000,
  );
});
