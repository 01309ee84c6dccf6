import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkAddresses } from '../../cli/deploy/addresses';
import { type Capacity, checkCapacity } from '../../cli/deploy/capacity';
import { check, checkEndpoints } from '../../cli/deploy/checks';
import { explain } from '../../cli/deploy/credentials';
import { type ByAccount, describe as describeStack, readStack } from '../../cli/deploy/synthesized';
import { checkTerraform } from '../../cli/deploy/terraform';
import { readConfiguration } from '../../cli/lib/configuration';
import { synthesizedIn } from '../../cli/lib/synthesize';
import { synthesisOf } from '../end-to-end/synthesis';

const ROOT = join(__dirname, '../..');
const POSIX = process.platform !== 'win32';

describe('addresses', () => {
  const emails = (...addresses: string[]) => ({ emails: addresses });

  test.each(['you@example.com', 'you@mail.example.org', 'you@EXAMPLE.NET', 'a@b.test', 'a@localhost'])(
    '%s is a placeholder, reported once',
    (address) => {
      expect(checkAddresses(emails(address, address))).toEqual([
        { level: 'stop', text: expect.stringContaining(`notifications holds ${address}, a placeholder`) },
      ]);
    },
  );

  test.each(['you@myexample.com', 'example.com@gmail.com', 'you@example.company'])('%s is not', (address) => {
    expect(checkAddresses(emails(address))).toEqual([]);
  });

  test('no address at all gives a note', () => {
    expect(checkAddresses(emails())).toEqual([
      { level: 'note', text: expect.stringContaining('nobody learns of a failure') },
    ]);
  });
});

describe('Terraform', () => {
  test.each([
    ['1.10.0', '1.10'],
    ['1.10', '1.10'],
    ['1.11.4', '1.10'],
    ['2.0.0-rc1', '1.10'],
  ])('%s is new enough if %s is needed', (installed, least) => {
    expect(checkTerraform(installed, least)).toEqual([]);
  });

  test.each([
    ['1.9.8', '1.10'],
    ['0.15.5', '1.10'],
    ['1.10.0', '1.10.1'],
  ])('%s is too old if %s is needed', (installed, least) => {
    expect(checkTerraform(installed, least)).toEqual([
      {
        level: 'stop',
        text: expect.stringContaining(`Terraform is ${installed}, and the stack needs ${least} or newer`),
      },
    ]);
  });

  test('a missing one is reported, with where to get it', () => {
    const [finding] = checkTerraform(undefined, '1.10');
    expect(finding!.text).toMatch(/"terraform" answers on the PATH\. Install 1\.10 or newer: https:/);
  });
});

describe('credentials', () => {
  test.each([
    [
      'CredentialsProviderError',
      'Could not load credentials from any providers',
      /^No AWS credentials were found/,
    ],
    [
      'CredentialsProviderError',
      'The SSO session associated with this profile has expired. Run aws sso login',
      /^The AWS sign-in has expired/,
    ],
    ['ExpiredTokenException', 'The security token is expired', /^The AWS credentials have expired/],
    ['InvalidClientTokenId', 'invalid', /account has not enabled the region eu-west-1/],
    ['SignatureDoesNotMatch', 'no match', /clock of this machine/],
    ['ENOTFOUND', 'getaddrinfo', /Can this machine reach sts\.eu-west-1\.amazonaws\.com/],
  ])('%s (%s) is explained', (name, message, words) => {
    const text = explain(Object.assign(new Error(message), { name }), 'eu-west-1');
    expect(text).toMatch(words);
    expect(text).toContain(message);
  });
});

test('each endpoint on this machine stops a deploy, and is named', () => {
  const findings = checkEndpoints([
    { by: 'AWS_ENDPOINT_URL_S3', url: 'http://0.0.0.0:4566' },
    { by: 'AWS_ENDPOINT_URL_STS', url: 'https://vpce-1.eu-west-1.vpce.amazonaws.com' },
  ]);
  expect(findings).toEqual([
    { level: 'stop', text: expect.stringContaining('AWS_ENDPOINT_URL_S3 is http://0.0.0.0:4566') },
  ]);
});

