import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paginateListExecutions, SFN } from '@aws-sdk/client-sfn';
import { AwsError, type Call } from '../../../local-aws/service';
import { createStateMachines } from '../../../local-aws/states/machines';
import { machineOf, scripted, servicesOf, small, upload } from './scripted';

const machine = machineOf(small);
const user = { arn: 'arn:aws:iam::123456789012:user/local', accessKeyId: 'a', secretAccessKey: 's' };
const calls: Call[] = [];
const machines = createStateMachines({
  machines: [machine],
  dataDir: mkdtempSync(join(tmpdir(), 'api-')),
  services: servicesOf(
    scripted({ Work: [{ result: 'done' }, { error: 'CorruptImage' }, { result: 'done' }] }),
  ),
  gate: async (call) => {
    if (call.resource.endsWith(':forbidden')) throw new AwsError('AccessDeniedException', 'not authorized');
    calls.push(call);
  },
});
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  await machines.handle(request, response, user, Buffer.concat(chunks));
});

let sfn: SFN;
let arns: string[];

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  sfn = new SFN({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: user,
    maxAttempts: 1,
  });
  arns = [];
  for (const name of ['one', 'two', 'three']) {
    const { executionArn } = await sfn.startExecution({
      stateMachineArn: machine.arn,
      name,
      input: JSON.stringify(upload),
    });
    arns.push(executionArn!);
    await expectEnd(executionArn!);
  }
});

afterAll(async () => {
  sfn.destroy();
  server.close();
  await machines.close();
});

async function expectEnd(executionArn: string) {
  for (;;) {
    const { status } = await sfn.describeExecution({ executionArn });
    if (status !== 'RUNNING') return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('machines are listed and described', async () => {
  const { stateMachines } = await sfn.listStateMachines({});
  expect(stateMachines).toMatchObject([{ stateMachineArn: machine.arn, name: 'machine', type: 'EXPRESS' }]);
  const described = await sfn.describeStateMachine({ stateMachineArn: machine.arn });
  expect(JSON.parse(described.definition!)).toEqual(small);
  expect(described).toMatchObject({
    status: 'ACTIVE',
    roleArn: machine.role,
    loggingConfiguration: { level: 'ALL' },
  });
});

test('an execution is described with its data and dates, or with its error', async () => {
  expect(await sfn.describeExecution({ executionArn: arns[0]! })).toMatchObject({
    executionArn: arns[0],
    stateMachineArn: machine.arn,
    name: 'one',
    status: 'SUCCEEDED',
    startDate: expect.any(Date),
    stopDate: expect.any(Date),
    input: JSON.stringify(upload),
    output: expect.stringContaining('"work":"done"'),
  });
  const failed = await sfn.describeExecution({ executionArn: arns[1]! });
  expect(failed).toMatchObject({ status: 'FAILED', error: 'WorkFailed' });
  expect(failed.output).toBeUndefined();
});

test('executions are listed newest first, by status, page by page', async () => {
  const { executions } = await sfn.listExecutions({ stateMachineArn: machine.arn });
  expect(executions?.map(({ name }) => name)).toEqual(['three', 'two', 'one']);
  const failed = await sfn.listExecutions({ stateMachineArn: machine.arn, statusFilter: 'FAILED' });
  expect(failed.executions?.map(({ name }) => name)).toEqual(['two']);
  const pages: (string | undefined)[][] = [];
  for await (const page of paginateListExecutions(
    { client: sfn, pageSize: 2 },
    { stateMachineArn: machine.arn },
  )) {
    pages.push(page.executions!.map(({ name }) => name));
  }
  expect(pages).toEqual([['three', 'two'], ['one']]);
});

test('a history comes in the shape of the API, forwards and backwards, with and without data', async () => {
  const executionArn = arns[1]!;
  const { events = [] } = await sfn.getExecutionHistory({ executionArn });
  expect(events[0]).toMatchObject({
    id: 1,
    previousEventId: 0,
    type: 'ExecutionStarted',
    timestamp: expect.any(Date),
    executionStartedEventDetails: { input: JSON.stringify(upload), roleArn: machine.role },
  });
  expect(events[1]).toMatchObject({
    type: 'TaskStateEntered',
    stateEnteredEventDetails: { name: 'Work' },
  });
  expect(events.find(({ type }) => type === 'LambdaFunctionFailed')).toMatchObject({
    lambdaFunctionFailedEventDetails: { error: 'CorruptImage' },
  });
  expect(events.find(({ type }) => type === 'TaskSucceeded')).toMatchObject({
    taskSucceededEventDetails: { resourceType: 'sns', resource: 'publish' },
  });
  expect(events.at(-1)).toMatchObject({
    type: 'ExecutionFailed',
    executionFailedEventDetails: { error: 'WorkFailed' },
  });

  const last = await sfn.getExecutionHistory({ executionArn, reverseOrder: true, maxResults: 1 });
  expect(last.events).toEqual(events.slice(-1));
  const before = await sfn.getExecutionHistory({
    executionArn,
    reverseOrder: true,
    maxResults: 1,
    nextToken: last.nextToken,
  });
  expect(before.events).toEqual(events.slice(-2, -1));

  const bare = await sfn.getExecutionHistory({ executionArn, includeExecutionData: false });
  expect(bare.events).toHaveLength(events.length);
  expect(JSON.stringify(bare.events)).not.toMatch(/"(input|output|parameters)":/);
});

test.each<[string, () => Promise<unknown>, string]>([
  [
    'another machine',
    () => sfn.listExecutions({ stateMachineArn: 'arn:of:another' }),
    'StateMachineDoesNotExist',
  ],
  [
    'another execution',
    () => sfn.describeExecution({ executionArn: 'arn:of:another' }),
    'ExecutionDoesNotExist',
  ],
  [
    'an input that is not JSON',
    () => sfn.startExecution({ stateMachineArn: machine.arn, input: '{' }),
    'InvalidExecutionInput',
  ],
  ['a bad name', () => sfn.startExecution({ stateMachineArn: machine.arn, name: 'a b' }), 'InvalidName'],
  ['a bad token', () => sfn.listExecutions({ stateMachineArn: machine.arn, nextToken: 'x' }), 'InvalidToken'],
  [
    'too large a page',
    () => sfn.listExecutions({ stateMachineArn: machine.arn, maxResults: 1001 }),
    'ValidationException',
  ],
  ['an operation that is not supported', () => sfn.listActivities({}), 'UnknownOperationException'],
  [
    'what the gate denies',
    () => sfn.describeExecution({ executionArn: 'arn:is:forbidden' }),
    'AccessDeniedException',
  ],
])('%s is refused with the error of AWS', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({ name });
});

test('the gate is asked about the action and its ARN', () => {
  expect(calls).toContainEqual({ principal: user, action: 'states:StartExecution', resource: machine.arn });
  expect(calls).toContainEqual({ principal: user, action: 'states:DescribeExecution', resource: arns[0] });
});
