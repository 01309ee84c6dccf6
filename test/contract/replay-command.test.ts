import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { keyFromBase64, keyToBase64, replayCommand } from '../../contract/replay-command';
import { anyText } from './any-text';

const KEYS = [
  'photo.jpg',
  'it\'s $HOME `id` "here" \\ & more; #1 !x *.jpg',
  "a\\'; touch pwned; #.jpg",
  '(touch pwned).jpg',
  '$(touch pwned).jpg',
  '`touch pwned`.jpg',
  "'; touch pwned; '.jpg",
  '"; touch pwned; ".jpg',
  '| touch pwned',
  '> pwned',
  '& touch pwned &.jpg',
  '{touch,pwned}.jpg',
  '%COMSPEC% %PATH%.jpg',
  '^& touch pwned.jpg',
  '-rf.jpg',
  '--key=other.jpg',
  '~root/photo.jpg',
  '%41.jpg',
  'Größe/写真/🏔.jpg',
  'a\nb\r\n.jpg',
  "line\n'; touch pwned; '.jpg",
  'line\ntouch pwned\n.jpg',
  'tab\t.jpg',
  'trailing newline\n',
  'right\u202eto left.gpj',
  '\ufeffbyte order mark.jpg',
  '\u0007.jpg',
  'a\u2028b%20(c)*!.jpg',
  '  spaces  .jpg',
  "'",
  '',
];

/** Shells, and how each runs a script. Those that are not installed are left out, which the title of the test says. */
const SHELLS = ['sh', 'bash', 'dash', 'zsh', 'fish'].map((shell) => {
  const installed = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .some((folder) => existsSync(path.join(folder, shell)));
  return { shell, installed, title: installed ? shell : `${shell} (skipped: not installed)` };
});

const readKey = (args: string[]) => {
  const { values } = parseArgs({
    args,
    options: { key: { type: 'string' }, 'key-base64': { type: 'string' } },
  });
  return values.key ?? keyFromBase64(values['key-base64'] as string);
};

describe.each(SHELLS)('pasted into $title, a command', ({ shell, installed }) => {
  (installed ? test : test.skip)('gives the program the key, and does nothing else, whatever the key', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'shell-'));
    // One shell runs all commands, each with a program that prints what it gets in place of npm.
    const keys = KEYS.filter((key) => key !== '');
    const script = keys.map((key) => replayCommand(key).replace('npm run replay --', "printf '%s\\n'"));
    const printed = execFileSync(shell, ['-c', script.join('\n')], { cwd: folder }).toString();
    expect(
      printed
        .trimEnd()
        .split('\n')
        .map((line) => readKey([line])),
    ).toEqual(keys);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});

test('a command has only characters that no shell takes for anything else, whatever the key', () => {
  fc.assert(
    fc.property(anyText, (key) => {
      expect(replayCommand(key)).toMatch(/^npm run replay -- --key(-base64)?=[A-Za-z0-9._/-]*$/);
    }),
    { numRuns: 1_000 },
  );
});

test('a readable key stays readable', () => {
  expect(replayCommand('uploads/canyon.jpg')).toBe('npm run replay -- --key=uploads/canyon.jpg');
  expect(replayCommand('a\nb.jpg')).toBe('npm run replay -- --key-base64=YQpiLmpwZw');
});

test('a key in Base64 can be read again, also as Step Functions writes it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const key = `k${text.replace(/\p{Cs}/gu, '\ufffd')}`;
      expect(keyFromBase64(keyToBase64(`k${text}`))).toBe(Buffer.from(`k${text}`).toString());
      expect(keyFromBase64(Buffer.from(key).toString('base64'))).toBe(key);
    }),
  );
});

test.each(['', '%zz', 'a b', '/w==', 'a\n'])('%j is no key in Base64', (text) => {
  expect(() => keyFromBase64(text)).toThrow(TypeError);
});
