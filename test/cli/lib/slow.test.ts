import { sayIfSlow } from '../../../cli/lib/slow';

let said: string[];
beforeEach(() => {
  jest.useFakeTimers();
  said = [];
  jest.spyOn(console, 'error').mockImplementation((line) => void said.push(line));
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** Work that ends when the test says so. */
function work() {
  let end = (_: string) => {};
  let fail = (_: Error) => {};
  const promise = new Promise<string>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return { promise, end, fail };
}

test('nothing is said of work that ends in time', async () => {
  const { promise, end } = work();
  const result = sayIfSlow('S3 ListBuckets', promise);
  jest.advanceTimersByTime(4_999);
  end('done');
  expect(await result).toBe('done');
  jest.advanceTimersByTime(60_000);
  expect(said).toEqual([]);
});

test('work that takes long is named every five seconds until it ends', async () => {
  const { promise, fail } = work();
  const result = sayIfSlow('S3 ListBuckets', promise);
  jest.advanceTimersByTime(10_000);
  fail(new Error('refused'));
  await expect(result).rejects.toThrow('refused');
  jest.advanceTimersByTime(60_000);
  expect(said).toEqual([
    'Waiting for S3 ListBuckets, 5 s so far …',
    'Waiting for S3 ListBuckets, 10 s so far …',
  ]);
});

test('of many calls of one kind the oldest is talked about, and then the next', async () => {
  const [first, second] = [work(), work()];
  const one = sayIfSlow('SQS ReceiveMessage', first.promise);
  jest.advanceTimersByTime(1_000);
  const two = sayIfSlow('SQS ReceiveMessage', second.promise);
  jest.advanceTimersByTime(5_000);
  expect(said).toEqual(['Waiting for SQS ReceiveMessage, 5 s so far …']);
  first.end('');
  await one;
  jest.advanceTimersByTime(5_000);
  expect(said.slice(1)).toEqual(['Waiting for SQS ReceiveMessage, 10 s so far …']);
  second.end('');
  await two;
});

test('calls of two kinds are both reported, each with what it waits for by then', async () => {
  const [first, second] = [work(), work()];
  const one = sayIfSlow('S3', first.promise, 500, () => 'S3 in eu-west-1');
  const two = sayIfSlow('SQS', second.promise, 1_000);
  jest.advanceTimersByTime(1_000);
  expect(said.toSorted()).toEqual([
    'Waiting for S3 in eu-west-1, 0.5 s so far …',
    'Waiting for S3 in eu-west-1, 1 s so far …',
    'Waiting for SQS, 1 s so far …',
  ]);
  first.end('');
  second.end('');
  await Promise.all([one, two]);
});

test.each([
  [true, '\r\u001b[KWaiting'],
  [false, 'Waiting'],
])('on a terminal it takes the place of a progress bar: %s', async (isTTY, start) => {
  const before = process.stderr.isTTY;
  process.stderr.isTTY = isTTY;
  const { promise, end } = work();
  const result = sayIfSlow('S3', promise);
  jest.advanceTimersByTime(5_000);
  process.stderr.isTTY = before;
  expect(said[0]!.startsWith(start)).toBe(true);
  end('');
  await result;
});
