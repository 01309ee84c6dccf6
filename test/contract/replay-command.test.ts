import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { decodeKey, replayCommand } from '../../contract/replay-command';

const KEYS = [
  'photo.jpg',
  'it\'s $HOME `id` "here" \\ & more; #1 !x *.jpg',
  '-rf.jpg',
  '--key=other.jpg',
  '%41.jpg',
  'Größe/写真/🏔.jpg',
  'a\nb\r\n.jpg',
  "line\n'; touch pwned; '.jpg",
  'tab\t.jpg',
  'trailing newline\n',
  'right\u202eto left.gpj',
  '\u0000\u0007.jpg',
  'a\u2028b%20(c)*!.jpg',
  '  spaces  .jpg',
  "'",
];

/** What a program gets from a POSIX shell that runs the command, in place of npm. */
function argumentsOf(command: string): string[] {
  const script = command.replace('npm run replay --', "printf '%s\\0'");
  return execFileSync('sh', ['-c', script]).toString().split('\0').slice(0, -1);
}

test.each(KEYS.map((key) => [JSON.stringify(key), key]))('%s passes through a shell unchanged', (_, key) => {
  const command = replayCommand(key);
  const { values } = parseArgs({
    args: argumentsOf(command),
    options: { key: { type: 'string' }, 'encoded-key': { type: 'string' } },
  });
  const encoded = values['encoded-key'];
  expect(values.key ?? decodeKey(encoded as string)).toBe(key);
});

test('a command stays on one line, without characters that control or disguise the text', () => {
  for (const key of KEYS) expect(replayCommand(key)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
});

test('a readable key stays readable', () => {
  expect(replayCommand('uploads/canyon.jpg')).toBe('npm run replay -- --key=uploads/canyon.jpg');
  expect(replayCommand('a\nb.jpg')).toBe('npm run replay -- --encoded-key=a%0Ab.jpg');
});
