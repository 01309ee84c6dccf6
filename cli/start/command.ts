import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import PostalMime from 'postal-mime';
import {
  type Engine,
  type Existing,
  empty,
  loadStack,
  type StateChange,
  USER_CREDENTIALS,
} from '../../local-aws';
import { pathLine, summarize } from '../../local-aws/graph';
import { type Execution, readHistory } from '../../local-aws/history';
import { command, parse, port } from '../lib/arguments';
import { existing, faults } from '../lib/engine-files';
import { PROJECT, synthesize, synthesizedIn } from '../lib/synthesize';
import { startWorkflowEngine } from '../lib/workflow-engine';
import { keyOf, paint, relative } from '../process/report';
import { describeEndpoints, openUploadPage } from './endpoints';
import { type Watch, watchFunctions } from './watch';

const USAGE = `Usage: npm start -- [--port N] [--data DIR] [--faults FILE]
                      [--existing FILE] [--fresh] [--watch]

Runs the synthesized stack on this machine until Ctrl-C.

  --port N         port on 127.0.0.1, 0 for any that is free  (default: 4566);
                   CDN, API and page get the ones after it
  --data DIR       where everything is kept  (default: .local)
  --faults FILE    what is to go wrong: docs/local-engine.md
  --existing FILE  what the account holds besides the stack: docs/local-engine.md
  --fresh          begin with an empty data folder
  --watch          rebuild a function when its code changes, and use it from the next call on`;

/** Shown on a fresh start: a picture stored on its side and in Display P3, as phones store them. */
const SAMPLE = path.join(__dirname, 'sample', 'canyon.jpg');

command(USAGE, async () => {
  const { values } = parse({
    port: { type: 'string', default: '4566' },
    data: { type: 'string', default: '.local' },
    faults: { type: 'string' },
    existing: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
  });
  const dataDir = path.resolve(values.data);
  const options = {
    dataDir,
    port: port(values.port),
    faults: faults(values.faults),
    existing: existing(values.existing),
  };
  if (values.fresh) empty(dataDir);
  const first = !existsSync(path.join(dataDir, 'executions'));

  console.log('Synthesizing the stack …');
  const engine = await startWorkflowEngine({
    ...options,
    timers: true,
    onExecution: (ended) => report(dataDir, ended),
    onAlarm: reportAlarm,
  });
  const interrupted = new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
  if (first) await showSample(engine, dataDir);
  const page = await openUploadPage(engine, options.port);
  console.log(welcome(engine, dataDir));
  console.log(await describeEndpoints(engine, page));
  const watch = values.watch ? await watchSources(engine, options) : undefined;
  await interrupted;
  console.log('\nStopping. What is under way is done again at the next start.');
  await watch?.close();
  await page?.close();
  await engine.close();
  return 0;
});

/** Watches what the functions are built from. */
async function watchSources(
  { endpoint, replaceFunction }: Engine,
  { dataDir, existing }: { dataDir: string; existing?: Existing },
): Promise<Watch> {
  const folders = ['functions', 'contract'];
  const watch = await watchFunctions({
    engine: { replaceFunction },
    folders: folders.map((folder) => path.join(PROJECT, folder)),
    stackFile: await synthesizedIn(path.join(dataDir, 'synth')),
    build: (folder) => synthesize(folder),
    load: (file) => loadStack(file, { endpoint }, existing),
    log: (text) => console.log(text),
  });
  console.log(`Watching ${folders.map((folder) => `${folder}/`).join(' and ')} for changes.`);
  return watch;
}

/** One line for each execution that has ended. */
function report(dataDir: string, { id }: Execution): void {
  const history = readHistory(dataDir, id);
  console.log(`${id.slice(0, 8)}  ${keyOf(history)}\n          ${pathLine(summarize(history))}`);
}

/** One line for each alarm that goes off, or is over. That an alarm is all right at first is no news. */
function reportAlarm({ alarm, from, to, reason }: StateChange): void {
  if (to === 'OK' && from === 'INSUFFICIENT_DATA') return;
  console.log(`${paint(to === 'OK' ? 'green' : 'red', to)}  ${alarm.name}: ${reason}`);
}

/** Uploads the sample and shows all that came of it: the path, the record, the thumbnail and the mail. */
async function showSample(engine: Engine, dataDir: string): Promise<void> {
  const { outputs, region } = engine.stack;
  const config = { endpoint: engine.endpoint, region, credentials: USER_CREDENTIALS };
  const bucket = outputs['uploads_bucket'] as string;
  const key = `${outputs['uploads_prefix']}canyon.jpg`;
  const file = relative(SAMPLE);

  console.log(`\nA first picture: ${file}\n`);
  const body = await readFile(SAMPLE);
  await new S3Client(config).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  await engine.idle();

  const { Item } = await new DynamoDBClient(config).send(
    new GetItemCommand({
      TableName: outputs['records_table'] as string,
      Key: { id: { S: `${bucket}/${key}` } },
    }),
  );
  const { status, image, thumbnails, updatedAt } = unmarshall(Item ?? {});
  console.log(`\nThe record in DynamoDB, in part:\n`);
  console.log(indent(JSON.stringify({ status, image, thumbnails, updatedAt }, null, 2)));

  const mail = path.join(dataDir, 'mail');
  const topic = String(outputs['processed_topic_arn']).split(':').at(-1) as string;
  const letters = (await readdir(mail).catch(() => [])).filter((name) => name.includes(topic));
  const letter = letters.sort().at(-1);
  if (!letter) return;
  const { subject, text } = await PostalMime.parse(await readFile(path.join(mail, letter)));
  console.log(`\nThe email, ${relative(path.join(mail, letter))}:\n`);
  console.log(indent(`${subject}\n\n${text?.split('\n--\n')[0]?.trim()}`));
}

function welcome({ endpoint, stack }: Engine, dataDir: string): string {
  const { outputs, region } = stack;
  const credentials = `AWS_ACCESS_KEY_ID=${USER_CREDENTIALS.accessKeyId} AWS_SECRET_ACCESS_KEY=${USER_CREDENTIALS.secretAccessKey}`;
  const upload = String(outputs['upload_command']).replace(/^aws /, `aws --endpoint-url ${endpoint} `);
  return `
thumbnail-workflow is running on this machine. Ctrl-C stops it.

  Endpoint     ${endpoint}
  Uploads      s3://${outputs['uploads_bucket']}
  Thumbnails   s3://${outputs['thumbnails_bucket']}
  Quarantine   s3://${outputs['quarantine_bucket']}
  Records      ${outputs['records_table']} (DynamoDB)
  Mail         ${relative(path.join(dataDir, 'mail'))}
  Logs         ${relative(path.join(dataDir, 'logs'))}
  Credentials  ${credentials} AWS_DEFAULT_REGION=${region}

Upload a picture, with the AWS CLI:

  export ${credentials} AWS_DEFAULT_REGION=${region}
  ${upload}

or without it, in another terminal:

  npm run process -- photo.jpg

See what happened:

  npm run executions
`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
