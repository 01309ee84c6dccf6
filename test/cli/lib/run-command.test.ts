import { allCommands } from '../../../cli/commands';
import { type Command, defineCommand, UsageError } from '../../../cli/lib/command';
import { count, positive, settingsFile, within } from '../../../cli/lib/options';
import { runCommand } from '../../../cli/lib/run-command';

/** What a call prints, and its exit status. */
async function call(command: Command, ...argv: string[]) {
  const printed = { log: '', error: '' };
  const code = await runCommand(command, argv, {
    log: (text: string) => {
      printed.log += `${text}\n`;
    },
    error: (text: string) => {
      printed.error += `${text}\n`;
    },
  });
  return { code, ...printed };
}

let given: unknown;
const paint = defineCommand({
  name: 'paint',
  summary: 'Paints a wall.',
  options: {
    colour: { value: 'NAME', required: true, help: 'of the wall' },
    coats: { value: 'N', default: '1', read: count, help: 'how many' },
    brush: { value: 'CM', read: positive, help: 'its width', defaultHelp: 'a roller' },
    dry: { help: 'wait until it is dry' },
    json: { help: 'print JSON' },
  },
  arguments: { usage: 'WALL…', help: 'walls' },
  details: ['Open a window.'],
  exit: { 0: 'painted', 1: 'not painted' },
  run: async (values, rest) => {
    given = { values, rest };
    if (values.colour === 'plaid') throw new Error('There is no plaid paint.');
    if (values.colour === 'air') throw new UsageError('Expected a colour that can be seen');
    return { ok: values.colour !== 'grey', summary: `Painted ${values.colour}.` };
  },
});

test('values have the types and defaults of their options, and arguments may stand anywhere', async () => {
  const { code, log } = await call(paint, 'north', '--colour', 'red', '--coats=2', '--dry', 'south');
  expect({ code, log }).toEqual({ code: 0, log: 'Painted red.\n' });
  expect(given).toEqual({
    values: { colour: 'red', coats: 2, brush: undefined, dry: true, json: false },
    rest: ['north', 'south'],
  });
});

test('the exit status is 1 when it did not succeed, with its summary or its error', async () => {
  expect(await call(paint, '--colour', 'grey')).toEqual({ code: 1, log: 'Painted grey.\n', error: '' });
  expect(await call(paint, '--colour', 'plaid')).toEqual({
    code: 1,
    log: '',
    error: 'There is no plaid paint.\n',
  });
});

test.each([
  ['an option that there is none of', ['--colour', 'red', '--\u001b[32mfine\nPainted']],
  ['the value of an option', ['--colour', 'red', '--coats=\u001b[32mone\nPainted']],
])('%s is named without the colours and line breaks of a pasted command', async (_, argv) => {
  const { error } = await call(paint, ...argv);
  expect(error).toContain('\\u001b[32m');
  expect(error).toContain('\\u000aPainted');
  expect(error).not.toContain('\u001b');
  expect(error).not.toMatch(/^Painted/m);
});

test('with --json the summary goes to standard error', async () => {
  expect(await call(paint, '--colour', 'red', '--json')).toEqual({
    code: 0,
    log: '',
    error: 'Painted red.\n',
  });
});

test.each([
  ['an unknown option', ['--color', 'red'], 'There is no option --color.'],
  ['a name that every object has', ['--toString'], 'There is no option --toString.'],
  ['an option without its value', ['--colour'], 'Expected a value: --colour NAME.'],
  ['an option followed by another', ['--colour', '--dry'], 'an equals sign: --colour=--dry'],
  ['a value for a flag', ['--dry=yes'], '--dry takes no value but received "yes".'],
  ['no required option', [], 'Expected --colour NAME.'],
  ['a value that cannot be read', ['--colour', 'red', '--coats', '0'], 'Expected a positive whole number'],
  ['a value that only the command can check', ['--colour', 'air'], 'Expected a colour that can be seen'],
])('%s ends with 2, with what is wrong and how to call it', async (_, argv, message) => {
  const { code, log, error } = await call(paint, ...argv);
  expect({ code, log }).toEqual({ code: 2, log: '' });
  expect(error).toContain(message);
  expect(error).toContain('\n\nUsage: npm run paint -- --colour NAME [OPTIONS] WALL…\n');
});

test('arguments that no command takes are refused', async () => {
  const { arguments: _, ...command } = paint;
  expect(await call(command, '--colour', 'red', 'north')).toMatchObject({
    code: 2,
    error: expect.stringContaining('Expected nothing besides options but received "north".'),
  });
});

test('a command may pass on options that are not its own', async () => {
  const passing = { ...paint, arguments: { usage: 'REST', help: '', withOptions: true as const } };
  await call(passing, '--colour', 'red', '--auto-approve', 'stack', '--parallelism=2', '--dry');
  expect(given).toMatchObject({
    values: { colour: 'red', dry: true },
    rest: ['--auto-approve', 'stack', '--parallelism=2'],
  });
});

test.each([['--help'], ['-h'], ['--color', '--help']])('%s prints how to call it', async (...argv) => {
  expect(await call(paint, ...argv)).toEqual({
    code: 0,
    error: '',
    log: `Usage: npm run paint -- --colour NAME [OPTIONS] WALL…

Paints a wall.

  --colour NAME  of the wall
  --coats N      how many (default: 1)
  --brush CM     its width (default: a roller)
  --dry          wait until it is dry
  --json         print JSON
  WALL…          walls
  --help         show this

Open a window.

Exit status:

  0  painted
  1  not painted
  2  the command was called wrongly
`,
  });
});

test('every command explains each of its options, in lines that fit a terminal', async () => {
  const commands = await allCommands();
  expect(commands.length).toBeGreaterThan(5);
  for (const command of commands) {
    const { code, log } = await call(command, '--help');
    expect(code).toBe(0);
    expect(log).toMatch(/^Usage: npm (run \w+|start) -- /);
    for (const name of Object.keys(command.options)) expect(log).toContain(`  --${name}`);
    for (const line of log.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  }
});

test('numbers keep to their bounds', () => {
  expect(within(0, 100)('100', '--failing')).toBe(100);
  expect(within(0, 100)('0', '--failing')).toBe(0);
  for (const text of ['100.1', '-1', '', ' ', 'x']) {
    expect(() => within(0, 100)(text, '--failing')).toThrow('Expected a number from 0 to 100 for --failing');
  }
});

test('a settings file that is not there is a wrong call', () => {
  expect(() => settingsFile('nowhere.json', '--settings')).toThrow(
    /^Expected a settings file for --settings but there is nothing at .*nowhere\.json$/,
  );
});
