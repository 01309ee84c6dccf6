import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chosenEndpoints, endpointFor, isOnThisMachine } from '../../../../cli/lib/aws/endpoints';

test.each([
  'http://127.0.0.1:4566',
  'http://127.1.2.3',
  'http://localhost:4566/',
  'HTTP://LOCALHOST.:4566',
  'http://s3.localhost:4566',
  'http://0.0.0.0:4566',
  'http://[::1]:4566',
  'http://[::]:4566',
  'http://[::ffff:127.0.0.1]:4566',
  'http://2130706433:4566',
  'http://host.docker.internal:4566',
  'http://user:password@127.0.0.1',
  'http://127.255.255.255',
  'http://localhost.localdomain',
  'http://s3.localhost.localdomain.',
  'http://[::ffff:0.0.0.0]',
  'http://[::ffff:127.255.0.9]',
])('%s is on this machine', (url) => {
  expect(isOnThisMachine(url)).toBe(true);
});

test.each([
  'https://localhost.company.com',
  'https://vpce-1.eu-west-1.vpce.amazonaws.com',
  'https://10.0.0.1',
  'https://127.0.0.1.example.com',
  'http://mylocalhost',
  'http://localhostess',
  'http://localhost.localdomain.example.com',
  'http://localhost.domain',
  'http://host.docker.internal.example.com',
  'http://128.0.0.1',
  'http://a.127.0.0.1.nip.io',
  'http://[::ffff:128.0.0.1]',
  'http://[::ffff:8.127.0.1]',
  'http://[fe80::ffff:7f00:1]',
  'http://[::2]',
  'no URL',
  '',
])('%s is elsewhere', (url) => {
  expect(isOnThisMachine(url)).toBe(false);
});

describe('what is chosen', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'aws-'));
    const config = path.join(folder, 'config');
    await writeFile(
      config,
      `[profile here]
endpoint_url = http://localhost:1
services = mine
[services mine]
dynamodb =
  endpoint_url = http://localhost:2
cloudwatch_logs =
  endpoint_url = http://localhost:3
`,
    );
    jest.replaceProperty(process, 'env', { ...process.env, AWS_CONFIG_FILE: config });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  test('by variables for all services and for one, and by the older ones of Terraform', async () => {
    const chosen = await chosenEndpoints({
      AWS_ENDPOINT_URL: 'http://a',
      AWS_ENDPOINT_URL_S3: 'http://b',
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: '',
      TF_AWS_IAM_ENDPOINT: 'http://c',
      AWS_S3_ENDPOINT: 'http://d',
      MY_AWS_ENDPOINT_URL: 'http://e',
    });
    expect(chosen).toEqual([
      { by: 'AWS_ENDPOINT_URL', url: 'http://a' },
      { by: 'AWS_ENDPOINT_URL_S3', url: 'http://b', service: 'S3' },
      { by: 'TF_AWS_IAM_ENDPOINT', url: 'http://c', service: 'IAM' },
      { by: 'AWS_S3_ENDPOINT', url: 'http://d', service: 'S3' },
    ]);
    expect(endpointFor('S3', chosen)?.url).toBe('http://b');
    expect(endpointFor('CloudWatch Logs', chosen)?.url).toBe('http://a');
  });

  test('by the AWS profile and its section of services', async () => {
    const chosen = await chosenEndpoints({ AWS_PROFILE: 'here' });
    expect(chosen.map(({ url }) => url)).toEqual([
      'http://localhost:1',
      'http://localhost:2',
      'http://localhost:3',
    ]);
    expect(chosen.map(({ by, service }) => [by, service])).toEqual([
      ['endpoint_url of the AWS profile here', undefined],
      ['endpoint_url of dynamodb in the services section mine of the AWS profile here', 'DYNAMODB'],
      [
        'endpoint_url of cloudwatch_logs in the services section mine of the AWS profile here',
        'CLOUDWATCH_LOGS',
      ],
    ]);
    expect(endpointFor('CloudWatch Logs', chosen)?.url).toBe('http://localhost:3');
    expect(endpointFor('SQS', chosen)?.url).toBe('http://localhost:1');
    expect(await chosenEndpoints({})).toEqual([]);
  });

  test.each([
    ['true', 0],
    ['TRUE', 0],
    ['false', 4],
    ['', 4],
  ])('does not count when the environment says so: %j', async (ignore, count) => {
    const chosen = await chosenEndpoints({
      AWS_PROFILE: 'here',
      AWS_ENDPOINT_URL: 'http://a',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ignore,
    });
    expect(chosen).toHaveLength(count);
  });
});
