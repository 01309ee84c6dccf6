import type { ConsoleInfo, Overview, Run, RunDetail, RunsPage } from '../../../cli/console/api';
import { openAwsConsole, openEngineConsole } from '../../../cli/console/open';
import { ROUTES } from '../../../cli/console/routes';
import type { ConsoleServer } from '../../../cli/console/server';
import { deployedHint } from '../../../cli/lib/hint';
import { connectTo } from '../../../cli/lib/session';
import { AwsError } from '../../../local-aws/service';
import { Workflow } from '../../end-to-end/workflow';
import { picture } from '../../fixtures/images';
import { call } from '../call';

jest.setTimeout(120_000);

let workflow: Workflow;
let local: ConsoleServer;
const opened: ConsoleServer[] = [];

/** Actions that the policies of the account deny now. */
const denied = new Set<string>();

beforeAll(async () => {
  workflow = await Workflow.start({
    log: () => {},
    waitScale: 0.01,
    gate: async ({ action, principal }) => {
      if (!denied.has(action) || !principal.arn.endsWith(':user/local')) return;
      const message = `User: ${principal.arn} is not authorized to perform: ${action}`;
      throw new AwsError('AccessDenied', message, 403);
    },
  });
  workflow.inject(
    { call: 'dynamodb:UpdateItem', by: 'validate', fault: 'throttle', times: 2 },
    { function: 'thumbnail', fault: 'crash', times: 1 },
  );
  await workflow.process('canyon.jpg', await picture());
  workflow.inject({ function: 'thumbnail', fault: 'throttle', times: 4 });
  await workflow.upload('waits.jpg', await picture());
  await workflow.upload('notes.jpg', 'no image');
  await workflow.idle();
  await workflow.remove('canyon.jpg');
  await workflow.idle();
  local = await openEngineConsole({
    dataDir: workflow.dataDir,
    stack: workflow.stack,
    connect: connectTo(workflow),
    port: 0,
  });
});

afterAll(async () => {
  for (const server of opened) await server.close();
  await local?.close();
  await workflow?.end();
});

afterEach(() => denied.clear());

interface Options {
  writes?: boolean;
  limit?: number;
  since?: string;
}

async function deployed({ writes = false, limit = 1e9, since = '2026-01-01T00:00:00Z' }: Options = {}) {
  const server = await openAwsConsole({
    target: {
      outputs: workflow.stack.outputs as Record<string, string>,
      connect: connectTo(workflow),
      hint: deployedHint,
      close: async () => {},
    },
    writes,
    port: 0,
    since,
    limit,
    pace: { pollEvery: 50, spacing: 0 },
  });
  opened.push(server);
  return server;
}

