/** Which stack a command works on, if it isn't told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openTarget } from '../../../cli/lib/target';
import { keyToBase64 } from '../../../contract/replay-command';
import { Workflow } from '../../end-to-end/workflow';
import { call } from '../call';

jest.setTimeout(120_000);

const PROJECT = process.cwd();
const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:pics';
let cwd: string;
let workflow: Workflow;

beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'nowhere-'));
  workflow = await Workflow.start({ waitScale: 0.01, log: () => {} });
});

afterAll(async () => {
  await workflow?.end();
  await rm(cwd, { recursive: true });
});

beforeEach(() => process.chdir(cwd));
afterEach(() => process.chdir(PROJECT));

/** A command as a mail has it, in a shell where nothing but the folder of the engine's data is known. */
function pasted(command: string) {
  const [, name, args = ''] = /^npm run (\w+) -- (.*)$/.exec(command) ?? [];
  return call(name!, ...args.split(' '), '--data', workflow.dataDir);
}

test('a command from a mail of the running engine works as it is pasted, and says what it works on', async () => {
  const key = "it's a 写真.jpg";
  await workflow.process(key, 'just text');
  const command = /^ {2}(npm run replay .*)$/m.exec((await workflow.mail()).at(-1)!.text)?.[1];
  expect(command).toBe(`npm run replay -- --key-base64=${keyToBase64(key)}`);
  const { stdout, stderr } = await pasted(command!);
  expect(stderr).toContain(
    `Nothing is deployed from here. Working on the engine at ${workflow.endpoint} (${workflow.dataDir}).\n`,
  );
  expect(stdout).toContain(`✗ failed      ${key}\n    UnsupportedFormat: `);
});

test('so does one from a mail about a failure that Quarantine could not handle', async () => {
  workflow.inject({ function: 'quarantine', fault: 'error' });
  await workflow.process('unhandled 写真.jpg', 'just text');
  workflow.inject();
  const mail = (await workflow.mail()).at(-1)!;
  expect(mail.subject).toBe('An image failed, and handling that too');
  const command = /(npm run replay .*)$/m.exec(mail.text.split('\n')[0]!)?.[1];
  const { stdout } = await pasted(command!);
  expect(stdout).toContain('unhandled 写真.jpg');
});

test('a stack that is deployed comes first, and the running engine is named', async () => {
  await writeFile('outputs.json', JSON.stringify({ pics: { state_machine_arn: ARN } }));
  const said = jest.spyOn(console, 'error').mockImplementation(() => {});
  const { outputs, close } = await openTarget({ local: false, data: workflow.dataDir });
  await close();
  expect(outputs).toEqual({ state_machine_arn: ARN });
  expect(said.mock.calls).toEqual([
    [`Working on the deployed stack ${ARN}. For the engine at ${workflow.endpoint}, give --local.`],
  ]);
  said.mockClear();
  // Without an engine there is only one stack that it could mean.
  await (await openTarget({ local: false, data: path.join(cwd, '.local') })).close();
  expect(said).not.toHaveBeenCalled();
  said.mockRestore();
  await rm('outputs.json');
});

test('outputs that cannot be read are not taken for none', async () => {
  await writeFile('outputs.json', '{');
  const { code, stderr } = await call('stuck', '--data', workflow.dataDir);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('outputs.json but: ') });
  await rm('outputs.json');
});

test('executions of the deployed stack are not looked for in the engine', async () => {
  const { code, stderr } = await call('executions', '--aws', '--data', workflow.dataDir);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Run npm run deploy first') });
});
