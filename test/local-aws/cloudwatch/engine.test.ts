import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { type Engine, startEngine } from '../../../local-aws/engine';
import { parseFaults } from '../../../local-aws/faults';
import { alarm, COUNT, metric, type StackOptions, writeStack } from './stack';

/** A small stack on the real engine, tested from a function's log to the mail about it. */

const MINUTE = 60_000;

/** Counts each run, in the format from which CloudWatch extracts metrics. */
const COUNTS = `exports.handler = async (event) => {
  const directive = { Namespace: 'Shop', Dimensions: [['Shop']], Metrics: [{ Name: 'Counted', Unit: 'Count' }] };
  const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [directive] };
  process.stdout.write(JSON.stringify({ _aws, Shop: 'Bern', Counted: event.resources.length }) + '\\n');
};`;

const FAILS = `exports.handler = async () => { throw new Error('no'); };`;

const counted = metric('Shop', 'Counted', { Shop: 'Bern' });
const ofFunction = (name: string) => metric('AWS/Lambda', name, { FunctionName: COUNT });

let folder: string;
let engine: Engine;
let logged: string[];
let told: string[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cloudwatch-'));
  logged = [];
  told = [];
});
afterEach(async () => {
  await engine?.close();
  rmSync(folder, { recursive: true });
});

async function start({
  waitScale = 0.001,
  ...options
}: StackOptions & { waitScale?: number }): Promise<void> {
  engine = await startEngine({
    dataDir: path.join(folder, 'data'),
    port: 0,
    stackFile: writeStack(folder, options),
    waitScale,
    log: (line) => logged.push(line),
    onAlarm: ({ alarm: { name }, from, to }) => told.push(`${name}: ${from} -> ${to}`),
  });
}

const total = (name: string) => engine.cloudwatch.metrics().find((each) => each.name === name);
const mails = () => {
  const mail = path.join(folder, 'data', 'mail');
  return Promise.all(
    readdirSync(mail)
      .sort()
      .map((file) => PostalMime.parse(readFileSync(path.join(mail, file)))),
  );
};

