import dns from 'node:dns';
import type { BacklogMessage } from '../../../functions/resume/resume';
import { captureMetrics } from '../emitted';
import { access, serve } from '../server';
import { created } from '../support';

const written = captureMetrics('pics');

const STATE_MACHINE = 'arn:aws:states:us-east-1:111122223333:stateMachine:workflow';

interface Asked {
  operation: string;
  input: Record<string, unknown>;
}

// The SDK puts `sync-` before the host for StartSyncExecution, even if an endpoint is set.
const { lookup } = dns;
beforeAll(() => {
  dns.lookup = ((host: string, ...rest: [never]) =>
    lookup(host.replace(/^sync-/, ''), ...rest)) as typeof lookup;
});
afterAll(() => {
  dns.lookup = lookup;
});

const environment = { ...process.env };
let server: Awaited<ReturnType<typeof serve>> | undefined;
afterEach(async () => {
  process.env = { ...environment };
  await server?.close();
  server = undefined;
});

type Handler = typeof import('../../../functions/resume/handler').handler;

/** The handler, loaded as on Lambda, in front of an AWS whose executions end as `ended` says. */
async function start(
  ended: (n: number) => object,
): Promise<{ handler: Handler; asked: Asked[]; queue: string }> {
  const asked: Asked[] = [];
  server = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        const operation = String(request.headers['x-amz-target']).split('.')[1] as string;
        asked.push({ operation, input: JSON.parse(Buffer.concat(chunks).toString()) });
        const started = asked.filter(({ operation }) => operation === 'StartSyncExecution').length;
        response.setHeader('content-type', 'application/x-amz-json-1.0');
        response.end(JSON.stringify(operation === 'StartSyncExecution' ? ended(started) : {}));
      });
  });
  const queue = `${server.endpoint}/111122223333/backlog`;
  Object.assign(process.env, {
    AWS_REGION: access.region,
    AWS_ACCESS_KEY_ID: access.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: access.credentials.secretAccessKey,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_ENDPOINT_URL: server.endpoint,
    STATE_MACHINE_ARN: STATE_MACHINE,
    QUEUE_URL: queue,
  });
  let loaded: { handler: Handler } | undefined;
  jest.isolateModules(() => {
    loaded = require('../../../functions/resume/handler');
  });
  return { handler: (loaded as { handler: Handler }).handler, asked, queue };
}

/** As SQS delivers it to Lambda. */
function message(n: number): BacklogMessage {
  return {
    messageId: `message-${n}`,
    receiptHandle: `receipt-${n}`,
    body: JSON.stringify(created({ key: `${n}.jpg` })),
    attributes: { ApproximateReceiveCount: '2', SentTimestamp: String(Date.now() - 90_000) },
  };
}

test('an event runs through the state machine with how long it has waited, and leaves the queue', async () => {
  const { handler, asked } = await start(() => ({ status: 'SUCCEEDED' }));
  expect(await handler({ Records: [message(1)] })).toEqual({ batchItemFailures: [] });
  expect(asked).toEqual([
    {
      operation: 'StartSyncExecution',
      input: { stateMachineArn: STATE_MACHINE, input: expect.any(String) },
    },
  ]);
  expect(JSON.parse(String(asked[0]?.input['input']))).toMatchObject({
    ...created({ key: '1.jpg' }),
    backlog: { attempts: 2 },
  });
});

test('an event that found no capacity stays in the queue and waits longer; the others leave it', async () => {
  const { handler, asked, queue } = await start((n) =>
    n === 1 ? { status: 'FAILED', error: 'StillWaiting' } : { status: 'SUCCEEDED' },
  );
  expect(await handler({ Records: [message(1), message(2)] })).toEqual({
    batchItemFailures: [{ itemIdentifier: 'message-1' }],
  });
  const [wait] = asked.filter(({ operation }) => operation === 'ChangeMessageVisibility');
  expect(wait?.input).toMatchObject({ QueueUrl: queue, ReceiptHandle: 'receipt-1' });
  expect(wait?.input['VisibilityTimeout']).toBeGreaterThanOrEqual(60);
  expect(wait?.input['VisibilityTimeout']).toBeLessThanOrEqual(120);
});

test('measures how long each event was in the backlog, before it knows how the execution ends', async () => {
  const { handler } = await start(() => ({ status: 'SUCCEEDED' }));
  process.env['WORKFLOW_NAME'] = 'pics';
  written.take();
  await handler({ Records: [message(1)] });
  expect(written.take()).toEqual([
    expect.stringMatching(/^BacklogAge\{Workflow=pics\} 9\d(\.\d+)? Seconds$/),
  ]);
});

test('if Step Functions does not answer, the invocation fails and SQS delivers the message again', async () => {
  const { handler } = await start(() => {
    throw new Error('not reached');
  });
  await server?.close();
  server = undefined;
  await expect(handler({ Records: [message(1)] })).rejects.toThrow();
});
