import { appendFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LineFile } from '../../local-aws/line-file';

const folder = mkdtempSync(path.join(tmpdir(), 'lines-'));

test('lines arrive in order', async () => {
  const lines = new LineFile(path.join(folder, 'ordered'));
  for (let n = 0; n < 100; n++) lines.append(String(n));
  await lines.flushed();
  lines.append('last');
  await lines.close();
  lines.append('too late');
  const expected = [...Array.from({ length: 100 }, (_, n) => String(n)), 'last', ''];
  expect(readFileSync(lines.file, 'utf8').split('\n')).toEqual(expected);
});

test('a line that a crash has cut short is not continued', async () => {
  const file = path.join(folder, 'cut');
  appendFileSync(file, '{"half of a l');
  const lines = new LineFile(file);
  lines.append('whole');
  await lines.close();
  expect(readFileSync(file, 'utf8')).toBe('{"half of a l\nwhole\n');
});

test('while nothing can be written, lines are lost, which is reported, and nothing else happens', async () => {
  const file = path.join(folder, 'missing', 'log');
  const lost: string[] = [];
  const lines = new LineFile(file, (line) => lost.push(line));
  lines.append('lost');
  await lines.flushed();
  mkdirSync(path.dirname(file));
  lines.append('kept');
  await lines.close();
  expect(lost).toEqual([expect.stringMatching(/log lacks lines from now on: ENOENT/)]);
  expect(readFileSync(file, 'utf8')).toBe('\nkept\n');
});