async function ask({ address }: ConsoleServer, target: string, method = 'GET') {
  const [url, token] = address.split('/?token=');
  const response = await fetch(url + target, { method, headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, answer: await response.json() };
}

async function get<T>(server: ConsoleServer, target: string): Promise<T> {
  return (await ask(server, target)).answer as T;
}

const runsOf = async (server: ConsoleServer): Promise<Run[]> =>
  (await get<RunsPage>(server, '/api/runs?limit=10000')).runs;

test('the list is the one of the engine for the same runs', async () => {
  const expected = await runsOf(local);
  expect(expected.map(({ outcome }) => outcome).sort()).toEqual(
    expect.arrayContaining(['DONE', 'FAILED', 'REMOVED', 'WAITING']),
  );
  expect(await runsOf(await deployed())).toEqual(expected);
});

test('every run is the one of the engine: states, time line, log lines, record, pictures and mail', async () => {
  const server = await deployed();
  const runs = await runsOf(server);
  expect(runs.length).toBeGreaterThan(3);
  for (const { id } of runs) {
    const { command, ...expected } = await get<RunDetail>(local, `/api/runs/${id}`);
    const found = await get<RunDetail>(server, `/api/runs/${id}`);
    expect(found).toEqual({ ...expected, command: `npm run executions -- --aws ${id.slice(0, 8)}` });
    expect(command).not.toContain('--aws');
  }
});

test('the definition, the queues, the alarms and the counts are those of the engine', async () => {
  const server = await deployed();
  const { definition, graph, uploads, workflow: name } = await get<ConsoleInfo>(local, '/api/console');
  const info = await get<ConsoleInfo>(server, '/api/console');
  expect(info).toMatchObject({
    workflow: name,
    definition,
    graph,
    uploads: { ...uploads, suffixes: expect.any(Array) },
    target: { kind: 'aws', account: '000000000000', region: workflow.stack.region },
    can: { write: false, fault: false },
    faults: [],
  });
  const overview = await get<Overview>(server, '/api/overview');
  expect(overview).toEqual(await get<Overview>(local, '/api/overview'));
  const alarms = 'value' in overview.alarms ? overview.alarms.value : [];
  expect(alarms.length).toBe(workflow.stack.alarms.length);
  expect(alarms[0]).toMatchObject({
    state: 'INSUFFICIENT_DATA',
    reason: expect.stringContaining('Unchecked'),
  });
});

test('a run that begins meanwhile is in the list, and further back than --since there is none', async () => {
  const server = await deployed();
  const before = await runsOf(server);
  await workflow.process('later.jpg', await picture());
  const begun = Date.now();
  let now: Run[] = [];
  while (now.length <= before.length && Date.now() < begun + 20_000) now = await runsOf(server);
  expect(now[0]).toMatchObject({ outcome: 'DONE', object: { key: 'later.jpg' } });
  const since = new Date((now[0] as Run).startedAt).toISOString();
  expect(await runsOf(await deployed({ since }))).toEqual([now[0]]);
});

test('what may not be read stays empty, with the missing permission, and the rest is there', async () => {
  const server = await deployed();
  const [first] = await runsOf(server);
  const id = (first as Run).id;
  for (const action of [
    'logs:FilterLogEvents',
    'dynamodb:GetItem',
    's3:GetObjectVersion',
    'sqs:GetQueueAttributes',
    'cloudwatch:DescribeAlarms',
    'states:DescribeStateMachine',
  ]) {
    denied.add(action);
  }
  const says = (action: string) => ({
    missing: expect.stringContaining(`not authorized to perform: ${action}`),
  });
  const overview = await get<Overview>(server, '/api/overview');
  expect(overview.queues).toEqual(says('sqs:GetQueueAttributes'));
  expect(overview.alarms).toEqual(says('cloudwatch:DescribeAlarms'));
  expect(overview.outcomes.DONE).toBeGreaterThan(0);
  expect(await get(server, '/api/console')).toMatchObject({
    ...says('states:DescribeStateMachine'),
    definition: { States: {} },
    graph: { boxes: [] },
  });
  expect(await get(await deployed(), '/api/runs')).toEqual({
    runs: [],
    more: false,
    ...says('logs:FilterLogEvents'),
  });

  denied.delete('logs:FilterLogEvents');
  const detail = await get<RunDetail>(server, `/api/runs/${id}`);
  expect(detail.record).toEqual(says('dynamodb:GetItem'));
  expect(detail.source).toEqual(says('s3:GetObjectVersion'));
  expect(detail.visits.length).toBeGreaterThan(2);
  denied.add('logs:FilterLogEvents');
  const again = await get<RunDetail>(server, `/api/runs/${id}`);
  expect(again.visits.map(({ log }) => log)).toContainEqual(says('logs:FilterLogEvents'));
});

test('nothing is written without --allow-writes', async () => {
  const server = await deployed();
  const [run] = await runsOf(server);
  const object = `bucket=${workflow.bucket('uploads')}&key=later.jpg`;
  const writes = [
    ['POST', '/api/uploads?key=a.jpg'],
    ['POST', `/api/runs/${run?.id}/again`],
    ['POST', '/api/redrive'],
    ['DELETE', `/api/objects?${object}`],
  ];
  // These two change nothing on AWS: a new route has to be listed here or there.
  const others = ['POST /api/imports', 'PUT /api/faults'];
  const listed = writes.map(
    ([method, target]) => `${method} ${target?.split('?')[0]?.replace(String(run?.id), '<id>')}`,
  );
  expect([...listed, ...others].sort()).toEqual(
    Object.keys(ROUTES)
      .filter((route) => !route.startsWith('GET '))
      .sort(),
  );
  for (const [method, target] of writes) {
    const { status, answer } = await ask(server, target as string, method);
    expect({ target, status }).toEqual({ target, status: 403 });
    expect((answer as { message: string }).message).toContain('--allow-writes');
  }
  expect(await workflow.keys('uploads')).toContain('later.jpg');
  const writing = await deployed({ writes: true });
  expect((await ask(writing, `/api/objects?${object}`, 'DELETE')).status).toBe(200);
  await workflow.idle();
  expect(await workflow.keys('uploads')).not.toContain('later.jpg');
});

test('it reads no more of the logs than its limit, and says what that costs', async () => {
  const server = await deployed({ limit: 1_000 });
  await runsOf(server);
  const page = await get<RunsPage>(server, '/api/runs');
  expect(page.missing).toContain('start it with a higher --scan-limit');
  const { scan } = await get<ConsoleInfo>(server, '/api/console');
  expect(scan).toMatchObject({ limit: 1_000, reached: true, price: expect.stringContaining('$0.09') });
  expect(scan?.bytes).toBeGreaterThan(1_000);
  expect(scan?.dollars).toBeCloseTo((0.09 * (scan?.bytes ?? 0)) / 1e9, 12);
});

test.each([
  ['--allow-writes', ['--allow-writes'], '--allow-writes and --scan-limit with --aws only'],
  ['--scan-limit', ['--scan-limit', '5'], '--allow-writes and --scan-limit with --aws only'],
])('%s without --aws is a usage error', async (_, args, words) => {
  const { code, stderr } = await call('console', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});
