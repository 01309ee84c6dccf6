/** How to call a command, from its data: as text for a terminal, and as tables for docs/commands.md. */
import { type Command, callOf, type Options } from './command';

/** Exit status of a command that was called wrongly. */
export const WRONG_USAGE = 2;

const WIDTH = 100;

/** What `--help` prints. */
export function help(command: Command): string {
  const parts = [
    `Usage: ${usage(command)}`,
    wrap(command.summary),
    columns(rows(command)),
    ...(command.details ?? []).map((paragraph) => wrap(paragraph)),
    `Exit status:\n\n${columns(exits(command))}`,
  ];
  return parts.join('\n\n');
}

function usage(command: Command): string {
  const required = Object.entries<Options[string]>(command.options).flatMap(([name, option]) =>
    'required' in option ? [`--${name} ${option.value}`] : [],
  );
  const after = command.arguments ? [command.arguments.usage] : [];
  return [callOf(command), '--', ...required, '[OPTIONS]', ...after].join(' ');
}

const exits = ({ exit }: Command): [status: string, meaning: string][] => [
  ['0', exit[0]],
  ['1', exit[1]],
  [String(WRONG_USAGE), 'the command was called wrongly'],
];

/** Each option and argument, with what it means. */
function rows(command: Command): [name: string, meaning: string][] {
  return [
    ...Object.entries<Options[string]>(command.options).map(([name, option]): [string, string] => [
      nameOf(name, option),
      meaningOf(option),
    ]),
    ...(command.arguments ? [[command.arguments.usage, command.arguments.help] as [string, string]] : []),
    ['--help', 'show this'],
  ];
}

const nameOf = (name: string, option: Options[string]) =>
  'value' in option ? `--${name} ${option.value}` : `--${name}`;

function meaningOf(option: Options[string]): string {
  const { default: text, defaultHelp } = option as { default?: string; defaultHelp?: string };
  const shown = defaultHelp ?? text;
  return shown === undefined ? option.help : `${option.help} (default: ${shown})`;
}

function columns(rows: [string, string][]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const indent = width + 4;
  return rows.map(([name, meaning]) => `  ${name.padEnd(width)}  ${wrap(meaning, indent)}`).join('\n');
}

/** Breaks a text into lines; those after the first are indented. */
function wrap(text: string, indent = 0): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line && indent + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** A table of the options and arguments of a command and its exit statuses, as Markdown. */
export function reference(command: Command): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  return [
    '| option | |',
    '|---|---|',
    ...rows(command)
      .filter(([name]) => name !== '--help')
      .map(([name, meaning]) => `| \`${cell(name)}\` | ${cell(meaning)} |`),
    '',
    `Exit status: ${exits(command)
      .map(([status, meaning]) => `${status} ${meaning}`)
      .join(', ')}.`,
  ].join('\n');
}

const SECTION = /(<!-- options of (\S+) -->\n)[\s\S]*?(<!-- end -->)/g;

/**
 * @param document in Markdown, with a pair of comments around the place of each table
 * @throws Error for a command that is not there, and for one that has no place
 */
export function withReferences(document: string, commands: readonly Command[]): string {
  const left = new Map(commands.map((command) => [command.name, command]));
  const written = document.replace(SECTION, (_, start: string, name: string, end: string) => {
    const command = left.get(name);
    if (!command) throw new Error(`Expected the name of one command, once, but found "${name}"`);
    left.delete(name);
    return `${start}\n${reference(command)}\n\n${end}`;
  });
  if (left.size > 0) throw new Error(`No table has a place for ${[...left.keys()].join(', ')}`);
  return written;
}
