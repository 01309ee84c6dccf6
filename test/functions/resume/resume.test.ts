import fc from 'fast-check';
import {
  type BacklogMessage,
  type Ended,
  type ResumePorts,
  resume,
  waitSeconds,
} from '../../../functions/resume/resume';
import { withLatePorts } from '../late-calls';
import { created } from '../support';

const NOW = new Date('2026-03-12T02:08:00Z');
const HOUR = 60 * 60 * 1000;

/** Processes one message, and returns what was run and how long the message then waits. */
async function take(ended: Ended, { attempts = 1, age = 60_000 } = {}) {
  const seen = { inputs: [] as unknown[], waits: [] as number[] };
  const message: BacklogMessage = {
    messageId: 'm',
    receiptHandle: 'r',
    body: JSON.stringify(created()),
    attributes: {
      ApproximateReceiveCount: String(attempts),
      SentTimestamp: String(NOW.getTime() - age),
    },
  };
  const ports: ResumePorts = {
    run: async (input) => {
      seen.inputs.push(JSON.parse(input));
      return ended;
    },
    delay: async (_, seconds) => void seen.waits.push(seconds),
  };
  const done = await withLatePorts(ports, (late) => resume(message, late, NOW, () => 1));
  return { done, ...seen };
}

describe('an event from the backlog', () => {
  test('runs unchanged, with how often and since when it has waited', async () => {
    const { inputs } = await take({ status: 'SUCCEEDED' }, { attempts: 3, age: HOUR });
    expect(inputs).toEqual([{ ...created(), backlog: { attempts: 3, since: '2026-03-12T01:08:00.000Z' } }]);
  });

  test.each<[string, Ended]>([
    ['succeeded', { status: 'SUCCEEDED' }],
    [
      'failed for another reason, which it has reported',
      { status: 'FAILED', error: 'ThumbnailWorkflowFailed' },
    ],
  ])('is finished if its execution %s', async (_, ended) => {
    expect(await take(ended)).toMatchObject({ done: true, waits: [] });
  });

  test.each<[string, Ended]>([
    ['found no capacity again', { status: 'FAILED', error: 'StillWaiting' }],
    ['ran out of its five minutes', { status: 'TIMED_OUT', error: 'States.Timeout' }],
  ])('comes back after a longer wait if its execution %s', async (_, ended) => {
    expect(await take(ended, { attempts: 1 })).toMatchObject({ done: false, waits: [60] });
    expect(await take(ended, { attempts: 2 })).toMatchObject({ done: false, waits: [120] });
  });

  test('is given up after a day, but not before it was tried', async () => {
    const ended: Ended = { status: 'SUCCEEDED' };
    const input = async (attempts: number, age: number) =>
      (await take(ended, { attempts, age })).inputs[0] as { backlog: object; error?: object };
    expect(await input(2, 24 * HOUR + 1)).toMatchObject({ backlog: { expired: true } });
    expect(await input(2, 25 * HOUR)).toMatchObject({
      backlog: { expired: true },
      error: {
        Error: 'CapacityExhausted',
        Cause: expect.stringContaining('No capacity was free since 2026-03-11T01:08:00.000Z, in 2 attempts.'),
      },
    });
    for (const { backlog, error } of [await input(1, 25 * HOUR), await input(9, 24 * HOUR)]) {
      expect(backlog).not.toHaveProperty('expired');
      expect(error).toBeUndefined();
    }
  });
});

test('a wait grows with each attempt up to an hour, and half of it is random', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempts, random) => {
        const longest = waitSeconds(attempts, 1);
        expect(longest).toBe(Math.min(3_600, 60 * 2 ** (attempts - 1)));
        expect(waitSeconds(attempts, random)).toBeGreaterThanOrEqual(longest / 2);
        expect(waitSeconds(attempts, random)).toBeLessThanOrEqual(longest);
      },
    ),
  );
});
