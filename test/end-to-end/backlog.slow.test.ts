import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { picture } from '../fixtures/images';
import { STATES, startWorkflow, WAIT_SCALE } from './calls';
import type { Workflow } from './workflow';

let workflow: Workflow;
let photo: Buffer;

beforeAll(async () => {
  photo = await picture();
  workflow = await startWorkflow();
});

afterAll(() => workflow?.end());

/** Part of a message as the engine stores it. Times are Unix milliseconds. */
interface Message {
  sentAt: number;
  visibleAt: number;
  received: number;
}

/** Changes every message in the backlog queue while no engine runs. */
async function changeBacklog(change: (message: Message) => Partial<Message>): Promise<void> {
  const folder = path.join(workflow.dataDir, 'sqs', `${workflow.stack.name}-backlog`);
  const names = await readdir(folder);
  expect(names).toHaveLength(1);
  for (const name of names) {
    const message = JSON.parse(await readFile(path.join(folder, name), 'utf8')) as Message;
    await writeFile(path.join(folder, name), JSON.stringify({ ...message, ...change(message) }));
  }
}

describe('the backlog', () => {
  const throttle = { function: 'thumbnail', fault: 'throttle' } as const;

  test.each(['crash', 'malformed'] as const)(
    'an event whose resume function suffers %s comes back after the visibility timeout',
    async (fault) => {
      const key = `resume-${fault}.jpg`;
      const processed = (await workflow.told('processed')).length;
      const resumed = await workflow.invocations('resume');
      workflow.inject({ ...throttle, times: 4 }, { function: 'resume', fault, times: 1 });
      await workflow.upload(key, photo);
      while ((await workflow.invocations('resume')) === resumed) await sleep(20);

      // It is still in the queue, but hidden. The test doesn't wait until it reappears, which takes half an hour.
      await workflow.restart(() =>
        changeBacklog((message) => {
          expect(message).toMatchObject({ received: 1 });
          expect(message.visibleAt - message.sentAt).toBeGreaterThanOrEqual(30 * 60_000 * WAIT_SCALE);
          return { visibleAt: message.sentAt };
        }),
      );
      await workflow.idle();
      expect(workflow.path).toEqual(STATES);
      expect((await workflow.record(key))['status']).toBe('DONE');
      expect((await workflow.told('processed')).slice(processed)).toHaveLength(1);
    },
  );

  test('an event that has waited for a day fails with CapacityExhausted', async () => {
    workflow.inject(throttle);
    await workflow.upload('a-day.jpg', photo);
    const since = workflow.ended.length;
    while (workflow.ended.length === since) await sleep(50);
    const day = 24 * 60 * 60 * 1_000;
    await workflow.restart(() =>
      changeBacklog(({ sentAt }) => ({ sentAt: sentAt - 1.05 * day, received: 1 })),
    );
    await workflow.idle();
    expect(workflow.path).toEqual(['Quarantine', 'NotifyFailure', 'Failed']);
    expect(await workflow.record('a-day.jpg')).toMatchObject({
      status: 'FAILED',
      error: { name: 'CapacityExhausted' },
    });
    expect((await workflow.told('errors')).at(-1)).toMatchObject({ error: { name: 'CapacityExhausted' } });
  });
});
