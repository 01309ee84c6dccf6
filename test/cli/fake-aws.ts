/** An AWS on 127.0.0.1 that answers each call as a test says, and a stack that is deployed to it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type LocalServer, serve } from '../functions/server';

/** One call that was made. */
export interface Received {
  /** For example `DynamoDB GetItem`, `SNS Publish` or, for S3, `S3 GET /bucket/key?versions`. */
  name: string;
  /** What was sent with it, if that was JSON. */
  body: Record<string, unknown>;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** JSON for a service that speaks it, otherwise the text of the document. */
  body?: object | string;
}

/** `HANG` accepts a call and never answers it. */
export const HANG = 'HANG';

export interface FakeAws {
  endpoint: string;
  received: Received[];
  close(): Promise<void>;
}

/** @param answer undefined for an empty success */
export async function fakeAws(
  answer: (call: Received) => Answer | typeof HANG | undefined,
): Promise<FakeAws> {
  const received: Received[] = [];
  const server: LocalServer = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const call = callIn(request, Buffer.concat(chunks).toString());
    received.push(call);
    const given = answer(call) ?? {};
    if (given !== HANG) reply(response, given);
  });
  return { endpoint: server.endpoint, received, close: () => server.close() };
}

const SERVICES: Record<string, string> = {
  DynamoDB_20120810: 'DynamoDB',
  AmazonSQS: 'SQS',
  AWSStepFunctions: 'SFN',
  Logs_20140328: 'Logs',
};

function callIn({ headers, url = '', method }: IncomingMessage, text: string): Received {
  const [prefix = '', operation] = String(headers['x-amz-target'] ?? '').split('.');
  if (operation) return { name: `${SERVICES[prefix]} ${operation}`, body: JSON.parse(text) };
  const [, action] = /(?:^|&)Action=(\w+)/.exec(text) ?? [];
  if (action) return { name: `${action === 'GetCallerIdentity' ? 'STS' : 'SNS'} ${action}`, body: {} };
  return { name: `S3 ${method} ${url}`, body: {} };
}

function reply(response: ServerResponse, { status = 200, headers, body = {} }: Answer): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'application/xml' : 'application/x-amz-json-1.0',
    'x-amzn-requestid': 'request',
    ...headers,
  });
  const bare = response.req.method === 'HEAD';
  response.end(bare ? undefined : isText ? body : JSON.stringify(body));
}

/** An error in the form that the service of a call has for it. */
export function refusal({ name }: Received, status: number, code: string, message: string): Answer {
  if (/^(DynamoDB|SQS|SFN|Logs) /.test(name)) return { status, body: { __type: code, message } };
  const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: name.startsWith('S3 ') ? error : `<ErrorResponse>${error}</ErrorResponse>` };
}

/** STS's answer to the question whose credentials these are. */
export const callerIs = (account: string): Answer => ({
  body:
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
    `<Arn>arn:aws:iam::${account}:user/anna</Arn><UserId>A</UserId><Account>${account}</Account>` +
    '</GetCallerIdentityResult></GetCallerIdentityResponse>',
});

export const ACCOUNT = '111122223333';

/** Outputs of a stack in that account. The SDK takes the host of a queue from its URL. */
export const outputsAt = (endpoint: string) => ({
  state_machine_arn: `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:thumbnail-workflow`,
  records_table: 'thumbnail-workflow-records',
  uploads_bucket: 'photos',
  thumbnails_bucket: 'thumbnails',
  quarantine_bucket: 'quarantine',
  uploads_prefix: '',
  upload_command: "aws s3 cp photo.jpg 's3://photos/photo.jpg'",
  dead_letter_queue_url: `${endpoint}/${ACCOUNT}/dead-letters`,
  failure_queue_url: `${endpoint}/${ACCOUNT}/failures`,
  errors_topic_arn: `arn:aws:sns:eu-west-1:${ACCOUNT}:errors`,
});

/** Makes commands believe that a stack is deployed to a fake AWS, until it is ended. */
export class Deployed {
  private constructor(
    readonly aws: FakeAws,
    private readonly folder: string,
    private readonly before: { cwd: string; env: NodeJS.ProcessEnv },
  ) {}

  /** @param outputs that differ, for example of a queue on another server */
  static async to(answer: Parameters<typeof fakeAws>[0], outputs: object = {}): Promise<Deployed> {
    const aws = await fakeAws(answer);
    const folder = await mkdtemp(path.join(tmpdir(), 'deployed-'));
    await writeFile(
      path.join(folder, 'outputs.json'),
      JSON.stringify({ stack: { ...outputsAt(aws.endpoint), ...outputs } }),
    );
    const deployed = new Deployed(aws, folder, { cwd: process.cwd(), env: { ...process.env } });
    process.chdir(folder);
    Object.assign(process.env, deployed.env);
    return deployed;
  }

  /** What a command in a process of its own needs besides the folder. */
  get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.aws.endpoint,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_MAX_ATTEMPTS: '1',
    };
  }

  async end(): Promise<void> {
    process.chdir(this.before.cwd);
    for (const name of Object.keys(this.env)) {
      if (this.before.env[name] === undefined) delete process.env[name];
      else process.env[name] = this.before.env[name];
    }
    await this.aws.close();
    await rm(this.folder, { recursive: true });
  }
}
