import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { SFN } from '@aws-sdk/client-sfn';
import type { Call } from '../../../local-aws/service';
import { createStateMachines, type StateMachines } from '../../../local-aws/states';
import { machineOf, scripted, servicesOf, small, upload } from './scripted';

const user = { arn: 'arn:aws:iam::123456789012:user/local', accessKeyId: 'a', secretAccessKey: 's' };
const calls: Call[] = [];

/** Runs one execution of the small machine through the SDK, with this function as its task. */
async function run(work: () => Promise<unknown>, definition: object = small, closing = false) {
  const machine = machineOf(definition);
  const machines: StateMachines = createStateMachines({
    machines: [machine],
    dataDir: mkdtempSync(join(tmpdir(), 'sync-')),
    services: {
      ...servicesOf(scripted()),
      invokeFunction: () => {
        if (closing) void machines.close();
        return work();
      },
    },
    gate: async (call) => {
      calls.push(call);
    },
  });
  const server = createServer(async (request, response) => {
    await machines.handle(request, response, user, await buffer(request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sfn = new SFN({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: user,
    maxAttempts: 1,
    disableHostPrefix: true,
  });
  const input = JSON.stringify(upload);
  const answer = sfn.startSyncExecution({ stateMachineArn: machine.arn, input, name: 'one' });
  try {
    return { machine, input, answer: await answer };
  } finally {
    if (!closing) await machines.close();
    sfn.destroy();
    server.close();
  }
}

test('an execution that succeeds is answered with its output, when it has ended', async () => {
  const { machine, input, answer } = await run(async () => 'done');
  expect(answer).toMatchObject({
    executionArn: expect.stringMatching(/^arn:aws:states:us-east-1:123456789012:express:machine:one:/),
    stateMachineArn: machine.arn,
    name: 'one',
    status: 'SUCCEEDED',
    startDate: expect.any(Date),
    stopDate: expect.any(Date),
    input,
    output: JSON.stringify({ ...upload, work: 'done' }),
    billingDetails: { billedMemoryUsedInMB: 64, billedDurationInMilliseconds: 100 },
  });
  expect(answer).not.toHaveProperty('error');
  expect(calls.at(-1)).toMatchObject({ action: 'states:StartSyncExecution', resource: machine.arn });
});

test('one that fails is not an error of the call: its error and cause are in the answer', async () => {
  const { answer } = await run(async () => {
    throw Object.assign(new Error('why'), { name: 'CorruptImage' });
  });
  expect(answer).toMatchObject({ status: 'FAILED', error: 'WorkFailed' });
  expect(answer).not.toHaveProperty('output');
});

test('one that takes too long is answered as timed out', async () => {
  const { answer } = await run(() => new Promise(() => {}), { ...small, TimeoutSeconds: 1 });
  expect(answer).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
});

test('one that is interrupted by stopping the engine is a temporary error', async () => {
  const cut = run(() => new Promise(() => {}), small, true);
  await expect(cut).rejects.toMatchObject({ name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } });
});
