import { mkdtempSync, rmSync } from 'node:fs';
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
import { environmentAt, FakeAws } from './deploy/fake-aws';

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

describe('an account', () => {
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

  /** What stops a stack with these settings, without a process of its own. */
  async function stops(values: object = {}): Promise<string[]> {
    const file = await synthesizedIn(
      await synthesisOf({ notifications: { errors: ['ops@company.io'] }, ...values }),
    );
    const configuration = readConfiguration(file);
    const { env } = process;
    process.env = {
      ...environmentAt(endpoint),
      PATH: env['PATH'],
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
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
});
