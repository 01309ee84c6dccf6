import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../run';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'nowhere-'));
});

afterEach(() => rm(cwd, { recursive: true }));

test.each([
  ['doctor', []],
  ['executions', ['--aws']],
  ['redrive', []],
  ['replay', ['--key', 'photo.jpg']],
  ['stuck', []],
])('%s says how to deploy where nothing is deployed', async (command, args) => {
  const { code, stderr } = await run(command, args, { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^Expected the outputs of a deploy in outputs\.json but: .*\. Run npm run deploy first/,
  );
});

test('outputs of no stack are said to be none', async () => {
  await writeFile(path.join(cwd, 'outputs.json'), '{}');
  const { code, stderr } = await run('stuck', [], { cwd });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'Expected the outputs of a stack in outputs.json but found none\n',
  });
});
