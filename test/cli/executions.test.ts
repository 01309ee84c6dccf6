import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { executionsIn, historyEvent } from '../../cli/executions/vended';
import { readExecutions, readHistory } from '../../local-aws/history';
import { Workflow } from '../end-to-end/workflow';
import { picture } from '../fixtures/images';
import { call } from './call';
import type { Ran } from './run';

jest.setTimeout(120_000);

let workflow: Workflow;
let logs: Server;
let folder: string;

beforeAll(async () => {
  workflow = await Workflow.start({ log: () => {} });
  await workflow.upload('canyon.jpg', await picture());
  await workflow.upload('notes "1".jpg', 'no image');
  await workflow.idle();
  logs = serveLogs();
  await new Promise<void>((resolve) => logs.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(path.join(tmpdir(), 'deployed-'));
  await writeFile(
    path.join(folder, 'outputs.json'),
    JSON.stringify({ 'thumbnail-workflow': workflow.stack.outputs }),
  );
});

afterAll(async () => {
  await workflow?.end();
  await new Promise((resolve) => logs.close(resolve));
  await rm(folder, { recursive: true });
});

/** What the engine did, as CloudWatch Logs would return it: out of order, and one event twice. */
function vended(): string[] {
  const messages = readExecutions(workflow.dataDir)
    .flatMap(({ id }) => readHistory(workflow.dataDir, id))
    .map((event) => JSON.stringify(event))
    .reverse();
  return ['{"log":"of something else"}', 'no JSON', ...messages, messages[0] as string];
}

/** Answers FilterLogEvents, three events to a page. Of filter patterns it knows `{ $.field = "text*" }`. */
function serveLogs(): Server {
  return createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { logGroupName, filterPattern, startTime, nextToken = '0' } = JSON.parse(body);
    if (logGroupName !== '/aws/vendedlogs/states/thumbnail-workflow') {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      return response.end(JSON.stringify({ __type: 'ResourceNotFoundException', message: logGroupName }));
    }
    const [, field = '', pattern = ''] = /^\{ \$\.(\w+) = "([^"]*)" \}$/.exec(filterPattern) ?? [];
    const matches = new RegExp(`^${pattern.replace(/[.+?]/g, '\\$&').replaceAll('*', '.*')}$`);
    const found = vended().filter((message) => {
      const event = historyEvent(message);
      if (!event || Number(event.event_timestamp) < startTime) return false;
      return matches.test(String(event[field as keyof typeof event]));
    });
    const from = Number(nextToken);
    const page = found.slice(from, from + 3);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    return response.end(
      JSON.stringify({
        events: page.map((message, n) => ({ eventId: String(from + n), timestamp: Date.now(), message })),
        ...(from + 3 < found.length && { nextToken: String(from + 3) }),
      }),
    );
  });
}

const local = (...args: string[]): Promise<Ran> => call('executions', '--data', workflow.dataDir, ...args);

/** As where the stack was deployed from, with credentials. */
async function inAws(...args: string[]): Promise<Ran> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await call('executions', '--aws', ...args);
  } finally {
    process.chdir(before);
  }
}

beforeAll(() => {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: `http://127.0.0.1:${(logs.address() as AddressInfo).port}`,
    AWS_ENDPOINT_URL_SFN: workflow.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});

test('the list from the logs of a deployed workflow is the one that the local engine prints for the same runs', async () => {
  const expected = await local();
  expect(expected.stdout).toContain('canyon.jpg');
  expect(expected.stdout).toContain('notes "1".jpg');
  const { code, stdout } = await inAws();
  expect(code).toBe(0);
  expect(expected.stdout).toContain(`To draw one: npm run executions -- --data ${workflow.dataDir} ID (`);
  expect(stdout).toBe(expected.stdout.replace(`--data ${workflow.dataDir} ID`, '--aws ID'));
  expect((await inAws('--limit', '1')).stdout).toContain('1 of 2 executions; --limit 2 shows all.');
});

test('--local lists the runs on this machine, like no option at all', async () => {
  expect(await local('--local')).toEqual(await local());
});

test('the graph from the logs of a deployed workflow is the one that the local engine draws for the same run', async () => {
  for (const { id } of readExecutions(workflow.dataDir)) {
    const drawn = await inAws(id.slice(0, 8));
    expect(drawn.stdout).toMatch(/[✓✗] Validate/);
    expect(drawn.stdout).toBe((await local(id.slice(0, 8))).stdout);
  }
});

test('a run is found by the ARN that mails have, and by its name, on both sides', async () => {
  const [execution] = readExecutions(workflow.dataDir);
  const { id, name, executionArn } = execution as NonNullable<typeof execution>;
  const drawn = await local(id);
  expect(drawn).toMatchObject({ code: 0, stdout: expect.stringContaining(executionArn) });
  for (const way of [executionArn, name, name.slice(0, 12)]) {
    expect(await local(way)).toEqual(drawn);
    expect((await inAws(way)).stdout).toBe(drawn.stdout);
  }
});

test('the ARN of a run in another account is refused, with both places', async () => {
  const [{ executionArn } = { executionArn: '' }] = readExecutions(workflow.dataDir);
  const { code, stderr } = await inAws(executionArn.replace(/:\d{12}:/, ':999999999999:'));
  expect(code).toBe(2);
  expect(stderr).toContain(`Expected an execution of ${workflow.stack.outputs['state_machine_arn']}`);
  expect(stderr).toContain('in account 999999999999, ');
});

