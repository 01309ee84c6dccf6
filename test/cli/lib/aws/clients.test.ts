import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { BATCH, connectorTo } from '../../../../cli/lib/aws/connect';
import { TIMEOUTS, timed } from '../../../../cli/lib/aws/timed';
import { access, s3Error, script } from '../../../functions/server';

afterEach(() => jest.restoreAllMocks());

test('no command makes an AWS client by itself, which would have no timeout and no words for its errors', () => {
  const sources = readdirSync('cli', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  expect(sources.length).toBeGreaterThan(50);
  const makers = sources.filter((file) =>
    /new \w*Client\(/.test(readFileSync(path.join('cli', file), 'utf8')),
  );
  expect(makers).toEqual([path.join('lib', 'aws', 'timed.ts')]);
});

test('a client has the timeouts of the functions', async () => {
  const client = timed(S3Client, access);
  const handler = client.config.requestHandler as unknown as {
    handle(request: object): Promise<never>;
    httpHandlerConfigs(): object;
  };
  // Its configuration is known once it has been used.
  await handler.handle({}).catch(() => {});
  expect(handler.httpHandlerConfigs()).toMatchObject({ ...TIMEOUTS, throwOnRequestTimeout: true });
  expect(readFileSync('functions/lib/runtime/client-config.ts', 'utf8')).toContain(
    'connectionTimeout: 2_000, requestTimeout: 10_000, throwOnRequestTimeout: true',
  );
  expect(TIMEOUTS).toEqual({ connectionTimeout: 2_000, requestTimeout: 10_000 });
});

test('a batch tries a call often, unless the environment says how often', async () => {
  jest.replaceProperty(process, 'env', { ...process.env, AWS_MAX_ATTEMPTS: '' });
  expect(await timed(S3Client, access, BATCH).config.maxAttempts()).toBe(8);
  jest.replaceProperty(process, 'env', { ...process.env, AWS_MAX_ATTEMPTS: '2' });
  expect(await timed(S3Client, access, BATCH).config.maxAttempts()).toBe(2);
});

test('that an object is not there is left to the command that asked, and a missing bucket is not', async () => {
  const server = await script((response) => s3Error(response, 404, 'NoSuchBucket'));
  const connect = connectorTo({ region: 'us-east-1' }, { ...access, endpoint: server.endpoint });
  const head = () => connect(S3Client).send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }));
  await expect(head()).rejects.toThrow(
    expect.objectContaining({ name: 'NotFound', message: expect.not.stringContaining('Asked') }),
  );
  const list = connect(S3Client).send(new ListObjectsV2Command({ Bucket: 'b' }));
  await expect(list).rejects.toThrow('S3 ListObjectsV2 on the bucket b failed: NoSuchBucket');
  await server.close();
});
