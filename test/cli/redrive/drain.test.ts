import { drain } from '../../../cli/redrive/drain';
import type { Held } from '../../../cli/redrive/queue';
import type { ObjectEvent } from '../../../contract/event';
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

const quiet = { rate: 10_000, concurrency: 1, onStarted: () => {}, onLeft: () => {} };

test('a message that SQS delivers twice starts one execution', async () => {
  const queue = queueOf([message('a'), message('b')], [message('a'), message('c')]);
  const started: string[] = [];
  const start = async ({ detail }: ObjectEvent) => {
    started.push(detail.object.key);
  };
  expect(await drain(queue, { ...quiet, start })).toEqual({ started: 3, left: 0, later: 0 });
  expect(started).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
  expect(queue.removed).toEqual(['a', 'b', 'c']);
});

test('after an interruption, no further batch is received, and messages without events are returned', async () => {
  const stop = new AbortController();
  const queue = queueOf([message('a', 'no event'), message('b', 'no event')], [message('c', 'no event')]);
  const counts = await drain(queue, {
    ...quiet,
    signal: stop.signal,
    start: async () => {},
    onLeft: () => stop.abort(),
  });
  expect(counts).toEqual({ started: 0, left: 2, later: 0 });
  expect(queue.taken).toBe(1);
  expect(queue.returned).toEqual(['a', 'b']);
});
