import { CLOSING_ORDER, type Part, Shutdown } from '../../../local-aws/engine/shutdown';

test('parts close in the stated order, whatever the order in which they opened', async () => {
  const shutdown = new Shutdown();
  const closed: Part[] = [];
  for (const part of [...CLOSING_ORDER].reverse()) {
    shutdown.on(part, async () => {
      await new Promise(setImmediate);
      closed.push(part);
    });
  }
  await shutdown.run();
  expect(closed).toEqual(CLOSING_ORDER);
});

test('requests are cut off before the parts that serve them close, and executions end before functions', () => {
  const before = (first: Part, second: Part) => CLOSING_ORDER.indexOf(first) < CLOSING_ORDER.indexOf(second);
  for (const service of ['s3', 'dynamodb', 'sqs'] as const)
    expect(before('service endpoint', service)).toBe(true);
  expect(before('public endpoints', 'functions')).toBe(true);
  expect(before('executions', 'functions')).toBe(true);
  expect(before('polling', 'functions') && before('functions', 'received messages')).toBe(true);
  expect(before('received messages', 'sqs')).toBe(true);
  expect(CLOSING_ORDER.at(-1)).toBe('data folder');
});

test('a part that fails to close keeps no other from closing, and its error is thrown', async () => {
  const shutdown = new Shutdown();
  const closed: string[] = [];
  shutdown.on('s3', () => Promise.reject(new Error('the disk is full')));
  shutdown.on('sqs', () => closed.push('sqs'));
  shutdown.on('data folder', () => closed.push('data folder'));
  await expect(shutdown.run()).rejects.toThrow('the disk is full');
  expect(closed).toEqual(['sqs', 'data folder']);
});

test('closing a second time does nothing', async () => {
  const shutdown = new Shutdown();
  const close = jest.fn();
  shutdown.on('sqs', close);
  await shutdown.run();
  await shutdown.run();
  expect(close).toHaveBeenCalledTimes(1);
});
