import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Engine, type EngineOptions, startEngine } from '../../../local-aws/engine';
import { Principals } from '../../../local-aws/principals';

/** A role that may send and publish, with a boundary that only the account knows. */
const REGION = 'eu-west-1';
const BOUNDARY = 'arn:aws:iam::000000000000:policy/boundary';

const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (...Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });

const stack = {
  provider: { aws: [{ region: REGION }] },
  resource: {
    aws_sns_topic: { t: { name: 'topic' } },
    aws_sqs_queue: { q: { name: 'queue' } },
    aws_iam_role: {
      r: { name: 'sender', assume_role_policy: JSON.stringify(document()), permissions_boundary: BOUNDARY },
    },
    aws_iam_role_policy: {
      p: {
        name: 'p',
        role: 'sender',
        policy: JSON.stringify(document(allow('sns:Publish', 'sqs:SendMessage'))),
      },
    },
  },
  output: { topic: { value: '${aws_sns_topic.t.arn}' }, queue: { value: '${aws_sqs_queue.q.url}' } },
};

let dataDir: string;
let engine: Engine | undefined;
let said: string[];

beforeEach(async () => {
  said = [];
  dataDir = await mkdtemp(path.join(tmpdir(), 'boundary-'));
});

afterEach(async () => {
  await engine?.close();
  await rm(dataDir, { recursive: true });
});

/** What happens to a message to the topic, and to one to the queue. */
async function send(existing: EngineOptions['existing']): Promise<string[]> {
  const stackFile = path.join(dataDir, 'cdk.tf.json');
  await writeFile(stackFile, JSON.stringify(stack));
  const log = (line: string) => void said.push(line);
  engine = await startEngine({ dataDir: path.join(dataDir, 'data'), port: 0, stackFile, existing, log });
  const { endpoint, stack: loaded } = engine;
  const credentials = new Principals(loaded.account, loaded.roles).role(loaded.roles[0]!.arn);
  const config = { endpoint, region: REGION, credentials, maxAttempts: 1 };
  const { topic, queue } = loaded.outputs as Record<string, string>;
  const sent = [
    new SNSClient(config).send(new PublishCommand({ TopicArn: topic, Message: 'hello' })),
    new SQSClient(config).send(new SendMessageCommand({ QueueUrl: queue, MessageBody: 'hello' })),
  ];
  return Promise.all(
    sent.map((each: Promise<unknown>) =>
      each.then(
        () => 'sent',
        (error: Error) => error.message.replace(/^.*(because|with) /, '$1 '),
      ),
    ),
  );
}

test('an unknown boundary is logged, and limits nothing', async () => {
  expect(await send(undefined)).toEqual(['sent', 'sent']);
  expect(said).toEqual([
    expect.stringContaining(`${BOUNDARY} is not in the stack, so its statements are unknown`),
  ]);
});

test('a known boundary limits the role', async () => {
  const existing = { policies: { [BOUNDARY]: document(allow('sqs:*', 'dynamodb:*')) } };
  expect(await send(existing)).toEqual([
    'because no permissions boundary allows the sns:Publish action',
    'sent',
  ]);
  expect(said).toEqual([]);
});

test('what a known boundary denies is denied', async () => {
  const deny = { Effect: 'Deny', Action: 'sqs:Send*', Resource: '*' };
  expect(await send({ policies: { [BOUNDARY]: document(allow('*'), deny) } })).toEqual([
    'sent',
    'with an explicit deny in a permissions boundary',
  ]);
});
