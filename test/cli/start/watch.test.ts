import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SFNClient, StartSyncExecutionCommand } from '@aws-sdk/client-sfn';
import { zipSync } from 'fflate';
import { type Watch, watchFunctions } from '../../../cli/start/watch';
import { type Engine, loadStack, startEngine } from '../../../local-aws';

/** The engine's example. Its function is built by zipping its one file. */
const EXAMPLE = path.resolve(__dirname, '../../../local-aws/example');

let folder: string;
let engine: Engine;
let watch: Watch;
let printed: string[];
/** Resolves with the next output. */
let nextPrinted: () => Promise<string>;

const source = () => path.join(folder, 'source', 'index.js');
const save = (code: string) => writeFile(source(), code);
const answering = (text: string) => `exports.handler = async () => ({ text: '${text}' });`;

/** Fails as a bundler does on a syntax error. */
async function build(into: string): Promise<string> {
  const code = await readFile(source());
  if (code.includes('syntax error')) throw new Error('index.js:1:1: ERROR: Unexpected "syntax"');
  await writeFile(path.join(into, 'summarize.zip'), zipSync({ 'index.js': code }));
  const stackFile = path.join(into, 'cdk.tf.json');
  await copyFile(path.join(folder, 'cdk.tf.json'), stackFile);
  return stackFile;
}

/** Runs the state machine. @returns the message it published, which is the function's answer */
async function invoke(): Promise<string> {
  const { arn } = engine.stack.stateMachines[0]!;
  const client = new SFNClient({
    endpoint: engine.endpoint,
    region: engine.stack.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    disableHostPrefix: true,
  });
  const { status, error } = await client.send(
    new StartSyncExecutionCommand({ stateMachineArn: arn, input: '{}' }),
  );
  client.destroy();
  if (status !== 'SUCCEEDED') throw new Error(`Expected an execution to succeed but it ${status}: ${error}`);
  const topic = path.join(folder, 'data', 'messages', 'example-summaries.jsonl');
  const lines = (await readFile(topic, 'utf8')).trim().split('\n');
  return JSON.parse(lines.at(-1)!).Message;
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'watch-'));
  await cp(path.join(EXAMPLE, 'summarize'), path.join(folder, 'source'), { recursive: true });
  await copyFile(path.join(EXAMPLE, 'cdk.tf.json'), path.join(folder, 'cdk.tf.json'));
  await save(answering('first'));
  const stack = path.join(folder, 'stack');
  await mkdir(stack);
  const stackFile = await build(stack);
  engine = await startEngine({ dataDir: path.join(folder, 'data'), port: 0, stackFile });
  printed = [];
  let wake = () => {};
  nextPrinted = async () => {
    while (printed.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return printed.shift()!;
  };
  watch = await watchFunctions({
    engine,
    folders: [path.join(folder, 'source')],
    stackFile,
    build,
    load: (file) => loadStack(file, { endpoint: engine.endpoint }),
    log: (text) => {
      printed.push(text);
      wake();
    },
  });
});

afterEach(async () => {
  await watch.close();
  await engine.close();
  await rm(folder, { recursive: true });
});

test('a changed function is rebuilt, and the next invocation uses it', async () => {
  expect(await invoke()).toBe('first');
  await save(answering('second'));
  expect(await nextPrinted()).toBe('Rebuilt example-summarize: in use from the next call on.');
  expect(await invoke()).toBe('second');
});

test('an error in the source is printed and the old code stays in use; a corrected source is used', async () => {
  await save('syntax error');
  expect(await nextPrinted()).toBe(
    'Not rebuilt, so the code from before stays in use:\nindex.js:1:1: ERROR: Unexpected "syntax"',
  );
  expect(await invoke()).toBe('first');
  await save(answering('third'));
  expect(await nextPrinted()).toMatch(/^Rebuilt example-summarize/);
  expect(await invoke()).toBe('third');
});

test("a change that affects more than the functions' code asks for a restart", async () => {
  const file = path.join(folder, 'cdk.tf.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"timeout": 10', '"timeout": 20'));
  await save(answering('second'));
  expect(await nextPrinted()).toMatch(/^Rebuilt example-summarize/);
  expect(await nextPrinted()).toBe(
    'More than the code of functions has changed. Stop and start the engine to run the new stack.',
  );
});
