import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesize } from '../../cli/lib/synthesize';
import { createStateMachines, loadStack, objectEvent } from '../../local-aws';

/** About as much as Validate and Thumbnail return for four variants. */
const ANSWER = {
  schema: 1,
  items: Array(4).fill({ variant: 'small', bucket: 'b'.repeat(60), key: 'k'.repeat(60) }),
};

/**
 * Measures what the state machine's interpreter and its history cost, with functions that return at once.
 *
 * @returns CPU seconds per execution
 */
export async function costOfMachine(executions: number): Promise<number> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    const stack = loadStack(await synthesize(path.join(dataDir, 'synth')), {
      endpoint: 'http://127.0.0.1:1',
    });
    const none = async () => {
      throw new Error('Expected only functions to be called');
    };
    const states = createStateMachines({
      machines: stack.stateMachines,
      dataDir,
      services: { invokeFunction: async () => ANSWER, publish: none, sendMessage: none, putEvents: none },
    });
    const { arn } = stack.stateMachines[0]!;
    const origin = {
      account: stack.account,
      region: stack.region,
      bucket: 'uploads',
      requestId: '',
      sourceIpAddress: '',
    };
    const run = async (n: number) => {
      const object = { key: `uploads/${n}.jpg`, size: 1, etag: 'e'.repeat(32), sequencer: '00' };
      const { status, error } = await states.start(arn, objectEvent(origin, { reason: 'PutObject', object }))
        .done;
      if (status !== 'SUCCEEDED')
        throw new Error(`Expected an execution to succeed but it ${status}: ${error}`);
    };
    for (let n = 0; n < executions / 10; n++) await run(n);
    const before = process.cpuUsage();
    for (let n = 0; n < executions; n++) await run(n);
    const { user, system } = process.cpuUsage(before);
    await states.close();
    return (user + system) / 1e6 / executions;
  } finally {
    await rm(dataDir, { recursive: true });
  }
}
