import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readExecutions } from '../../local-aws/history';
import { start } from './start';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'again '));
});
afterAll(() => rm(folder, { recursive: true }));

test('start shows a first picture once, and starts again with its data', async () => {
  const data = path.join(folder, 'data');
  const first = await start(['--data', data]);
  expect(first).toEqual({ code: 0, output: expect.stringContaining('A first picture') });

  const second = await start(['--data', data]);
  expect(second).toEqual({ code: 0, output: expect.not.stringContaining('A first picture') });
  expect(readExecutions(data)).toHaveLength(1);
});
