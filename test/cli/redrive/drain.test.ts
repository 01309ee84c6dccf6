import { type Counts, type DrainOptions, drain } from '../../../cli/redrive/drain';
import type { Held } from '../../../cli/redrive/queue';
import type { ObjectEvent } from '../../../contract/event';
import { withLatePorts } from '../../functions/late-calls';
import { created } from '../../functions/support';

const message = (id: string, body: unknown = created({ key: `${id}.jpg` })): Held => ({
  id,
  receipt: `receipt of ${id}`,
  body: JSON.stringify(body),
  sent: 0,
  attributes: {},
});

/** A queue that hands out these batches, one after the other. */
function queueOf(...batches: Held[][]) {
  return {
    taken: 0,
    removed: [] as string[],
    returned: [] as string[],
    async take() {
      return batches[this.taken++] ?? [];
    },
    async remove({ id }: Held) {
      this.removed.push(id);
    },
    async giveBack({ id }: Held) {
      this.returned.push(id);
    },
  };
}

type Start = (event: ObjectEvent) => Promise<void>;

const QUIET = { rate: 10_000, concurrency: 1, onStarted: () => {}, onLeft: () => {} };

/** Drains a queue whose calls answer late, as those that start executions do. */
function drained(
  queue: ReturnType<typeof queueOf>,
  start: Start,
  options: Partial<DrainOptions> = {},
  counts: Counts = { started: 0, left: 0, later: 0 },
) {
  const ports = {
    take: () => queue.take(),
    remove: (message: Held) => queue.remove(message),
    giveBack: (message: Held) => queue.giveBack(message),
    start,
  };
  return withLatePorts(ports, (late) => drain(late, { ...QUIET, ...options, start: late.start }, counts));
}

const accept: Start = async () => {};

test('a message that SQS delivers twice starts one execution', async () => {
  const queue = queueOf([message('a'), message('b')], [message('a'), message('c')]);
  const started: string[] = [];
  const counts = await drained(queue, async ({ detail }) => {
    started.push(detail.object.key);
  });
  expect(counts).toEqual({ started: 3, left: 0, later: 0 });
  expect(started).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
  expect(queue.removed).toEqual(['a', 'b', 'c']);
});

test('after an interruption, no further batch is received, and messages without events are returned', async () => {
  const stop = new AbortController();
  const queue = queueOf([message('a', 'no event'), message('b', 'no event')], [message('c', 'no event')]);
  const counts = await drained(queue, accept, { signal: stop.signal, onLeft: () => stop.abort() });
  expect(counts).toEqual({ started: 0, left: 2, later: 0 });
  expect(queue.taken).toBe(1);
  expect(queue.returned).toEqual(['a', 'b']);
});

test('a start that fails ends it: what was not started is returned, and nothing of it is deleted', async () => {
  const queue = queueOf([message('a'), message('b'), message('c')], [message('d')]);
  const counts = { started: 0, left: 0, later: 0 };
  const start: Start = async ({ detail }) => {
    if (detail.object.key === 'b.jpg') throw new Error('no such state machine');
  };
  await expect(drained(queue, start, {}, counts)).rejects.toThrow('no such state machine');
  expect(counts).toEqual({ started: 1, left: 0, later: 0 });
  expect(queue.removed).toEqual(['a']);
  expect(queue.returned).toEqual(['b', 'c']);
});

test('a message counts as started only once it is deleted: until then, another run may start it again', async () => {
  const queue = queueOf([message('a'), message('b')]);
  queue.remove = () => Promise.reject(new Error('SQS is down'));
  const counts = { started: 0, left: 0, later: 0 };
  await expect(drained(queue, accept, {}, counts)).rejects.toThrow('SQS is down');
  expect(counts.started).toBe(0);
  expect(queue.returned).toEqual(['b']);
});

test('a message that arrives after the drain began stays, since it may be the same image, failing again', async () => {
  const now = jest.spyOn(Date, 'now').mockReturnValue(1_000);
  try {
    const queue = queueOf([
      { ...message('before'), sent: 1_000 },
      { ...message('after'), sent: 1_001 },
    ]);
    expect(await drained(queue, accept)).toEqual({ started: 1, left: 0, later: 1 });
    expect(queue.removed).toEqual(['before']);
    expect(queue.returned).toEqual(['after']);
  } finally {
    now.mockRestore();
  }
});

test.each([
  [5, 62],
  [3, 64],
  [0.000_1, 43_200],
])(
  'at %d a second, a batch of ten is hidden for %d seconds: its turns, a minute, and at most twelve hours',
  async (rate, seconds) => {
    const take = jest.fn(async (_: number): Promise<Held[]> => []);
    await drain({ ...queueOf(), take }, { ...QUIET, rate, start: accept });
    expect(take.mock.calls).toEqual([[seconds]]);
  },
);
