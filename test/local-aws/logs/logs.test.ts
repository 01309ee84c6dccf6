/** FilterLogEvents by the SDK, on the log of a function and the histories of a state machine. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { type Address, openAddress } from '../../../local-aws/address';
import { createIamGate } from '../../../local-aws/iam/gate';
import { createLogs } from '../../../local-aws/logs';
import { Principals, USER_CREDENTIALS } from '../../../local-aws/principals';
import { createS3 } from '../../../local-aws/s3';
import { createServiceServer } from '../../../local-aws/server';
import type { LambdaFunction, Role, StateMachine } from '../../../local-aws/stack/model';
import { machinesFor, small, upload } from '../states/scripted';

const ACCOUNT = '123456789012';
const REGION = 'us-east-1';

const fn = { name: 'count', version: '3', logGroup: '/aws/lambda/count' } as LambdaFunction;

/** Reads the group of the function and no other. */
const reader: Role = {
  name: 'reader',
  arn: `arn:aws:iam::${ACCOUNT}:role/reader`,
  trust: { Version: '2012-10-17', Statement: [] },
  policies: [
    {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['logs:FilterLogEvents'],
          Resource: [`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${fn.logGroup}:*`],
        },
      ],
    },
  ],
};

/** One of the two ways in which logging is set. */
const machineWith = (logging: Partial<StateMachine['logging']>, machine: StateMachine): StateMachine => ({
  ...machine,
  logging: { ...machine.logging, logGroup: '/aws/vendedlogs/states/machine', ...logging },
});

const LINES = [
  '{"timestamp":"2026-11-29T10:00:00.000Z","level":"INFO","requestId":"a","message":"one"}',
  'a line without a time',
  '{"_aws":{"Timestamp":1795946401000},"level":"INFO","Uploads":1}',
  '{"time":"2026-11-29T10:00:02.000Z","type":"platform.report","record":{"requestId":"a"}}',
  '{"timestamp":"2026-11-29T10:00:03.000Z","level":"ERROR","requestId":"b","message":"two"}',
];
const TEN = Date.parse('2026-11-29T10:00:00Z');

let folder: string;
const addresses: Address[] = [];
let machine: StateMachine;
let principals: Principals;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'logs-'));
  mkdirSync(path.join(folder, 'logs'));
  writeFileSync(path.join(folder, 'logs', 'count.log'), `${LINES.join('\n')}\n`);
  const states = machinesFor(
    small,
    {
      invokeFunction: async () => {
        throw Object.assign(new Error('{"errorMessage":"why"}'), { name: 'NoWork' });
      },
    },
    folder,
  );
  machine = states.machine;
  await states.machines.start(machine.arn, upload).done;
  await states.machines.close();
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  for (const address of addresses.splice(0)) await address.close();
});

async function client(
  logging: Partial<StateMachine['logging']> = {},
  credentials: object = USER_CREDENTIALS,
): Promise<CloudWatchLogsClient> {
  const address = await openAddress(0);
  addresses.push(address);
  principals ??= new Principals(ACCOUNT, [reader]);
  const stack = {
    account: ACCOUNT,
    region: REGION,
    functions: [fn],
    stateMachines: [machineWith(logging, machine)],
    logGroups: [{ name: '/aws/vendedlogs/apigateway/api', arn: '' }],
    roles: [reader],
    resourcePolicies: {},
    keys: [],
  };
  const gate = createIamGate(stack);
  const common = { dataDir: folder, account: ACCOUNT, region: REGION, gate };
  const s3 = createS3({ ...common, buckets: [], announce: async () => undefined });
  const others = { logs: createLogs({ dataDir: folder, gate, stack }) };
  address.serve(createServiceServer(principals, { s3, others }));
  return new CloudWatchLogsClient({
    endpoint: address.url,
    region: REGION,
    credentials: credentials as typeof USER_CREDENTIALS,
    maxAttempts: 1,
  });
}

async function found(logs: CloudWatchLogsClient, input: FilterLogEventsCommandInput): Promise<string[]> {
  const messages: string[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, input)) {
    messages.push(...events.map(({ message }) => message as string));
  }
  return messages;
}

const ofFunction = (input: Partial<FilterLogEventsCommandInput> = {}) => ({
  logGroupName: fn.logGroup,
  ...input,
});

test('a function’s group has its lines in their order; a line without a time has that of the line before', async () => {
  const logs = await client();
  const { events = [] } = await logs.send(new FilterLogEventsCommand(ofFunction()));
  expect(events.map(({ message }) => message)).toEqual(LINES);
  expect(events.map(({ timestamp }) => (timestamp as number) - TEN)).toEqual([0, 0, 1_000, 2_000, 3_000]);
  expect(events[0]?.logStreamName).toBe('2026/11/29/[3]local');
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(5);
});

