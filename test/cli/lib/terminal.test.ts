import { nothing } from '../../../cli/executions/show';
import { runCommand } from '../../../cli/lib/run-command';
import { harmless } from '../../../cli/lib/terminal';
import { describeOutcome, keyOf } from '../../../cli/process/report';
import { stuck } from '../../../cli/stuck/command';

/** ESC, OSC 52 (which writes to the clipboard), BEL, CR, C1's CSI and OSC, a right-to-left override, and an invisible letter. */
const HOSTILE = 'a\u001b[2J\u001b]52;c;eA==\u0007\r\u009b31m\u009dx\u202egpj\u{e0065}.exe';
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\udb40]/;

test('escapes whatever controls a terminal, and lets colours and lines be', () => {
  expect(harmless(HOSTILE)).not.toMatch(CONTROLS);
  expect(harmless('\u001b[32m✓\u001b[39m café\n\tnext')).toBe('\u001b[32m✓\u001b[39m café\n\tnext');
  expect(JSON.parse(harmless(JSON.stringify({ key: HOSTILE })))).toEqual({ key: HOSTILE });
});

test('a pasted key forges no line of the answer that there is no such execution', () => {
  const { message } = nothing('a\u001b[32m\nDone.', 'the log group', { failed: false } as never);
  expect(message).toContain('the key a\\u001b[32m\\u000aDone. but');
});

test('nothing that a command prints controls the terminal, on either stream, and not in its errors', async () => {
  const printed: string[] = [];
  const spies = (['log', 'warn', 'error'] as const).map((stream) =>
    jest
      .spyOn(console, stream)
      .mockImplementation((...words: unknown[]) => void printed.push(String(words[0]))),
  );
  const before = console.log;
  await runCommand(
    {
      ...stuck,
      options: {},
      run: async () => {
        console.log(`listed ${HOSTILE}`);
        console.warn('%s', HOSTILE);
        throw new Error(`S3 says: ${HOSTILE}`);
      },
    } as never,
    [],
  );
  expect(console.log).toBe(before);
  for (const spy of spies) spy.mockRestore();
  expect(printed).toHaveLength(3);
  expect(printed.join('')).not.toMatch(CONTROLS);
});

test('the name of a file or an object cannot even colour the output', () => {
  const red = 'x\u001b[31m';
  const outcome = {
    key: red,
    file: red,
    execution: null,
    status: 'FAILED',
    thumbnails: [],
    durationMs: 0,
  } as const;
  const lines = describeOutcome({ ...outcome, error: { name: 'NotStarted', message: red } } as never, null);
  expect(lines).not.toContain('\u001b[31m\n');
  expect(lines.split('\n')[0]).toMatch(/x\\u001b\[31m$/);
  const started = { details: { input: JSON.stringify({ detail: { object: { key: HOSTILE } } }) } };
  expect(keyOf([started] as never)).not.toMatch(CONTROLS);
});
