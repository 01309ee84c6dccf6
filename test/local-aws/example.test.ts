import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEngine } from '../../local-aws';
import { CLOSING_ORDER, Shutdown } from '../../local-aws/engine/shutdown';
import { build, run } from '../../local-aws/example/run';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'example-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the example of the README runs: an uploaded text ends in a mail', async () => {
  const { path: line, mail } = await run(folder);
  expect(line).toMatch(/^Summarize ✓ .* → Tell ✓ /);
  expect(mail).toContain('Subject: A text was summarized');
  expect(mail).toContain('To: reader@example.com');
  expect(mail).toContain('haiku.txt has 8 words.');
});

test('every part that must be closed registers when the engine opens', async () => {
  const parts = jest.spyOn(Shutdown.prototype, 'on');
  const stackFile = await build(path.join(folder, 'stack'));
  const engine = await startEngine({ dataDir: path.join(folder, 'data'), port: 0, stackFile });
  await engine.close();
  expect(new Set(parts.mock.calls.map(([part]) => part))).toEqual(new Set(CLOSING_ORDER));
  parts.mockRestore();
});