test('what a function logs becomes a metric, the metric an alarm and a mail, and later the alarm ends', async () => {
  await start({
    code: COUNTS,
    alarms: { a: alarm('counted', { ...counted, period: 300 }, { threshold: 2 }) },
  });
  const { cloudwatch } = engine;
  expect(cloudwatch.alarms()).toEqual([
    { name: 'shop-counted', state: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation' },
  ]);

  await engine.tick('shop-every');
  await engine.tick('shop-every');
  expect(total('Counted')).toEqual({
    namespace: 'Shop',
    name: 'Counted',
    dimensions: { Shop: 'Bern' },
    sum: 2,
    count: 2,
  });
  // Its minute must have ended.
  const soon = Date.now() + MINUTE;
  await cloudwatch.evaluate(soon);
  expect(cloudwatch.alarms()).toMatchObject([{ state: 'ALARM' }]);
  await cloudwatch.evaluate(soon + MINUTE / 2);
  await cloudwatch.evaluate(soon + 20 * MINUTE);
  expect(cloudwatch.alarms()).toMatchObject([{ state: 'OK' }]);
  expect(told).toEqual(['shop-counted: INSUFFICIENT_DATA -> ALARM', 'shop-counted: ALARM -> OK']);

  const [first, second] = await mails();
  expect(first?.subject).toBe('ALARM: "shop-counted" in US East (N. Virginia)');
  expect(first?.text).toContain('- Description:                About counted.');
  expect(first?.text).toMatch(
    /Threshold Crossed: 1 out of the last 1 datapoints \[2\.0 \(\S+ \S+\)\] was greater/,
  );
  expect(second?.subject).toBe('OK: "shop-counted" in US East (N. Virginia)');

  const messages = readFileSync(path.join(folder, 'data', 'messages', 'shop-operations.jsonl'), 'utf8');
  expect(JSON.parse(JSON.parse(messages.split('\n')[0]!).Message)).toMatchObject({
    AlarmName: 'shop-counted',
    NewStateValue: 'ALARM',
    OldStateValue: 'INSUFFICIENT_DATA',
    Region: 'US East (N. Virginia)',
    Trigger: { MetricName: 'Counted', Namespace: 'Shop', Statistic: 'SUM', Threshold: 2 },
  });
  expect(logged).toEqual([]);
});

test('a function that fails is tried three times, and each counts', async () => {
  const ratio = {
    metric_query: [
      { id: 'part', metric: { ...ofFunction('Errors'), statistic: undefined, stat: 'Sum' } },
      { id: 'whole', metric: { ...ofFunction('Invocations'), statistic: undefined, stat: 'Sum' } },
      { id: 'percent', expression: 'IF(whole > 0, 100 * part / whole, 0)', return_data: true },
    ],
  };
  await start({ code: FAILS, alarms: { a: alarm('ratio', ratio, { threshold: 100 }) } });
  await engine.tick('shop-every');
  expect(total('Invocations')).toMatchObject({ namespace: 'AWS/Events', sum: 1 });
  expect(engine.cloudwatch.metrics()).toContainEqual(
    expect.objectContaining({ namespace: 'AWS/Lambda', name: 'Errors', sum: 3, count: 3 }),
  );
  expect(logged).toEqual([expect.stringMatching(/^Lambda dropped an event for \S+:shop-count:1: Error: /)]);
  await engine.cloudwatch.evaluate(Date.now() + MINUTE);
  expect(told).toEqual(['shop-ratio: INSUFFICIENT_DATA -> ALARM']);
});

test('a throttled invocation waits for capacity rather than using up a retry', async () => {
  await start({ code: COUNTS, alarms: { a: alarm('throttles', ofFunction('Throttles')) } });
  engine.inject(parseFaults([{ function: 'count', fault: 'throttle', times: 4 }], 'faults'));
  await engine.tick('shop-every');
  expect(total('Throttles')).toMatchObject({ sum: 4 });
  expect(total('Counted')).toMatchObject({ sum: 1 });
});

test('without a permission the function does not run, and the rule counts the failure', async () => {
  const failed = metric('AWS/Events', 'FailedInvocations', { RuleName: 'shop-every' });
  await start({ code: COUNTS, alarms: { a: alarm('failed', failed) }, permission: null });
  await engine.tick('shop-every');
  expect(total('Counted')).toBeUndefined();
  expect(total('FailedInvocations')).toMatchObject({ sum: 1 });
  expect(logged).toEqual([
    expect.stringContaining(
      'User: events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:shop-count because no resource-based policy allows',
    ),
  ]);
});

test('a permission for another rule does not count', async () => {
  await start({
    code: COUNTS,
    alarms: {},
    permission: { source_arn: 'arn:aws:events:us-east-1:000000000000:rule/other' },
  });
  await engine.tick('shop-every');
  expect(total('Counted')).toBeUndefined();
});

test('the first change of an alarm to OK notifies nobody', async () => {
  await start({ code: COUNTS, alarms: { a: alarm('counted', counted) } });
  await engine.cloudwatch.evaluate();
  expect(told).toEqual(['shop-counted: INSUFFICIENT_DATA -> OK']);
  expect(await mails()).toEqual([]);
});

test('a topic that does not let CloudWatch publish gets no message, and the log says so', async () => {
  await start({ code: COUNTS, alarms: { a: alarm('counted', counted) }, mayPublish: false });
  await engine.tick('shop-every');
  await engine.cloudwatch.evaluate(Date.now() + MINUTE);
  expect(told).toEqual(['shop-counted: INSUFFICIENT_DATA -> ALARM']);
  expect(logged).toEqual([
    expect.stringMatching(
      /^The alarm shop-counted could not notify \S+:shop-operations: User: cloudwatch\.amazonaws\.com is not authorized/,
    ),
  ]);
});

test('queues are measured when alarms are evaluated', async () => {
  const dead = (name: string) => metric('AWS/SQS', name, { QueueName: 'shop-dead' }, 'Maximum');
  await start({
    code: COUNTS,
    alarms: {
      a: alarm('messages', dead('ApproximateNumberOfMessagesVisible')),
      b: alarm('age', dead('ApproximateAgeOfOldestMessage'), { threshold: 600 }),
    },
  });
  const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs');
  const sqs = new SQSClient({
    endpoint: engine.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const now = Date.now();
  await engine.cloudwatch.evaluate(now);
  await sqs.send(new SendMessageCommand({ QueueUrl: engine.stack.queues[0]!.url, MessageBody: 'x' }));
  await engine.cloudwatch.evaluate(now + MINUTE);
  await engine.cloudwatch.evaluate(now + 11 * MINUTE);
  expect(told).toEqual([
    'shop-messages: INSUFFICIENT_DATA -> OK',
    'shop-age: INSUFFICIENT_DATA -> OK',
    'shop-messages: OK -> ALARM',
    'shop-age: OK -> ALARM',
  ]);
});

test('metrics that CloudWatch would not accept are reported, with the function that logged them', async () => {
  await start({ code: COUNTS.replace("Shop: 'Bern'", 'Shop: 4'), alarms: {} });
  await engine.tick('shop-every');
  expect(total('Counted')).toBeUndefined();
  expect(logged).toEqual([
    expect.stringMatching(/^shop-count logged metrics that CloudWatch would ignore: Shop: /),
  ]);
});

test('a pending retry of a function does not keep the engine from closing', async () => {
  await start({ code: FAILS, alarms: {}, waitScale: 1 });
  void engine.tick('shop-every');
  while (!total('Errors')) await sleep(10);
  await engine.close();
  // The retry, a minute later, would be the second.
  expect(total('Errors')).toMatchObject({ count: 1 });
  expect(logged).toEqual([]);
});

test('only a rule with a schedule can be run at a time', async () => {
  await start({ code: COUNTS, alarms: {} });
  await expect(engine.tick('other')).rejects.toThrow(
    'Expected a rule with a schedule (shop-every) but received other',
  );
});
