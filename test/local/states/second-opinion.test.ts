/**
 * A second opinion on how the workflow runs: moto's Step Functions interpreter, which shares no code with ours, gets the
 * same definition and the same answers, and must take the same path.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { SFN } from '@aws-sdk/client-sfn';
import { type Answer, runToEnd, type Script, scripted, servicesOf, upload, workflow } from './workflow';

const installed = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'moto_server')));
if (!installed)
  console.log('Skipped the second opinion: moto_server is not installed (pip install "moto[server]").');

/** moto holds StartTime as a Python object that it then cannot write as JSON; any other text does here. */
const definition = JSON.parse(
  JSON.stringify(workflow).split('$$.Execution.StartTime').join('$$.Execution.Name'),
);

const withoutArn = (text?: string) => text?.replace(/arn:aws:states:\S+/, 'ARN');

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

/** Lambda and SNS as moto's interpreter calls them. */
async function answer(request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const lambda = /\/functions\/(.+)\/invocations/.exec(decodeURIComponent(request.url ?? ''));
  const name = lambda?.[1]?.replace(/^arn:aws:lambda:[^:]+:\d+:function:/, '').split(':')[0];
  const next = script.next(name ?? 'sns', body);
  if (name) lambdaAnswer(response, next);
  else snsAnswer(response, next);
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
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  sfn = new SFN({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
};

async function runByMoto(answers: Script) {
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
    input: JSON.stringify(upload),
  });
  for (;;) {
    const { events = [] } = await sfn.getExecutionHistory({ executionArn, maxResults: 1000 });
    const end = events.at(-1);
    if (end?.type === 'ExecutionSucceeded' || end?.type === 'ExecutionFailed') {
      return {
        status: end.type.slice('Execution'.length).toUpperCase(),
        error: end.executionFailedEventDetails?.error,
        cause: withoutArn(end.executionFailedEventDetails?.cause),
        path: events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []),
        calls: script.calls.map(({ state }) => state),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function runByUs(answers: Script) {
  const ours = scripted(answers);
  const { execution, history } = await runToEnd(definition, servicesOf(ours));
  const entered = history.filter(({ type }) => type.endsWith('StateEntered'));
  return {
    status: execution.status,
    error: execution.error,
    cause: withoutArn(execution.cause),
    path: entered.map(({ details }) => String(details['name'])),
    calls: ours.calls.map(({ state }) => state),
  };
}

const transient = { error: 'TransientError' };

(installed ? describe : describe.skip)('moto runs the workflow as we do', () => {
  beforeAll(startMoto, 60_000);
  afterAll(async () => {
    moto.kill();
    sfn.destroy();
    services.closeAllConnections();
    await new Promise((resolve) => services.close(resolve));
  });

  test.each<[string, Script, string[]]>([
    ['when all goes well', {}, ['Validate', 'Thumbnail', 'StoreMetadata', 'Notify']],
    [
      'on a permanent error',
      { Validate: [{ error: 'CorruptImage' }] },
      ['Validate', 'Quarantine', 'NotifyFailure', 'Failed'],
    ],
    [
      'on two transient errors, then success',
      { Thumbnail: [transient, transient, { result: { items: [] } }] },
      ['Validate', 'Thumbnail', 'StoreMetadata', 'Notify'],
    ],
    [
      'on more transient errors than it retries',
      { StoreMetadata: [transient] },
      ['Validate', 'Thumbnail', 'StoreMetadata', 'Quarantine', 'NotifyFailure', 'Failed'],
    ],
    [
      'when it was superseded',
      { StoreMetadata: [{ error: 'Superseded' }] },
      ['Validate', 'Thumbnail', 'StoreMetadata', 'Superseded'],
    ],
    [
      'when Quarantine fails too',
      { Thumbnail: [{ error: 'CorruptImage' }], Quarantine: [{ error: 'Denied' }] },
      ['Validate', 'Thumbnail', 'Quarantine', 'DescribeFailure', 'NotifyFailure', 'Failed'],
    ],
    [
      'when SNS fails too',
      { Validate: [{ error: 'EmptyObject' }], sns: [{ error: 'InternalError' }] },
      ['Validate', 'Quarantine', 'NotifyFailure', 'Failed'],
    ],
  ])(
    '%s',
    async (_, answers, path) => {
      const ours = await runByUs(answers);
      expect(ours.path).toEqual(path);
      expect(await runByMoto(answers)).toEqual(ours);
    },
    60_000,
  );
});
