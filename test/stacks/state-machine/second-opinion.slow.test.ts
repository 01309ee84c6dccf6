/**
 * A second opinion on how the workflow runs: moto's Step Functions interpreter, which shares no code with ours, gets the
 * same definition and the same answers, and must take the same path.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SFN } from '@aws-sdk/client-sfn';
import {
  type Answer,
  deletion,
  expired,
  resumed,
  runToEnd,
  type Script,
  scripted,
  servicesOf,
  THROTTLED,
  upload,
  workflow,
} from './scripted-workflow';

const installed = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'moto_server')));
if (!installed)
  console.log('Skipped the second opinion: moto_server is not installed (pip install "moto[server]").');

/**
 * moto holds StartTime as a Python object that it then cannot write as JSON; any other text does here. And it waits
 * for real before it tries again: shortly then.
 */
const definition = JSON.parse(
  JSON.stringify(workflow)
    .split('$$.Execution.StartTime')
    .join('$$.Execution.Name')
    .replaceAll(/"MaxDelaySeconds":\d+/g, '"MaxDelaySeconds":1'),
);

const withoutArn = (text?: string) => text?.replace(/arn:aws:states:\S+/, 'ARN');

/** What SQS was sent, with the body parsed: its spaces are the interpreter's own business. */
const queuedBy = ({ calls }: ReturnType<typeof scripted>) =>
  calls
    .filter(({ state }) => state === 'sqs')
    .map(({ payload }) => payload as Record<string, string>)
    .map(({ MessageBody, ...rest }) => ({ ...rest, body: JSON.parse(MessageBody!) }));

const credentials = { accessKeyId: 'a', secretAccessKey: 's' };

let script: ReturnType<typeof scripted>;
let services: Server;
let moto: ChildProcess;
let endpoint: string;
let sfn: SFN;

const listen = (server: Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Lambda, SNS and SQS as moto's interpreter calls them: SQS speaks JSON and names its action in a header. */
async function answer(request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const lambda = /\/functions\/(.+)\/invocations/.exec(decodeURIComponent(request.url ?? ''));
  const name = lambda?.[1]?.replace(/^arn:aws:lambda:[^:]+:\d+:function:/, '').split(':')[0];
  if (name) lambdaAnswer(response, script.next(name, body));
  else if (request.headers['x-amz-target'] === 'AmazonSQS.SendMessage')
    sqsAnswer(response, script.next('sqs', JSON.parse(body)));
  else snsAnswer(response, script.next('sns', body));
}

function lambdaAnswer(response: ServerResponse, next: Answer) {
  if ('result' in next) {
    response.end(JSON.stringify(next.result));
  } else {
    response.setHeader('X-Amz-Function-Error', 'Unhandled');
    response.end(
      JSON.stringify({ errorType: next.error, errorMessage: next.message ?? 'as scripted', trace: [] }),
    );
  }
}

function snsAnswer(response: ServerResponse, next: Answer) {
  response.setHeader('content-type', 'text/xml');
  const xmlns = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';
  const id = '<RequestId>00000000-0000-0000-0000-000000000000</RequestId>';
  if ('result' in next) {
    response.end(
      `<PublishResponse ${xmlns}><PublishResult><MessageId>1</MessageId></PublishResult><ResponseMetadata>${id}</ResponseMetadata></PublishResponse>`,
    );
  } else {
    response.statusCode = 400;
    response.end(
      `<ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>${next.error}</Code><Message>as scripted</Message></Error>${id}</ErrorResponse>`,
    );
  }
}

function sqsAnswer(response: ServerResponse, next: Answer) {
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  if ('result' in next) {
    response.end(JSON.stringify(next.result));
  } else {
    response.statusCode = 400;
    response.end(JSON.stringify({ __type: next.error, message: 'as scripted' }));
  }
}

const post = (path: string, body: object) =>
  fetch(`${endpoint}${path}`, { method: 'POST', body: JSON.stringify(body) });

const startMoto = async () => {
  services = createServer((request, response) => void answer(request, response));
  const servicesPort = await listen(services);
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  moto = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: {
      ...process.env,
      MOTO_PORT: String(servicesPort),
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_DEFAULT_REGION: 'us-east-1',
    },
  });
  for (;;) {
    const up = await post('/moto-api/reset', {}).catch(() => undefined);
    if (up?.ok) break;
    if (moto.exitCode !== null) throw new Error(`moto_server ended with code ${moto.exitCode}`);
    await sleep(200);
  }
  sfn = new SFN({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
};

async function runByMoto(answers: Script, event: object) {
  script = scripted(answers);
  await post('/moto-api/reset', {});
  await post('/moto-api/config', { stepfunctions: { execute_state_machine: true } });
  const { stateMachineArn } = await sfn.createStateMachine({
    name: 'workflow',
    definition: JSON.stringify(definition),
    roleArn: 'arn:aws:iam::123456789012:role/machine',
    type: 'EXPRESS',
  });
  const { executionArn } = await sfn.startExecution({
    stateMachineArn,
    name: 'run',
    input: JSON.stringify(event),
  });
  while ((await sfn.describeExecution({ executionArn })).status === 'RUNNING') await sleep(50);
  const { events = [] } = await sfn.getExecutionHistory({ executionArn, maxResults: 1000 });
  const end = events.at(-1);
  return {
    status: end?.type?.slice('Execution'.length).toUpperCase(),
    error: end?.executionFailedEventDetails?.error,
    cause: withoutArn(end?.executionFailedEventDetails?.cause),
    path: events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []),
    calls: script.calls.map(({ state }) => state),
    queued: queuedBy(script),
  };
}

