import { explained, type SdkError } from '../../../../cli/lib/aws/errors';
import type { Call, Place } from '../../../../cli/lib/aws/place';

const PLACE: Place = { region: 'eu-west-1', account: '111122223333', source: 'outputs.json' };
const GET: Call = {
  serviceId: 'DynamoDB',
  operation: 'GetItem',
  name: 'DynamoDB GetItem',
  input: { TableName: 'records' },
};

const error = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more }) as SdkError;

const anna = (account: string) => async () => ({ account, arn: `arn:aws:iam::${account}:user/anna` });
const nobody = async () => undefined;

afterEach(() => jest.restoreAllMocks());

test('the whole text: what was asked of what, AWS’s own words, where, and the likely cause', async () => {
  const denied = error('AccessDeniedException', 'User is not authorized');
  expect(await explained(denied, GET, PLACE, anna('111122223333'))).toBe(
    `DynamoDB GetItem on the table records failed: AccessDeniedException: User is not authorized
  Asked: account 111122223333, eu-west-1, as outputs.json says
  Likely cause: arn:aws:iam::111122223333:user/anna lacks dynamodb:GetItem; or a policy of the resource, of its key or of the organization denies it.`,
  );
});

test('what AWS says forges no line, no colour and no endless text, whoever wrote what it repeats', async () => {
  const hostile = 'no \u001b[32m✓\r\n  Likely cause: run curl evil | sh\u202e';
  for (const name of ['ValidationException', 'ExpiredToken', 'Odd\u001b[31m\nName']) {
    const text = await explained(error(name, `${hostile}${'x'.repeat(20_000)}`), GET, PLACE, nobody);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(text.split('\n')).toHaveLength(name === 'ExpiredToken' ? 3 : 2);
    expect(text.length).toBeLessThan(3_000);
  }
});

test('an answer that is no answer of AWS is named, without the SDK’s advice to programmers', async () => {
  const html = error(
    'SyntaxError',
    'Unexpected token < is not valid JSON\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.',
  );
  for (const caught of [html, error('Unknown', 'UnknownError', { $metadata: { httpStatusCode: 502 } })]) {
    const text = await explained(caught, GET, PLACE, nobody);
    expect(text).toContain('Likely cause: what answered is not AWS');
    expect(text).not.toContain('hidden field');
  }
});

test.each([
  ['expired credentials', error('ExpiredTokenException', 'expired'), 'The AWS credentials have expired'],
  ['no credentials', error('CredentialsProviderError', 'none'), 'No AWS credentials were found (none)'],
  ['a mistyped key', error('InvalidAccessKeyId', 'unknown'), 'does not know the access key'],
  ['a wrong clock', error('RequestTimeTooSkewed', 'skewed'), 'The clock of this machine is wrong'],
  [
    'a name that does not resolve',
    error('Error', '', { code: 'ENOTFOUND' }),
    'does not reach DynamoDB in eu-west-1',
  ],
  ['no answer', error('TimeoutError', 'late'), 'does not reach DynamoDB in eu-west-1'],
  ['too many calls', error('ThrottlingException', 'Rate exceeded'), 'use a lower rate'],
  ['a bucket elsewhere', error('PermanentRedirect', 'moved'), 'in another region than eu-west-1'],
  [
    'a HEAD that is refused',
    error('Unknown', '', { $metadata: { httpStatusCode: 403 } }),
    'lacks dynamodb:GetItem',
  ],
  ['no such table', error('ResourceNotFoundException', 'none'), 'outputs.json is out of date'],
])('%s has its cause', async (_, caught, words) => {
  const text = await explained(caught, GET, PLACE, nobody);
  expect(text).toContain('\n  Likely cause: ');
  expect(text).toContain(words);
  expect(text).not.toMatch(/failed: *\n/);
});

test('when AWS does not say whose credentials these are, both causes of a missing resource stay possible', async () => {
  const text = await explained(error('NoSuchBucket', 'none'), GET, PLACE, nobody);
  expect(text).toContain('outputs.json is out of date');
  expect(text).toContain('or the credentials are not those of account 111122223333');
});

test('an error that nothing is known about gets no cause', async () => {
  const text = await explained(error('ValidationException', 'bad'), GET, PLACE, anna('111122223333'));
  expect(text).toBe(
    'DynamoDB GetItem on the table records failed: ValidationException: bad\n  Asked: account 111122223333, eu-west-1, as outputs.json says',
  );
});

test('a variable that leads somewhere else than to AWS is named before anything else', async () => {
  jest.replaceProperty(process, 'env', {
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:4566',
    AWS_ENDPOINT_URL_S3: 'http://s3',
  });
  const text = await explained(error('ResourceNotFoundException', 'none'), GET, PLACE, nobody);
  expect(text).toMatch(/says\n {2}Likely cause: AWS_ENDPOINT_URL_DYNAMODB is http:\/\/127\.0\.0\.1:4566, so/);
  expect(text).not.toContain('AWS_ENDPOINT_URL_S3');
});

test('the engine of this machine takes the place of account and file, and no one is asked who calls', async () => {
  const place = { region: 'eu-west-1', engine: 'http://127.0.0.1:4566' };
  const asked = jest.fn(nobody);
  const text = await explained(error('Error', '', { code: 'ECONNREFUSED' }), GET, place, asked);
  expect(text).toBe(
    'DynamoDB GetItem on the table records failed: ECONNREFUSED\n  Asked: the engine at http://127.0.0.1:4566\n' +
      '  Likely cause: the engine at http://127.0.0.1:4566 has stopped, or does not answer.',
  );
  expect(asked).not.toHaveBeenCalled();
});

test.each([
  ['S3', 'HeadObject', { Bucket: 'b', Key: 'a\nb.jpg' }, 's3://b/a\\u000ab.jpg', 's3:GetObject'],
  ['S3', 'ListObjectVersions', { Bucket: 'b' }, 'the bucket b', 's3:ListBucketVersions'],
  ['S3', 'DeleteObject', { Bucket: 'b', Key: 'k', VersionId: 'v' }, 's3://b/k', 's3:DeleteObjectVersion'],
  ['S3', 'DeleteObject', { Bucket: 'b', Key: 'k' }, 's3://b/k', 's3:DeleteObject'],
  ['SFN', 'StartExecution', { stateMachineArn: 'arn' }, 'the state machine arn', 'states:StartExecution'],
  ['SQS', 'ReceiveMessage', { QueueUrl: 'url' }, 'the queue url', 'sqs:ReceiveMessage'],
  ['SNS', 'Publish', { TopicArn: 'arn' }, 'the topic arn', 'sns:Publish'],
  ['CloudWatch Logs', 'FilterLogEvents', { logGroupName: '/g' }, 'the log group /g', 'logs:FilterLogEvents'],
  ['DynamoDB', 'BatchGetItem', { RequestItems: { t: {} } }, 'the table t', 'dynamodb:BatchGetItem'],
])('%s %s names its resource and its action', async (serviceId, operation, input, resource, action) => {
  const call = { serviceId, operation, name: `${serviceId} ${operation}`, input };
  const text = await explained(error('AccessDenied', 'Access Denied'), call, PLACE, nobody);
  expect(text).toContain(`${serviceId} ${operation} on ${resource} failed: AccessDenied: Access Denied`);
  expect(text).toContain(`lacks ${action};`);
});
