import type { ServerResponse } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  CorruptImage,
  InvalidAnswer,
  Superseded,
  Throttled,
  TransientError,
} from '../../../../contract/errors';
import { type AnswerKey, FAILURE_FIELDS } from '../../../../contract/states';
import { clientConfig } from '../../../../functions/lib/runtime/client-config';
import { task } from '../../../../functions/lib/runtime/task';
import { captureMetrics } from '../../emitted';
import { access, s3Error, script, serve } from '../../server';
import { created, EXECUTION } from '../../support';

const input = { execution: EXECUTION, state: created() };
const context = { getRemainingTimeInMillis: () => 5_000 };

type Answer = Parameters<typeof script>[0];

let server: Awaited<ReturnType<typeof script>> | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(answer: Answer) {
  server = await script(answer);
  return server;
}

/** What a task throws whose one call to AWS gets this answer. */
async function failureOf(
  call: (config: typeof access & { endpoint: string }) => Promise<unknown>,
  answer: Answer,
): Promise<Error> {
  const { endpoint } = await start(answer);
  const run = task('record', [], () => call({ ...clientConfig(), ...access, endpoint }) as Promise<never>);
  return run(input, context).then(
    () => Promise.reject(new Error('Expected the task to fail')),
    (error: Error) => error,
  );
}

type Call = Parameters<typeof failureOf>[0];

const getObject: Call = (config) =>
  new S3Client(config).send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
const headObject: Call = (config) =>
  new S3Client(config).send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'key' }));
const getItem: Call = (config) =>
  new DynamoDBClient(config).send(new GetItemCommand({ TableName: 'records', Key: { id: { S: 'id' } } }));
const publish: Call = (config) =>
  new SNSClient(config).send(
    new PublishCommand({ TopicArn: 'arn:aws:sns:us-east-1:1:topic', Message: 'text' }),
  );
const readBody: Call = async (config) => {
  const { Body } = await new S3Client(config).send(new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }));
  await Body?.transformToByteArray();
};

const s3 = (status: number, code: string) => (response: ServerResponse) => s3Error(response, status, code);
const bare = (status: number) => (response: ServerResponse) => response.writeHead(status).end();
const dynamodb = (status: number, type: string) => (response: ServerResponse) =>
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
    .end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: type }));
