import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import {
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { AwsError, type Call, type Principal } from '../../../local-aws/service';
import { createSns, type Sns } from '../../../local-aws/sns';
import type { Topic } from '../../../local-aws/stack/model';

const principal: Principal = {
  arn: 'arn:aws:iam::123456789012:role/notify',
  accessKeyId: 'a',
  secretAccessKey: 'b',
};
const TopicArn = 'arn:aws:sns:eu-west-1:123456789012:errors';

const topicOf = (subscriptions: Topic['subscriptions']): Topic => ({
  name: 'errors',
  arn: TopicArn,
  subscriptions,
});
const ada = { protocol: 'email', endpoint: 'ada@example.com' };

let folder: string;
let calls: Call[];
let refusal: AwsError | undefined;
let sns: Sns;
let server: Server;
let client: SNSClient;
let lines: string[];

async function start(subscriptions: Topic['subscriptions'] = [ada]): Promise<void> {
  sns = createSns({
    dataDir: folder,
    topics: [topicOf(subscriptions)],
    account: '123456789012',
    gate: async (call) => {
      calls.push(call);
      if (refusal) throw refusal;
    },
    log: (line) => lines.push(line),
  });
  server = createServer(async (request, response) => {
    await sns.handle(request, response, principal, await buffer(request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new SNSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sns-'));
  calls = [];
  lines = [];
  refusal = undefined;
});
afterEach(async () => {
  client?.destroy();
  if (server?.listening) await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const publish = (input: Partial<PublishCommandInput>) =>
  client.send(new PublishCommand({ TopicArn, Message: 'text', ...input }));

/** The mails, sorted by file name. */
const mails = () => {
  const mail = path.join(folder, 'mail');
  const names = readdirSync(mail).sort();
  return Promise.all(names.map((name) => PostalMime.parse(readFileSync(path.join(mail, name)))));
};

const messages = () =>
  readFileSync(path.join(folder, 'messages', 'errors.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('a published message', () => {
  test('is a mail with the text that SNS sends', async () => {
    await start();
    const Message = 'Making thumbnails of “cañón ☃.jpg” failed:\n\tline two & <three>\n.\nFrom here on';
    const { MessageId } = await publish({ Subject: 'Thumbnail workflow: an image failed', Message });
    const [mail, ...others] = await mails();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({
      from: { name: 'AWS Notifications', address: 'no-reply@sns.amazonaws.com' },
      to: [{ address: 'ada@example.com' }],
      subject: 'Thumbnail workflow: an image failed',
      messageId: expect.stringContaining(MessageId as string),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    const [body, footer] = mail?.text?.split('\n\n--\n') ?? [];
    expect(body).toBe(Message);
    expect(footer).toMatch(
      /^If you wish to stop receiving notifications .*\nhttps:.*Endpoint=ada%40example\.com\n/,
    );
  });

  test('can be searched in its file, because no line is folded or encoded', async () => {
    await start();
    const Message = `Quarantined s3://uploads/${'a long folder/'.repeat(30)}cañón=1.jpg: UnsupportedFormat`;
    await publish({ Message });
    const [name] = readdirSync(path.join(folder, 'mail'));
    const eml = readFileSync(path.join(folder, 'mail', name as string), 'utf8');
    expect(eml.split('\r\n')).toContain(Message);
    expect(eml.match(/^Content-Type: .*$/gm)).toEqual(['Content-Type: text/plain; charset=utf-8']);
    expect(eml).toMatch(/^Date: [A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000\r$/m);
  });

  test('goes to every subscriber, in a file whose name starts with the time', async () => {
    await start([ada, { protocol: 'email', endpoint: 'bob+sns@example.com' }]);
    await publish({});
    expect((await mails()).map(({ to }) => to?.[0]?.address).sort()).toEqual([
      'ada@example.com',
      'bob+sns@example.com',
    ]);
    for (const name of readdirSync(path.join(folder, 'mail'))) {
      expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-errors-\d+\.eml$/);
    }
    expect(lines.sort()).toEqual([
      expect.stringMatching(/^Mail to ada/),
      expect.stringMatching(/^Mail to bob.*\.eml$/),
    ]);
  });

  test('without a subject has the one SNS gives', async () => {
    await start();
    await publish({});
    expect((await mails())[0]?.subject).toBe('AWS Notification Message');
  });

  test('is a line in the topic’s file, in order, as a program would receive it', async () => {
    await start([]);
    const MessageAttributes = {
      status: { DataType: 'String', StringValue: 'FAILED' },
      bytes: { DataType: 'Number', StringValue: '12' },
      raw: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    };
    const first = await publish({ Message: 'a ☃', Subject: 'S', MessageAttributes });
    const second = await publish({ Message: 'b' });
    expect(messages()).toEqual([
      {
        MessageId: first.MessageId,
        TopicArn,
        Subject: 'S',
        Message: 'a ☃',
        Timestamp: expect.stringMatching(/Z$/),
        MessageAttributes: {
          status: { Type: 'String', Value: 'FAILED' },
          bytes: { Type: 'Number', Value: '12' },
          raw: { Type: 'Binary', Value: 'AP8=' },
        },
      },
      expect.objectContaining({ MessageId: second.MessageId, Message: 'b', MessageAttributes: {} }),
    ]);
  });

  test('of structure json has a text for each protocol', async () => {
    await start([ada, { protocol: 'email-json', endpoint: 'machine@example.com' }]);
    const Message = JSON.stringify({ default: '{"status":"FAILED"}', email: 'It failed.', sms: 'no' });
    const { MessageId } = await publish({ Message, MessageStructure: 'json' });
    const texts = Object.fromEntries((await mails()).map(({ to, text }) => [to?.[0]?.address, text]));
    expect(texts['ada@example.com']).toMatch(/^It failed\.\n\n--\n/);
    expect(JSON.parse(texts['machine@example.com'] ?? '')).toMatchObject({
      Type: 'Notification',
      MessageId,
      TopicArn,
      Message: '{"status":"FAILED"}',
    });
    expect(messages()[0]).toMatchObject({ Message: '{"status":"FAILED"}' });
  });

  test('reaches only subscribers whose filter policy it passes', async () => {
    await start([
      { ...ada, filterPolicy: { status: ['FAILED'] } },
      { protocol: 'email', endpoint: 'bob@example.com', filterPolicy: { status: ['DONE'] } },
    ]);
    await publish({ MessageAttributes: { status: { DataType: 'String', StringValue: 'FAILED' } } });
    expect((await mails()).map(({ to }) => to?.[0]?.address)).toEqual(['ada@example.com']);
  });

  test('may be any text, which the mail contains unchanged', async () => {
    await start();
    const visible = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
      .filter((text) => text.trim() === text);
    await fc.assert(
      fc.asyncProperty(visible, async (Message) => {
        await sns.publish({ TopicArn, Message }, principal);
        expect((await mails()).at(-1)?.text?.startsWith(`${Message}\n\n--\n`)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('what SNS refuses', () => {
  const long = 'é'.repeat(131_072);
  const attribute = (name: string, DataType: string, StringValue?: string) => ({
    MessageAttributes: { [name]: { DataType, StringValue } },
  });

  test.each<[string, Partial<PublishCommandInput>, string, RegExp]>([
    ['an empty message', { Message: '' }, 'InvalidParameterException', /Empty message/],
    ['one byte over 256 KB', { Message: `${long}x` }, 'InvalidParameterException', /Message too long/],
    [
      '256 KB and an attribute',
      { Message: long, ...attribute('a', 'String', 'x') },
      'InvalidParameterException',
      /too long/,
    ],
    ['a subject of 101 characters', { Subject: 'x'.repeat(101) }, 'InvalidParameterException', /Subject/],
    ['a subject of two lines', { Subject: 'a\nb' }, 'InvalidParameterException', /Subject/],
    ['a subject that is not ASCII', { Subject: 'cañón' }, 'InvalidParameterException', /Subject/],
    ['an empty subject', { Subject: '' }, 'InvalidParameterException', /Subject/],
    [
      'broken JSON',
      { Message: '{', MessageStructure: 'json' },
      'InvalidParameterException',
      /failed to parse/,
    ],
    [
      'JSON without default',
      { Message: '{"email":"a"}', MessageStructure: 'json' },
      'InvalidParameterException',
      /No default/,
    ],
    [
      'a default that is not a string',
      { Message: '{"default":1}', MessageStructure: 'json' },
      'InvalidParameterException',
      /No default/,
    ],
    ['another structure', { MessageStructure: 'xml' }, 'InvalidParameterException', /MessageStructure/],
    [
      'an attribute without value',
      attribute('a', 'String', ''),
      'InvalidParameterValueException',
      /'a' must contain non-empty .* value/,
    ],
    [
      'an attribute without type',
      attribute('a', '', 'x'),
      'InvalidParameterValueException',
      /non-empty message attribute type/,
    ],
    [
      'an unknown type',
      attribute('a', 'Text', 'x'),
      'InvalidParameterValueException',
      /Binary, Number, and String/,
    ],
    ['an invalid number', attribute('a', 'Number', 'x1'), 'InvalidParameterValueException', /number/],
    [
      'an invalid array',
      attribute('a', 'String.Array', '{}'),
      'InvalidParameterValueException',
      /JSON array/,
    ],
    [
      'a control character',
      attribute('a', 'String', 'x\u0007'),
      'InvalidParameterValueException',
      /character/,
    ],
    ['a name with two dots', attribute('a..b', 'String', 'x'), 'InvalidParameterValueException', /name/],
    ['a reserved name', attribute('AWS.x', 'String', 'x'), 'InvalidParameterValueException', /name/],
    ['another topic', { TopicArn: `${TopicArn}-absent` }, 'NotFoundException', /Topic does not exist/],
    [
      'a phone number',
      { TopicArn: undefined, PhoneNumber: '+4912345' },
      'InvalidParameterException',
      /PhoneNumber/,
    ],
    ['no topic', { TopicArn: undefined }, 'InvalidParameterException', /no value for required parameter/],
  ])('%s', async (_what, input, name, message) => {
    await start();
    await expect(publish(input)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
    expect(readdirSync(path.join(folder, 'mail'))).toEqual([]);
    expect(readdirSync(path.join(folder, 'messages'))).toEqual([]);
  });

  test('256 KB, 100 characters of subject and an array are just within', async () => {
    await start([]);
    await publish({ Message: long });
    await publish({ Subject: 'x'.repeat(100), ...attribute('a.b-c_1', 'String.Array', '["x",1,null,true]') });
    expect(messages()).toHaveLength(2);
  });

  test.each([
    [
      { protocol: 'https', endpoint: 'https://example.com' },
      /Expected email or email-json .* but received https/,
    ],
    [{ ...ada, filterPolicy: { key: [{ suffix: '.jpg' }] } }, /Expected a value, or one of exists/],
  ])('a subscription it cannot serve stops the start: %j', (subscription, message) => {
    const options = { dataDir: folder, account: '123456789012', gate: async () => {} };
    expect(() => createSns({ ...options, topics: [topicOf([subscription])] })).toThrow(message);
  });

  test('an operation that is not supported is named', async () => {
    await start();
    await expect(client.send(new SubscribeCommand({ TopicArn, Protocol: 'email' }))).rejects.toMatchObject({
      name: expect.stringMatching(/InvalidAction/),
      message: expect.stringMatching(/but received Subscribe$/),
    });
  });
});

describe('the gate', () => {
  test('is asked before anything happens', async () => {
    await start();
    await publish({});
    await client.send(new ListTopicsCommand());
    await client.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(calls).toEqual([
      { principal, action: 'sns:Publish', resource: TopicArn },
      { principal, action: 'sns:ListTopics', resource: '*' },
      { principal, action: 'sns:GetTopicAttributes', resource: TopicArn },
    ]);
  });

  test('a denied publish sends nothing and is AuthorizationErrorException', async () => {
    await start();
    refusal = new AwsError('AccessDenied', 'not authorized', 403);
    const expected = { name: 'AuthorizationErrorException', message: 'not authorized' };
    await expect(publish({})).rejects.toMatchObject({ ...expected, $metadata: { httpStatusCode: 403 } });
    await expect(sns.publish({ TopicArn, Message: 'x' }, principal)).rejects.toMatchObject(expected);
    expect(readdirSync(path.join(folder, 'mail'))).toEqual([]);
  });

  test('an injected fault reaches the caller as the error it is', async () => {
    await start();
    refusal = new AwsError('ThrottledException', 'Rate exceeded', 429);
    await expect(publish({})).rejects.toMatchObject({
      name: 'ThrottledException',
      $metadata: { httpStatusCode: 429 },
    });
  });
});

test('topics and subscriptions can be listed', async () => {
  await start([ada]);
  expect((await client.send(new ListTopicsCommand())).Topics).toEqual([{ TopicArn }]);
  expect((await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions).toEqual([
    {
      SubscriptionArn: expect.stringMatching(`^${TopicArn}:[0-9a-f-]{36}$`),
      Owner: '123456789012',
      Protocol: 'email',
      Endpoint: 'ada@example.com',
      TopicArn,
    },
  ]);
  const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
  expect(Attributes).toMatchObject({ TopicArn, SubscriptionsConfirmed: '1' });
});
