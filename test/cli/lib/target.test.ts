import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { call } from '../call';

const PROJECT = process.cwd();
let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'nowhere-'));
  process.chdir(cwd);
});

afterEach(async () => {
  process.chdir(PROJECT);
  await rm(cwd, { recursive: true });
});

test.each([
  ['doctor', []],
  ['executions', ['--aws']],
  ['redrive', []],
  ['replay', ['--key', 'photo.jpg']],
  ['stuck', []],
])('%s says how to deploy when nothing is deployed', async (command, args) => {
  const { code, stderr } = await call(command, ...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Expected the outputs of a deploy in outputs\.json or in a Terraform state .*\. Run npm run deploy first/,
  );
});

test('outputs without a stack are reported', async () => {
  await writeFile('outputs.json', '{}');
  const { code, stderr } = await call('stuck');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'Expected the outputs of a stack in outputs.json but found none\n',
  });
});

test('settings for a stack that is deployed already are a wrong call', async () => {
  await writeFile('settings.json', '{}');
  const { code, stderr } = await call('stuck', '--settings', 'settings.json');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/^Expected --settings with --local only/),
  });
});
