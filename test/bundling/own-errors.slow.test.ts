/**
 * A bundle has only the errors of the operations that its function uses (bundling/adapted-aws-clients.ts). Each error that a
 * service may answer must be the same as with the client as npm installed it.
 */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/transport';
import { buildSync } from 'esbuild';
import { adaptedPackages } from '../../bundling/adapted-packages';
import { asWorkflowError } from '../../functions/lib/runtime/aws-errors';
import { COMMANDS } from './commands';
import { project, ROOT } from './project';

type Schema = [-3, namespace: string, name: string, traits: { awsQueryError?: [code: string] }];
type Described = Record<string, unknown>;
interface Client {
  config: { protocolSettings: { errorTypeRegistries: { schemas: Map<string, Schema> }[] } };
  send(command: object): Promise<never>;
}
type Package = Record<string, new (input: object) => never>;

/** All that an operation may need, so that a request can be made. */
const INPUT = {
  ...{ Bucket: 'bucket', Key: 'key', CopySource: 'bucket/key', Delete: { Objects: [] }, Body: 'text' },
  ...{
    TableName: 'table',
    QueueUrl: 'https://sqs.us-east-1.amazonaws.com/0/queue',
    ReceiptHandle: 'receipt',
  },
  ...{ MessageBody: 'text', VisibilityTimeout: 0, TopicArn: 'arn:aws:sns:us-east-1:000000000000:topic' },
  ...{ Message: 'text', stateMachineArn: 'arn', input: '{}', RequestItems: {}, TransactItems: [] },
};

/** What a service sends for an error, in the way of its protocol. */
function body(service: string, code: string): string {
  if (service === 's3') return `<Error><Code>${code}</Code><Message>about it</Message></Error>`;
  if (service === 'sns') {
    return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>about it</Message></Error></ErrorResponse>`;
  }
  return JSON.stringify({ __type: `x#${code}`, message: 'about it', Item: { id: { S: 'key' } } });
}

/** What the error of an operation is like, for our code and for readers of logs. */
async function thrown(client: Client, command: object): Promise<Described> {
  const error = await client.send(command).catch((caught: Error) => caught);
  const { name, message, ...fields } = error as Error;
  const workflow = asWorkflowError(error);
  return {
    ...fields,
    name,
    message,
    type: error instanceof Error,
    workflow: [workflow.name, workflow.message],
  };
}

/** Of each command, a bundle that has nothing but it and its client. */
const bundles = (() => {
  const root = project(
    'errors',
    Object.fromEntries(
      COMMANDS.map((line, at) => {
        const [name, command] = line.split(' ') as [string, string];
        return [`${at}.js`, `export { ${typeOf(name)}, ${command} } from '${name}';`];
      }),
    ),
  );
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: COMMANDS.map((_, at) => `${at}.js`),
    outdir: join(root, 'out'),
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    alias: adaptedPackages(ROOT),
    logLevel: 'error',
  });
  return COMMANDS.map((_, at) => {
    const { text } = outputFiles.find(({ path }) => path === join(root, 'out', `${at}.js`))!;
    const module: { exports: Package } = { exports: {} };
    new Function('module', 'exports', 'require', text)(module, module.exports, require);
    return module.exports;
  });
})();

function typeOf(name: string): string {
  const service = name.slice('@aws-sdk/client-'.length);
  return `${service === 'dynamodb' ? 'DynamoDB' : service.toUpperCase()}Client`;
}

test.each(COMMANDS.map((line, at) => [line, at] as const))(
  'errors of %s are the same as without adapting its client',
  async (line, at) => {
    const [name, command] = line.split(' ') as [string, string];
    let code = '';
    const service = name.slice('@aws-sdk/client-'.length);
    const requestHandler = {
      handle: async () => ({
        response: new HttpResponse({
          statusCode: 400,
          headers: {},
          body: Readable.from([Buffer.from(body(service, code))]),
        }),
      }),
    };
    const config = {
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler,
    };
    const [plain, adapted] = [require(name) as Package, bundles[at]!].map((module) => {
      const client = new module[typeOf(name)]!(config) as Client;
      return { client, send: () => thrown(client, new module[command]!(INPUT)) };
    });
    const [all, own] = [plain!, adapted!].map(({ client }) =>
      client.config.protocolSettings.errorTypeRegistries.flatMap(({ schemas }) => [...schemas.values()]),
    );
    const names = own!.map(([, , error]) => error);
    expect(all!.length).toBeGreaterThanOrEqual(own!.length);
    let count = 0;
    for (const [, , error, { awsQueryError }] of [...all!, [-3, '', 'NeverHeardOf', {}] as Schema]) {
      code = (service === 'sns' && awsQueryError?.[0]) || error;
      const [before, now] = [await plain!.send(), await adapted!.send()];
      // SNS sends a code in place of a name. That of an error of another operation stays as it is.
      const isOwn = names.includes(error);
      expect(now).toEqual(
        isOwn || service !== 'sns' ? before : { ...before, name: now['name'], workflow: now['workflow'] },
      );
      if (!isOwn) expect(now['name']).toBe(code);
      count++;
    }
    expect(count).toBeGreaterThan(5);
  },
);