const sns = (status: number, code: string) => (response: ServerResponse) =>
  response
    .writeHead(status, { 'content-type': 'text/xml' })
    .end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${code}</Message></Error></ErrorResponse>`,
    );

describe('a temporary fault of AWS is a TransientError', () => {
  test.each<[string, Call, (response: ServerResponse) => unknown]>([
    ['S3 InternalError (500)', getObject, s3(500, 'InternalError')],
    ['S3 502 without a body', getObject, bare(502)],
    ['S3 504 to HEAD', headObject, bare(504)],
    ['S3 RequestTimeout (400)', getObject, s3(400, 'RequestTimeout')],
    ['DynamoDB InternalServerError (500)', getItem, dynamodb(500, 'InternalServerError')],
    ['SNS InternalError (500)', publish, sns(500, 'InternalError')],
    ['a lost connection', getObject, (response) => response.destroy()],
    [
      'a connection lost in the middle of a body',
      readBody,
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('the beginning', () => response.destroy());
      },
    ],
  ])('%s', async (_, call, answer) => {
    const error = await failureOf(call, (response) => void answer(response));
    expect(error).toBeInstanceOf(TransientError);
    expect(error.name).toBe('TransientError');
    expect(error.cause).toBeInstanceOf(Error);
    expect(error.message).toBe(`${(error.cause as Error).name}: ${(error.cause as Error).message}`);
  });

  test('a refused connection', async () => {
    const closed = await serve(() => {});
    await closed.close();
    const run = task(
      'record',
      [],
      () => getObject({ ...clientConfig(), ...access, endpoint: closed.endpoint }) as Promise<never>,
    );
    await expect(run(input, context)).rejects.toBeInstanceOf(TransientError);
  });
});

describe('a service that accepts no more calls for now gives Throttled', () => {
  test.each<[string, Call, (response: ServerResponse) => unknown]>([
    ['S3 SlowDown (503)', getObject, s3(503, 'SlowDown')],
    ['429', getObject, bare(429)],
    ['DynamoDB throttling (400)', getItem, dynamodb(400, 'ThrottlingException')],
    ['DynamoDB throughput (400)', getItem, dynamodb(400, 'ProvisionedThroughputExceededException')],
    ['SNS throttling (400)', publish, sns(400, 'Throttling')],
  ])('%s', async (_, call, answer) => {
    const error = await failureOf(call, (response) => void answer(response));
    expect(error).toBeInstanceOf(Throttled);
    expect(error.name).toBe('Throttled');
    expect(error.message).toBe(`${(error.cause as Error).name}: ${(error.cause as Error).message}`);
  });
});

describe('a permanent error of AWS keeps its name', () => {
  test.each<[string, Call, (response: ServerResponse) => unknown]>([
    ['AccessDenied', getObject, s3(403, 'AccessDenied')],
    ['NoSuchKey', getObject, s3(404, 'NoSuchKey')],
    ['PreconditionFailed', getObject, s3(412, 'PreconditionFailed')],
    ['NotFound', headObject, bare(404)],
    ['AccessDenied', headObject, bare(403)],
    ['AccessDeniedException', getItem, dynamodb(400, 'AccessDeniedException')],
    ['ResourceNotFoundException', getItem, dynamodb(400, 'ResourceNotFoundException')],
    ['AuthorizationErrorException', publish, sns(403, 'AuthorizationError')],
  ])('%s', async (name, call, answer) => {
    const error = await failureOf(call, (response) => void answer(response));
    expect(error).not.toBeInstanceOf(TransientError);
    expect(error.name).toBe(name);
  });
});

test.each([
  ['Superseded', new Superseded('newer')],
  ['CorruptImage', new CorruptImage('bad', { cause: new Error('Vips') })],
  ['TypeError', new TypeError('bug')],
])('an error of the workflow or of its code is passed on unchanged: %s', async (_, error) => {
  await expect(task('record', [], () => Promise.reject(error))(input, context)).rejects.toBe(error);
});

describe('a run that is superseded', () => {
  const written = captureMetrics('pics');
  const fail = (error: Error) =>
    expect(task('record', [], () => Promise.reject(error))(input, context)).rejects.toBe(error);

  test('is counted, and one that fails is not', async () => {
    await fail(new Superseded('newer'));
    expect(written.take()).toEqual(['Superseded{Workflow=pics} 1 Count']);
    await fail(new CorruptImage('bad'));
    expect(written.take()).toEqual([]);
  });
});

test('the client itself does not retry: the state machine does', async () => {
  const { endpoint, asked } = await start((response) => s3Error(response, 503, 'SlowDown'));
  await expect(getObject({ ...clientConfig(), ...access, endpoint })).rejects.toThrow('SlowDown');
  expect(asked).toHaveLength(1);
});

describe('an answer', () => {
  const answering = (key: AnswerKey, fields: readonly string[], answer: unknown) =>
    task(key, fields as never, async () => answer as never)(input, context);
  const complete = (fields: readonly string[]) =>
    Object.fromEntries(fields.map((field) => [field, null])) as Record<string, null>;

  const CASES: [AnswerKey, readonly string[]][] = [
    ['failure', FAILURE_FIELDS],
    ['record', ['id', 'notified']],
    ['removal', ['outcome']],
  ];

  test.each(CASES)('with %s as later states read it is passed on', async (key, fields) => {
    const answer = complete(fields);
    await expect(answering(key, fields, answer)).resolves.toBe(answer);
  });

  test.each(CASES.flatMap(([key, fields]) => fields.map((field) => [key, field, fields] as const)))(
    'of %s without %s is an InvalidAnswer that names what is missing',
    async (key, field, fields) => {
      const { [field]: _, ...rest } = complete(fields);
      const failure = answering(key, fields, rest);
      await expect(failure).rejects.toBeInstanceOf(InvalidAnswer);
      await expect(failure).rejects.toThrow(`${key}.${field}`);
    },
  );

  test.each([undefined, null, 'text'])('that is %p is an InvalidAnswer', async (answer) => {
    await expect(answering('failure', FAILURE_FIELDS, answer)).rejects.toThrow(
      'failure.text, failure.message, failure.error, failure.prefix',
    );
  });
});
