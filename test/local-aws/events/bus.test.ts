import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BusOptions, createBus } from '../../../local-aws/events/bus';
import { AwsError } from '../../../local-aws/service';
import type { Rule } from '../../../local-aws/stack/model';

const QUEUE = 'arn:aws:sqs:eu-west-1:000000000000:dlq';
const TARGET = 'arn:aws:states:eu-west-1:000000000000:stateMachine:workflow';

const rule = (target: Partial<Rule['targets'][number]> = {}): Rule => ({
  name: 'uploads',
  arn: 'arn:aws:events:eu-west-1:000000000000:rule/uploads',
  pattern: { source: ['aws.s3'] },
  targets: [{ arn: TARGET, ...target }],
});

const upload = (n: number) => ({ source: 'aws.s3', n });

/** A bus with its own data folder that records its deliveries. */
function bus(overrides: Partial<BusOptions> = {}) {
  const dataDir = overrides.dataDir ?? mkdtempSync(join(tmpdir(), 'bus-'));
  const delivered: object[] = [];
  const dead: { queue: string; event: object; attributes: Record<string, string> }[] = [];
  const lost: string[] = [];
  const created = createBus({
    rules: [rule()],
    dataDir,
    deliver: async (_, event) => void delivered.push(event),
    deadLetter: async (queue, event, attributes) => void dead.push({ queue, event, attributes }),
    concurrency: 1,
    lost: (message) => lost.push(message),
    delay: () => 1,
    ...overrides,
  });
  return { ...created, dataDir, delivered, dead, lost, onDisk: () => readdirSync(join(dataDir, 'events')) };
}