async function runByUs(answers: Script, event: object) {
  const ours = scripted(answers);
  const { execution, history } = await runToEnd(definition, servicesOf(ours), event);
  const entered = history.filter(({ type }) => type.endsWith('StateEntered'));
  return {
    status: execution.status,
    error: execution.error,
    cause: withoutArn(execution.cause),
    path: entered.map(({ details }) => String(details['name'])),
    calls: ours.calls.map(({ state }) => state),
    queued: queuedBy(ours),
  };
}

const transient = { error: 'TransientError' };

/** As the error of a function: of Lambda's own errors moto keeps no name. */
const throttled = { error: THROTTLED };

(installed ? describe : describe.skip)('moto runs the workflow as we do', () => {
  beforeAll(startMoto, 60_000);
  afterAll(async () => {
    moto.kill();
    sfn.destroy();
    services.closeAllConnections();
    await new Promise((resolve) => services.close(resolve));
  });

  test.each<[title: string, answers: Script, path: string[], event?: object]>([
    ['when all goes well', {}, ['Route', 'Validate', 'Thumbnail', 'StoreMetadata', 'Notify']],
    [
      'on a permanent error',
      { Validate: [{ error: 'CorruptImage' }] },
      ['Route', 'Validate', 'Quarantine', 'CheckAnswer', 'NotifyFailure', 'Failed'],
    ],
    [
      'on two transient errors, then success',
      { Thumbnail: [transient, transient, { result: { items: [] } }] },
      ['Route', 'Validate', 'Thumbnail', 'StoreMetadata', 'Notify'],
    ],
    [
      'on more transient errors than it retries',
      { StoreMetadata: [transient] },
      [
        'Route',
        'Validate',
        'Thumbnail',
        'StoreMetadata',
        'Quarantine',
        'CheckAnswer',
        'NotifyFailure',
        'Failed',
      ],
    ],
    [
      'when it was superseded',
      { StoreMetadata: [{ error: 'Superseded' }] },
      ['Route', 'Validate', 'Thumbnail', 'StoreMetadata', 'Superseded'],
    ],
    [
      'when Quarantine fails too',
      { Thumbnail: [{ error: 'CorruptImage' }], Quarantine: [{ error: 'Denied' }] },
      ['Route', 'Validate', 'Thumbnail', 'Quarantine', 'DescribeFailure', 'NotifyFailure', 'Failed'],
    ],
    [
      'when Quarantine answers something else than a failure',
      { Thumbnail: [{ error: 'CorruptImage' }], Quarantine: [{ result: 'half an an' }] },
      [
        'Route',
        'Validate',
        'Thumbnail',
        'Quarantine',
        'CheckAnswer',
        'RejectAnswer',
        'DescribeFailure',
        'NotifyFailure',
        'Failed',
      ],
    ],
    [
      'when SNS fails too',
      { Validate: [{ error: 'EmptyObject' }], sns: [{ error: 'InternalError' }] },
      ['Route', 'Validate', 'Quarantine', 'CheckAnswer', 'NotifyFailure', 'QueueFailure', 'Failed'],
    ],
    [
      'when neither SNS nor SQS can be reached',
      { Validate: [{ error: 'EmptyObject' }], sns: [{ error: 'InternalError' }], sqs: [{ error: 'Down' }] },
      ['Route', 'Validate', 'Quarantine', 'CheckAnswer', 'NotifyFailure', 'QueueFailure', 'Failed'],
    ],
    [
      'when an upload is throttled',
      { Thumbnail: [throttled] },
      ['Route', 'Validate', 'Thumbnail', 'CheckBacklog', 'SendToBacklog'],
    ],
    [
      'when an event from the backlog goes well',
      {},
      ['Route', 'Validate', 'Thumbnail', 'StoreMetadata', 'Notify'],
      resumed,
    ],
    [
      'when an event from the backlog is throttled again',
      { Validate: [throttled] },
      ['Route', 'Validate', 'CheckBacklog', 'StayInBacklog'],
      resumed,
    ],
    [
      'when an event has waited in the backlog for too long',
      {},
      ['Route', 'Quarantine', 'CheckAnswer', 'NotifyFailure', 'Failed'],
      expired,
    ],
    [
      'when even its Quarantine is throttled',
      { Quarantine: [throttled] },
      ['Route', 'Quarantine', 'CheckBacklog', 'DescribeFailure', 'NotifyFailure', 'Failed'],
      expired,
    ],
    ['on a deletion', {}, ['Route', 'Remove'], deletion],
    [
      'on a deletion that fails',
      { Remove: [{ error: 'Denied' }] },
      ['Route', 'Remove', 'Quarantine', 'CheckAnswer', 'NotifyFailure', 'Failed'],
      deletion,
    ],
  ])(
    '%s',
    async (_, answers, path, event = upload) => {
      const ours = await runByUs(answers, event);
      expect(ours.path).toEqual(path);
      expect(await runByMoto(answers, event)).toEqual(ours);
    },
    60_000,
  );
});