describe('capacity', () => {
  const usual: Capacity = {
    concurrency: 1000,
    unreserved: 1000,
    held: {},
    codeBytes: 0,
    codeLimit: 75 * 1024 ** 3,
  };
  const check = (reserved: number | ByAccount | undefined, capacity: Partial<Capacity>, codeBytes = 0) =>
    checkCapacity(
      {
        functions: [{ name: 'thumbnail', concurrency: reserved }, { name: 'validate' }],
        codeBytes,
      },
      { ...usual, ...capacity },
    );

  test('100 stay unreserved', () => {
    expect(check(900, {})).toEqual([]);
    expect(check(901, {})).toEqual([{ level: 'stop', text: expect.stringContaining('can give 900') }]);
  });

  test('what this stack has reserved already counts as free, and what others have reserved does not', () => {
    expect(check(500, { unreserved: 300, held: { thumbnail: 300 } })).toEqual([]);
    expect(check(501, { unreserved: 300, held: { thumbnail: 300 } })).toEqual([
      {
        level: 'stop',
        text: expect.stringMatching(
          /need 501 of .*\(thumbnail 501\), and this account can give 500: of its 1000, other functions have reserved 400/,
        ),
      },
    ]);
  });

  test('a new account can give none, and a stack that needs none deploys there with a note', () => {
    expect(check(1, { concurrency: 10, unreserved: 10 })).toEqual([
      { level: 'stop', text: expect.stringContaining('this account can give 0') },
    ]);
    expect(check(undefined, { concurrency: 10, unreserved: 10 })).toEqual([
      { level: 'note', text: expect.stringContaining('runs at most 10 functions at once') },
    ]);
  });

  describe('a concurrency that depends on the account', () => {
    const auto = { from: 1001, ample: 100, scarce: -1 };
    const raised = { concurrency: 1001, unreserved: 1001 };

    test('counts if the quota of the account was raised', () => {
      expect(check(auto, raised)).toEqual([]);
      expect(check(auto, { ...raised, unreserved: 901, held: { thumbnail: 100 } })).toEqual([]);
      expect(check(auto, { ...raised, unreserved: 200 })).toEqual([]);
      expect(check(auto, { ...raised, unreserved: 199 })).toEqual([
        { level: 'stop', text: expect.stringMatching(/need 100 of .*"auto" becomes "none"/) },
      ]);
    });

    test('is none in an account with the default, even if little is unreserved, and the note says what to set', () => {
      const found = {
        level: 'note',
        text: expect.stringMatching(/"auto" reserves nothing for thumbnail: .* to 100/),
      };
      expect(check(auto, {})).toEqual([found]);
      expect(check(auto, { unreserved: 100 })).toEqual([found]);
    });

    test.each([10, 100, 999])('is none in an account with %s', (concurrency) => {
      expect(check(auto, { concurrency, unreserved: concurrency })).toEqual([
        {
          level: 'note',
          text: expect.stringMatching(/nothing is reserved for what the settings leave to "auto"/),
        },
      ]);
    });
  });

  test('code beyond what Lambda stores for an account is refused', () => {
    const limit = { codeBytes: 90 * 1024 ** 2, codeLimit: 100 * 1024 ** 2 };
    expect(check(undefined, limit, 10 * 1024 ** 2)).toEqual([]);
    expect(check(undefined, limit, 11 * 1024 ** 2)).toEqual([
      { level: 'stop', text: expect.stringContaining('11 MiB more would exceed its limit of 100 MiB') },
    ]);
  });
});

describe('what the checks read in a synthesized stack', () => {
  const read = (functions: object, others: object = {}) =>
    describeStack({
      terraform: { required_version: '>= 1.10' },
      provider: { aws: [{ region: 'eu-west-1' }] },
      resource: { aws_lambda_function: { f: { function_name: 'w-f', ...functions } }, ...others } as never,
    });
  const AUTO = '${(data.aws_servicequotas_service_quota.capacity.value >= 1001) ? 100 : -1}';
  const provisioned = {
    aws_lambda_provisioned_concurrency_config: {
      config: {
        function_name: '${aws_lambda_function.f.function_name}',
        provisioned_concurrent_executions: 7,
      },
    },
  };

  test('region, version of Terraform and addresses that receive mail', () => {
    const topics = {
      aws_sns_topic_subscription: {
        mail: { protocol: 'email', endpoint: 'a@b.c', topic_arn: '${aws_sns_topic.errors.arn}' },
        queue: { protocol: 'sqs', endpoint: 'arn', topic_arn: '${aws_sns_topic.errors.arn}' },
      },
    };
    expect(read({}, topics)).toMatchObject({
      region: 'eu-west-1',
      terraform: '1.10',
      emails: ['a@b.c'],
    });
  });

  test.each([
    ['reserved', { reserved_concurrent_executions: 20 }, {}, 20],
    ['reserved and provisioned out of it', { reserved_concurrent_executions: 20 }, provisioned, 20],
    ['provisioned', {}, provisioned, 7],
    ['provisioned with nothing reserved', { reserved_concurrent_executions: -1 }, provisioned, 7],
    [
      "reserved depending on the account's concurrency",
      { reserved_concurrent_executions: AUTO },
      {},
      [1001, 100, -1],
    ],
    [
      'provisioned, with nothing reserved',
      { reserved_concurrent_executions: AUTO },
      provisioned,
      [1001, 100, 7],
    ],
    ['nothing', {}, {}, undefined],
  ])('concurrency: %s', (_what, functions, others, expected) => {
    const concurrency = Array.isArray(expected)
      ? { from: expected[0], ample: expected[1], scarce: expected[2] }
      : expected;
    expect(read(functions, others).functions).toEqual([{ name: 'w-f', concurrency }]);
  });
});