test('for a run that is not in the logs, it says so and how to look further back', async () => {
  const { code, stderr } = await inAws('ffffffff-none');
  expect(code).toBe(1);
  expect(stderr).toContain('received none in /aws/vendedlogs/states/thumbnail-workflow');
  const [{ startDate } = { startDate: 0 }] = readExecutions(workflow.dataDir);
  const later = await inAws('--since', new Date(startDate + 1).toISOString());
  expect(later).toMatchObject({ code: 0, stdout: expect.stringContaining('No executions in') });
});

test.each([
  [
    'an ARN of something else',
    ['--aws', 'arn:aws:s3:::photos'],
    'Expected the ARN of an execution of an Express',
  ],
  ['no text', [''], 'Expected an ID or a key but received nothing'],
  ['a time without --aws, whose logs it is for', ['--since', '1h'], 'Expected --since with --aws only'],
  ['both places', ['--aws', '--local'], 'Expected one of --aws and --local'],
  ['two runs', ['0a1b', '2c3d'], 'Expected one ID or key but received "0a1b 2c3d"'],
  ['a limit of zero', ['--limit', '0'], 'Expected a positive whole number for --limit'],
])('%s is a usage error', async (_, args, words) => {
  const { code, stderr } = await call('executions', ...args);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
});

test.each([
  ['its key', 'canyon.jpg'],
  ['a part of its key, in any case', 'NOTES'],
  ['a key that no ID can be', 'notes "1".jpg'],
])('a run is found by %s', async (_, text) => {
  const drawn = await local(text);
  expect(drawn).toMatchObject({ code: 0, stdout: expect.stringMatching(/[✓✗] Validate/) });
  expect(drawn.stdout).toContain(text === 'NOTES' ? 'notes "1".jpg' : text);
  if (text === 'NOTES') expect((await inAws(text)).stdout).toBe(drawn.stdout);
});

test('--failed lists the runs that failed, on both sides', async () => {
  const { code, stdout } = await local('--failed');
  expect(code).toBe(0);
  expect(stdout).toContain('notes "1".jpg');
  expect(stdout).not.toContain('canyon.jpg');
  expect(stdout).toContain('\n1 of 1 failed execution. To draw one: ');
  expect((await inAws('--failed')).stdout).toBe(stdout.replace(`--data ${workflow.dataDir} ID`, '--aws ID'));
  const none = await local('--failed', 'canyon.jpg');
  expect(none).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Expected a failed execution with the ID'),
  });
});

describe('several runs', () => {
  let dataDir: string;
  const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:w';
  const IDS = ['0a1b2c3d-1111', '0a1b2c3d-2222', '0f000000-3333'];

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'several-'));
    await mkdir(path.join(dataDir, 'executions'));
    const keys = ['a.jpg', 'b.jpg', 'b.jpg'];
    for (const [n, id] of IDS.entries()) {
      const executionArn = `${MACHINE.replace('stateMachine', 'express')}:name-${n}:${id}`;
      const execution = { id, executionArn, stateMachineArn: MACHINE, name: `name-${n}` };
      const times = { startDate: 1_795_238_670_000 + n, stopDate: 1_795_238_671_000 + n };
      const line = JSON.stringify({ ...execution, ...times, status: n === 1 ? 'FAILED' : 'SUCCEEDED' });
      await appendFile(path.join(dataDir, 'executions', 'index.jsonl'), `${line}\n`);
      const input = JSON.stringify({ detail: { object: { key: keys[n] } } });
      await writeFile(
        path.join(dataDir, 'executions', `${id}.jsonl`),
        `${JSON.stringify({ id: '1', type: 'ExecutionStarted', details: { input } })}\n`,
      );
    }
  });

  afterAll(() => rm(dataDir, { recursive: true }));

  test('with one beginning of their IDs are told apart by more of the ID, the time, the outcome and the key', async () => {
    const { code, stderr } = await call('executions', '--data', dataDir, '0a1b');
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Expected one execution for 0a1b but received 2:
  0a1b2c3d-2  2026-11-21 05:24:30  FAILED       1.00 s  b.jpg
  0a1b2c3d-1  2026-11-21 05:24:30  SUCCEEDED    1.00 s  a.jpg
`,
    );
  });

  test('of one key are listed, with the command that draws one', async () => {
    const { code, stdout } = await call('executions', '--data', dataDir, 'b.jpg');
    expect({ code, lines: stdout.split('\n') }).toEqual({
      code: 0,
      lines: [
        expect.stringMatching(/^0f000000 .*SUCCEEDED.* b\.jpg$/),
        expect.stringMatching(/^0a1b2c3d .*FAILED.* b\.jpg$/),
        '',
        `2 of 2 executions. To draw one: npm run executions -- --data ${dataDir} ID (its first characters are enough)`,
        '',
      ],
    });
  });
});

test('an execution without an end is still RUNNING', () => {
  const event = (id: string, type: string, details?: object) => ({
    id,
    type,
    ...(details && { details }),
    previous_event_id: String(Number(id) - 1),
    event_timestamp: String(1_795_238_670_000 + Number(id)),
    execution_arn: 'arn:aws:states:us-east-1:111122223333:express:w:name:0a1b',
    redrive_count: '0',
  });
  const events = [event('2', 'PassStateEntered', { name: 'A' }), event('1', 'ExecutionStarted')]
    .map((each) => historyEvent(JSON.stringify(each)))
    .filter((each) => each !== null);
  expect(executionsIn(events)).toEqual([
    {
      execution: {
        id: '0a1b',
        executionArn: 'arn:aws:states:us-east-1:111122223333:express:w:name:0a1b',
        status: 'RUNNING',
        startDate: 1_795_238_670_001,
        stopDate: undefined,
      },
      history: [expect.objectContaining({ id: '1', details: {} }), expect.objectContaining({ id: '2' })],
    },
  ]);
});