/** A promise that the test settles. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

const throttled = new AwsError('ThrottlingException', 'Rate exceeded', 400);

test('events are delivered in the order they came, and leave nothing on disk', async () => {
  const { put, idle, pending, delivered, onDisk } = bus();
  for (const n of [1, 2, 3]) await put(upload(n));
  await idle();
  expect(delivered).toEqual([upload(1), upload(2), upload(3)]);
  expect(onDisk()).toEqual([]);
  expect(pending()).toBe(0);
});

test('an event that no rule matches ends at once, and is reported', async () => {
  const unmatched: object[] = [];
  const { put, idle, pending, delivered, onDisk } = bus({ unmatched: (event) => unmatched.push(event) });
  await put(upload(1));
  await put({ source: 'aws.ec2' });
  await idle();
  expect(unmatched).toEqual([{ source: 'aws.ec2' }]);
  delivered.length = 0;
  expect(pending()).toBe(0);
  await idle();
  expect(delivered).toEqual([]);
  expect(onDisk()).toEqual([]);
});

test('an event goes to every target of every rule that matches it', async () => {
  const arns: string[] = [];
  const { put, idle } = bus({
    rules: [
      { ...rule(), targets: [{ arn: 'a' }, { arn: 'b' }] },
      { ...rule(), pattern: { n: [1] }, targets: [{ arn: 'c' }] },
      { ...rule(), pattern: { n: [2] }, targets: [{ arn: 'd' }] },
    ],
    deliver: async (arn) => void arns.push(arn),
  });
  await put(upload(1));
  await idle();
  expect(arns).toEqual(['a', 'b', 'c']);
});

test('no more deliveries run at once than the concurrency allows', async () => {
  const { open, opened } = gate();
  let running = 0;
  let most = 0;
  const { put, idle, pending } = bus({
    concurrency: 3,
    deliver: async () => {
      most = Math.max(most, ++running);
      await opened;
      running--;
    },
  });
  for (let n = 0; n < 8; n++) await put(upload(n));
  expect(running).toBe(3);
  expect(pending()).toBe(8);
  open();
  await idle();
  expect(most).toBe(3);
});

test('an accepted event survives a crash: the next start delivers what had not ended', async () => {
  const first = bus({ deliver: () => new Promise(() => {}) });
  await first.put(upload(1));
  await first.put(upload(2));
  expect(first.onDisk()).toHaveLength(2);

  const second = bus({ dataDir: first.dataDir });
  await second.idle();
  expect(second.delivered).toEqual([upload(1), upload(2)]);
  expect(second.onDisk()).toEqual([]);
});

test('a delivery that closing interrupts runs again after the next start', async () => {
  const { open, opened } = gate();
  const first = bus({ deliver: () => opened });
  await first.put(upload(1));
  first.close();
  open();
  await new Promise(setImmediate);
  await expect(first.put(upload(2))).rejects.toThrow('The event bus is closed');

  const second = bus({ dataDir: first.dataDir });
  await second.idle();
  expect(second.delivered).toEqual([upload(1)]);
});

test('a name is never used twice, also after a restart', async () => {
  const first = bus({ deliver: () => new Promise(() => {}) });
  await first.put(upload(1));
  const second = bus({ dataDir: first.dataDir, deliver: () => new Promise(() => {}) });
  await second.put(upload(2));
  expect(second.onDisk()).toHaveLength(2);
});

test('a half-written event is ignored', async () => {
  const first = bus({ deliver: () => new Promise(() => {}) });
  await first.put(upload(1));
  writeFileSync(join(first.dataDir, 'events', '0000000000000002.json.tmp'), '{"event":{"sou');
  const second = bus({ dataDir: first.dataDir });
  await second.idle();
  expect(second.delivered).toEqual([upload(1)]);
});

test('a delivery that could not be started is tried again, while others go on', async () => {
  const attempts: object[] = [];
  const { put, idle, dead, onDisk } = bus({
    deliver: async (_, event) => {
      attempts.push(event);
      if (attempts.length <= 2) throw throttled;
    },
  });
  await put(upload(1));
  await idle();
  expect(attempts).toEqual([upload(1), upload(1), upload(1)]);
  expect(dead).toEqual([]);
  expect(onDisk()).toEqual([]);
});

test('after the last retry the event goes to the dead-letter queue, with what EventBridge says about it', async () => {
  let attempts = 0;
  const { put, idle, dead, lost, onDisk } = bus({
    rules: [rule({ maximumRetryAttempts: 2, deadLetterQueue: QUEUE })],
    deliver: async () => {
      attempts++;
      throw throttled;
    },
  });
  await put(upload(1));
  await idle();
  expect(attempts).toBe(3);
  expect(dead).toEqual([
    {
      queue: QUEUE,
      event: upload(1),
      attributes: {
        RULE_ARN: 'arn:aws:events:eu-west-1:000000000000:rule/uploads',
        TARGET_ARN: TARGET,
        ERROR_CODE: 'THROTTLING',
        ERROR_MESSAGE: 'Rate exceeded',
        RETRY_ATTEMPTS: '2',
        EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      },
    },
  ]);
  expect(lost).toEqual([]);
  expect(onDisk()).toEqual([]);
});

test('an event that has become too old is not tried again', async () => {
  const { put, idle, dead } = bus({
    rules: [rule({ maximumEventAgeSeconds: 0, deadLetterQueue: QUEUE })],
    deliver: async () => {
      throw throttled;
    },
  });
  await put(upload(1));
  await idle();
  expect(dead[0]?.attributes).toMatchObject({
    RETRY_ATTEMPTS: '0',
    EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
  });
});

test.each([
  ['AccessDeniedException', 'NO_PERMISSIONS'],
  ['StateMachineDoesNotExist', 'NO_RESOURCE'],
  ['InvalidExecutionInput', 'ERROR_FROM_TARGET'],
])('%s is not retried, and reaches the queue as %s', async (code, errorCode) => {
  let attempts = 0;
  const { put, idle, dead } = bus({
    rules: [rule({ deadLetterQueue: QUEUE })],
    deliver: async () => {
      attempts++;
      throw new AwsError(code, 'no');
    },
  });
  await put(upload(1));
  await idle();
  expect(attempts).toBe(1);
  expect(dead[0]?.attributes).toEqual({
    RULE_ARN: rule().arn,
    TARGET_ARN: TARGET,
    ERROR_CODE: errorCode,
    ERROR_MESSAGE: 'no',
    RETRY_ATTEMPTS: '0',
  });
});

test('an event without a dead-letter queue is lost as on AWS, and the log says so', async () => {
  const fails = async () => {
    throw new AwsError('AccessDeniedException', 'no');
  };
  const without = bus({ deliver: fails });
  await without.put(upload(1));
  await without.idle();
  expect(without.lost).toEqual([expect.stringContaining('The target has no dead-letter queue.')]);

  const refusing = bus({ rules: [rule({ deadLetterQueue: QUEUE })], deliver: fails, deadLetter: fails });
  await refusing.put(upload(1));
  await refusing.idle();
  expect(refusing.lost).toEqual([expect.stringContaining(`The dead-letter queue ${QUEUE} refused it: no`)]);
});

test('a pattern that AWS would refuse stops the bus from starting', () => {
  expect(() => bus({ rules: [{ ...rule(), pattern: { source: 'aws.s3' } }] })).toThrow(
    'Event pattern: source',
  );
});

test('a delivery that is given up counts as failed, and by whether the dead-letter queue took it', async () => {
  const counted: string[] = [];
  const measure = (metric: string) => void counted.push(metric);
  const fails = async () => {
    throw new AwsError('AccessDeniedException', 'no');
  };
  const rules = [rule({ deadLetterQueue: QUEUE })];

  const kept = bus({ rules, deliver: fails, measure });
  await kept.put(upload(1));
  await kept.idle();
  expect(counted.splice(0)).toEqual(['Invocations', 'FailedInvocations', 'InvocationsSentToDlq']);

  const refused = bus({ rules, deliver: fails, deadLetter: fails, measure });
  await refused.put(upload(1));
  await refused.idle();
  expect(counted).toEqual(['Invocations', 'FailedInvocations', 'InvocationsFailedToBeSentToDlq']);
});

test('an announced event is kept at once, and delivered once what it reports has happened', async () => {
  const { announce, idle, delivered, onDisk } = bus();
  const [happens, fails] = [await announce(upload(1)), await announce(upload(2))];
  expect(onDisk()).toHaveLength(2);
  expect(delivered).toEqual([]);
  happens.release();
  await fails.cancel();
  await idle();
  expect(delivered).toEqual([upload(1)]);
  expect(onDisk()).toEqual([]);
});

test('after a crash, an announced event is delivered if what it reports has happened, and otherwise dropped', async () => {
  const crashed = bus();
  await crashed.announce(upload(1));
  await crashed.announce(upload(2));
  crashed.close();
  const { dataDir } = crashed;
  const happened = (event: object) => (event as { n: number }).n === 1;
  const { idle, delivered, onDisk } = bus({ dataDir, happened });
  await idle();
  expect(delivered).toEqual([upload(1)]);
  expect(onDisk()).toEqual([]);
});