/** STS, Lambda and S3 (which has no bucket), as far as the checks call them. */
class FakeAws {
  /** Replaces the answer about whose credentials these are. */
  identity: { status: number; body: string } = {
    status: 200,
    body: '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ci</Arn><UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
  };
  concurrency = 1000;
  /** Terraform's, in the bucket `states`. */
  state: object = {};
  private readonly server: Server = createServer((request, response) => {
    if (request.headers.host!.startsWith('states.')) {
      response.end(JSON.stringify(this.state));
      return;
    }
    if (request.method === 'HEAD') {
      response.writeHead(404).end();
      return;
    }
    if (request.method === 'POST') {
      response.writeHead(this.identity.status, { 'content-type': 'text/xml' }).end(this.identity.body);
      return;
    }
    const json = (status: number, body: object, type = '') =>
      response.writeHead(status, { 'x-amzn-errortype': type }).end(JSON.stringify(body));
    if (request.url!.includes('account-settings')) {
      json(200, {
        AccountLimit: {
          ConcurrentExecutions: this.concurrency,
          UnreservedConcurrentExecutions: this.concurrency,
          TotalCodeSize: 80530636800,
        },
        AccountUsage: { TotalCodeSize: 1, FunctionCount: 1 },
      });
    } else json(404, { Message: 'Function not found' }, 'ResourceNotFoundException');
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

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

  const fake = (url = endpoint) => ({
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_STS: url,
    AWS_ENDPOINT_URL_LAMBDA: url,
    AWS_ENDPOINT_URL_S3: url,
  });

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

  /** What stops a stack with these settings, without a process of its own. */
  async function stops(values: object = {}): Promise<string[]> {
    const file = await synthesizedIn(
      await synthesisOf({ notifications: { errors: ['ops@company.io'] }, ...values }),
    );
    const configuration = readConfiguration(file);
    const { env } = process;
    process.env = { ...fake(), PATH: env['PATH'], HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' };
    try {
      const { findings } = await check(configuration, readStack(configuration, dirname(file)), dirname(file));
      return findings.filter(({ level }) => level === 'stop').map(({ text }) => text);
    } finally {
      process.env = env;
    }
  }

  test('stops when the credentials have expired', async () => {
    const identity = aws.identity;
    aws.identity = {
      status: 403,
      body: '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>',
    };
    const found = await stops();
    aws.identity = identity;
    expect(found).toContainEqual(
      expect.stringMatching(/^The AWS credentials have expired \(The security token .* "aws sso login"/),
    );
  });

  test('stops when the account cannot hold what the settings reserve', async () => {
    aws.concurrency = 10;
    const found = await stops({ functions: { thumbnail: { reservedConcurrency: 50 } } });
    aws.concurrency = 1000;
    expect(found).toContainEqual(
      expect.stringMatching(/\(thumbnail-workflow-thumbnail 50\), and this account can give 0/),
    );
    expect(found).toContainEqual(
      expect.stringContaining(`AWS_ENDPOINT_URL_S3 is ${endpoint}, which is on this machine`),
    );
  });

  test('stops when the bucket in the settings does not exist', async () => {
    expect(await stops({ uploads: { existingBucket: 'photos-of-2019' } })).toContainEqual(
      expect.stringMatching(/^There is no bucket photos-of-2019/),
    );
  });

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
        { ...fake(elsewhere), NODE_OPTIONS, PATH, SETTINGS },
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
        { ...fake(elsewhere), NODE_OPTIONS: `--require ${resolver()}`, PATH, SETTINGS: settings() },
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
