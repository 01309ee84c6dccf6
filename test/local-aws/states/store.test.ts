import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecution, readExecutions, readHistory } from '../../../local-aws/states/store';
import { machinesFor, small, upload } from './scripted';

const never = () => new Promise<never>(() => {});
const indexOf = (dataDir: string) => join(dataDir, 'executions', 'index.jsonl');

test('executions and their histories survive a restart', async () => {
  const first = machinesFor(small);
  const { executionArn, done } = first.machines.start(first.machine.arn, upload, 'first');
  const execution = await done;
  const history = await first.machines.history(executionArn);
  await first.machines.close();

  const second = machinesFor(small, {}, first.dataDir);
  expect(await second.machines.list()).toEqual([execution]);
  expect(await second.machines.history(executionArn)).toEqual(history);
  expect(await second.machines.describe(executionArn)).toMatchObject({
    status: 'SUCCEEDED',
    input: JSON.stringify(upload),
    output: expect.stringContaining('"work":"done"'),
  });
  await second.machines.close();
});

test('an execution that runs when the engine is stopped is ABORTED, also in its history', async () => {
  const { machines, machine, dataDir } = machinesFor(small, { invokeFunction: never });
  const { executionArn, done } = machines.start(machine.arn, upload);
  await machines.close();
  expect(await done).toMatchObject({ status: 'ABORTED', cause: 'The local engine was stopped.' });
  expect(readHistory(dataDir, executionArn).at(-1)).toMatchObject({ type: 'ExecutionAborted' });
});

test('an execution that ran when the engine was killed is ABORTED from the next start on', async () => {
  const { machines, machine, dataDir } = machinesFor(small, { invokeFunction: never });
  const { executionArn } = machines.start(machine.arn, upload);
  await machines.history(executionArn);
  const atTheCrash = readFileSync(indexOf(dataDir), 'utf8');
  expect(readExecutions(dataDir)).toMatchObject([{ executionArn, status: 'RUNNING' }]);
  await machines.close();

  const crashed = machinesFor(small);
  appendFileSync(indexOf(crashed.dataDir), `${atTheCrash}{"executionArn":"torn in the mid`);
  const next = machinesFor(small, {}, crashed.dataDir);
  expect(await next.machines.list()).toMatchObject([{ executionArn, status: 'ABORTED' }]);
  const { done } = next.machines.start(next.machine.arn, upload);
  await done;
  await next.machines.close();
  await crashed.machines.close();
  expect(readExecutions(crashed.dataDir)).toMatchObject([
    { status: 'SUCCEEDED' },
    { executionArn, status: 'ABORTED' },
  ]);
});

test('executions are listed newest first, by machine and by status', async () => {
  const { machines, machine } = machinesFor(small);
  await machines.start(machine.arn, upload, 'one').done;
  await machines.start(machine.arn, upload, 'two').done;
  expect((await machines.list()).map(({ name }) => name)).toEqual(['two', 'one']);
  expect(await machines.list(machine.arn, { status: 'SUCCEEDED' })).toHaveLength(2);
  expect(await machines.list(machine.arn, { status: 'FAILED' })).toEqual([]);
  expect(await machines.list('arn:of:another')).toEqual([]);
  await machines.close();
});

test('a name can be used again, because Express does not deduplicate', async () => {
  const { machines, machine } = machinesFor(small);
  const [a, b] = [machines.start(machine.arn, upload, 'same'), machines.start(machine.arn, upload, 'same')];
  expect(a.executionArn).toMatch(
    /^arn:aws:states:us-east-1:123456789012:express:machine:same:[0-9a-f-]{36}$/,
  );
  expect(a.executionArn).not.toBe(b.executionArn);
  await Promise.all([a.done, b.done]);
  await machines.close();
});

test('fifty executions at once keep their histories apart', async () => {
  const { machines, machine } = machinesFor(small);
  const started = Array.from({ length: 50 }, (_, n) => machines.start(machine.arn, { ...upload, n }));
  await Promise.all(started.map(({ done }) => done));
  const histories = await Promise.all(started.map(({ executionArn }) => machines.history(executionArn)));
  histories.forEach((history, n) => {
    expect(history).toHaveLength(7);
    expect(JSON.parse(String(history[0]!.details['input'])).n).toBe(n);
    expect(new Set(history.map((event) => event.execution_arn))).toEqual(new Set([started[n]!.executionArn]));
  });
  await machines.close();
});

describe('an execution is found', () => {
  const { machines, machine, dataDir } = machinesFor(small);
  const runs = ['alpha', 'beta-1', 'beta-2'].map((name) => machines.start(machine.arn, upload, name));
  beforeAll(async () => {
    await Promise.all(runs.map(({ done }) => done));
    await machines.close();
  });

  test('by the start of its name or id, and by its ARN', () => {
    const { executionArn } = runs[0]!;
    const id = executionArn.split(':').at(-1)!;
    for (const key of ['al', id, id.slice(0, 13), executionArn]) {
      expect(findExecution(dataDir, key).name).toBe('alpha');
    }
    expect(readHistory(dataDir, 'alpha')).toHaveLength(7);
  });

  test('only if exactly one matches', () => {
    expect(() => findExecution(dataDir, 'beta')).toThrow(/Expected one execution for beta but received 2: /);
    expect(() => findExecution(dataDir, 'gamma')).toThrow(
      'Expected an execution for gamma but received none in',
    );
  });
});

test('a data folder without executions has none', () => {
  expect(readExecutions('/nowhere')).toEqual([]);
});
