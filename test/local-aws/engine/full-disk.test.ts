import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { timesFull, withRoom, writeDurably } from '../../../local-aws/durable';
import type { Context } from '../../../local-aws/engine/context';
import { type EventTargets, openEventBus } from '../../../local-aws/engine/event-bus';
import { AwsError } from '../../../local-aws/service';
import type { ExecutionStatus } from '../../../local-aws/states/history';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:workflow';
const noSpace = () => Promise.reject(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }));

test.each([
  ['ENOSPC', Object.assign(new Error('write'), { code: 'ENOSPC' })],
  ['EDQUOT', Object.assign(new Error('write'), { code: 'EDQUOT' })],
  ['an error of LevelDB', new Error('IO error: /data/000003.log: No space left on device')],
  ['one that LevelDB wraps', new Error('failed to open', { cause: new Error('No space left on device') })],
])('%s is an InternalError that says what to do', async (_, error) => {
  const before = timesFull();
  await expect(withRoom(() => Promise.reject(error))).rejects.toMatchObject({
    code: 'InternalError',
    status: 500,
    message: expect.stringContaining('is full, so nothing was stored. Make room, then try again.'),
  });
  expect(timesFull()).toBe(before + 1);
});

test('other errors stay what they are', async () => {
  const error = new AwsError('NoSuchKey', 'It is not there');
  const before = timesFull();
  await expect(withRoom(() => Promise.reject(error))).rejects.toBe(error);
  expect(timesFull()).toBe(before);
});

(existsSync('/dev/full') ? test : test.skip)('a device that is full, as Linux has one', async () => {
  const { appendFile } = await import('node:fs/promises');
  await expect(withRoom(() => appendFile('/dev/full', 'text'))).rejects.toMatchObject({
    code: 'InternalError',
  });
});

test('a file that cannot be written leaves nothing behind', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'full-'));
  // A folder cannot be replaced by a file.
  await writeDurably(path.join(folder, 'kept'), 'kept');
  await expect(writeDurably(folder, 'text')).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['kept']);
});

/** Runs an event through a bus. @param run what each execution does, and how it ends @returns how many there were */
async function executions(run: (n: number) => Promise<ExecutionStatus>): Promise<number> {
  jest.spyOn(Math, 'random').mockReturnValue(0);
  let started = 0;
  const context = {
    stack: {
      rules: [
        { name: 'uploads', arn: 'arn:rule', pattern: { source: ['aws.s3'] }, targets: [{ arn: MACHINE }] },
      ],
      schedules: [],
      functions: [],
    },
    dataDir: mkdtempSync(path.join(tmpdir(), 'bus-')),
    principals: { service: (arn: string) => ({ arn, accessKeyId: '', secretAccessKey: '' }) },
    gate: async () => {},
    faults: { call: (perform: () => unknown) => perform() },
    waitScale: 1,
    log: () => {},
    shutdown: { on: () => {} },
  } as unknown as Context;
  const bus = openEventBus(context, {
    states: {
      start: () => ({ done: run(++started).then((status) => ({ executionArn: `${MACHINE}:run`, status })) }),
    },
    lambda: {},
    metrics: { delivery: () => {} },
    concurrency: 1,
    timers: false,
    happened: () => true,
  } as unknown as EventTargets);
  await bus.put({ source: 'aws.s3' });
  await bus.idle();
  bus.close();
  return started;
}

test('an execution that failed while the disk was full runs again, since nothing it recorded or told may remain', async () => {
  const run = async (n: number): Promise<ExecutionStatus> => {
    if (n > 2) return 'SUCCEEDED';
    await withRoom(noSpace).catch(() => {});
    return 'FAILED';
  };
  expect(await executions(run)).toBe(3);
});

test('an execution that failed for another reason has failed', async () => {
  expect(await executions(async () => 'FAILED')).toBe(1);
});