test('a time includes its beginning and its end, and a pattern leaves out what doesn’t match', async () => {
  const logs = await client();
  const time = { startTime: TEN + 1_000, endTime: TEN + 2_000 };
  expect(await found(logs, ofFunction(time))).toEqual([LINES[2], LINES[3]]);
  expect(await found(logs, ofFunction({ filterPattern: '{ $.requestId = "b" }' }))).toEqual([LINES[4]]);
  const byArn = { logGroupIdentifier: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${fn.logGroup}` };
  expect(await found(logs, byArn)).toEqual(LINES);
});

test('pages have at most the limit, and a token until all is read', async () => {
  const logs = await client();
  const first = await logs.send(new FilterLogEventsCommand(ofFunction({ limit: 3 })));
  expect(first.events).toHaveLength(3);
  const second = await logs.send(
    new FilterLogEventsCommand(ofFunction({ limit: 3, nextToken: first.nextToken })),
  );
  expect(second.events?.map(({ message }) => message)).toEqual(LINES.slice(3));
  expect(second.nextToken).toBeUndefined();
});

test('a page has at most 1 MB, and at least one event', async () => {
  const long = (n: number) =>
    JSON.stringify({ time: new Date(TEN + n).toISOString(), text: 'x'.repeat(600_000) });
  writeFileSync(path.join(folder, 'logs', 'count.log'), `${[long(0), long(1), long(2)].join('\n')}\n`);
  try {
    const logs = await client();
    const page = await logs.send(new FilterLogEventsCommand(ofFunction()));
    expect(page.events).toHaveLength(1);
    expect(await found(logs, ofFunction())).toHaveLength(3);
  } finally {
    writeFileSync(path.join(folder, 'logs', 'count.log'), `${LINES.join('\n')}\n`);
  }
});

const VENDED = { logGroupName: '/aws/vendedlogs/states/machine' };
const typesIn = (messages: string[]) => messages.map((message) => JSON.parse(message).type as string);

test('a state machine’s group has the history of each execution, an event in each message', async () => {
  const messages = await found(await client(), VENDED);
  const events = messages.map((message) => JSON.parse(message));
  expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, n) => n + 1));
  expect(typesIn(messages)).toEqual(
    expect.arrayContaining(['ExecutionStarted', 'LambdaFunctionFailed', 'TaskSucceeded', 'ExecutionFailed']),
  );
  expect(JSON.parse(events[0].details.input)).toEqual(upload);
  const arn = events[0].execution_arn as string;
  const logs = await client();
  expect(await found(logs, { ...VENDED, filterPattern: `{ $.execution_arn = "${arn}" }` })).toEqual(messages);
  expect(await found(logs, { ...VENDED, startTime: Date.now() + 60_000 })).toEqual([]);
});

test.each([
  ['ERROR', ['LambdaFunctionFailed', 'FailStateEntered', 'ExecutionFailed']],
  ['FATAL', ['ExecutionFailed']],
  ['OFF', []],
] as const)('with the level %s it has fewer events', async (level, types) => {
  expect(typesIn(await found(await client({ level }), VENDED))).toEqual(types);
});

test('without execution data it has no input and no output, but errors', async () => {
  const messages = await found(await client({ includeExecutionData: false }), VENDED);
  expect(messages.join()).not.toContain(upload.detail.bucket.name);
  expect(messages.join()).toContain('NoWork');
});

test('who may not read a group is refused by name, and who may reads it', async () => {
  principals = new Principals(ACCOUNT, [reader]);
  const { accessKeyId, secretAccessKey, sessionToken } = principals.role(reader.arn);
  const logs = await client({}, { accessKeyId, secretAccessKey, sessionToken });
  expect(await found(logs, ofFunction())).toEqual(LINES);
  await expect(found(logs, VENDED)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      'not authorized to perform: logs:FilterLogEvents on resource: ' +
        `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/vendedlogs/states/machine:log-stream:`,
    ),
  });
});

test.each([
  ['a group that isn’t there', { logGroupName: '/none' }, 'ResourceNotFoundException'],
  [
    'a group that nothing here writes to',
    { logGroupName: '/aws/vendedlogs/apigateway/api' },
    'InvalidOperationException',
  ],
  ['no group', {}, 'InvalidParameterException'],
  ['a pattern of another kind', ofFunction({ filterPattern: 'ERROR' }), 'InvalidParameterException'],
  ['a limit of none', ofFunction({ limit: 0 }), 'InvalidParameterException'],
  ['a token that it never gave', ofFunction({ nextToken: 'x' }), 'InvalidParameterException'],
  ['streams', ofFunction({ logStreamNames: ['a'] }), 'InvalidParameterException'],
])('it refuses %s', async (_, input, name) => {
  const logs = await client();
  await expect(logs.send(new FilterLogEventsCommand(input))).rejects.toMatchObject({ name });
});

test('it names an operation that it doesn’t have', async () => {
  const logs = await client();
  await expect(logs.send(new DescribeLogGroupsCommand({}))).rejects.toThrow(
    'Expected Logs_20140328.FilterLogEvents but received Logs_20140328.DescribeLogGroups',
  );
});
