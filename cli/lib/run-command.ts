/** The one way every command is called: reads its options, shows its help, words its errors, and sets the exit status. */

import { printable } from '../../contract/text';
import { outliveOutput } from './closed-output';
import { type Command, type Options, UsageError } from './command';
import { help, WRONG_USAGE } from './help';
import { parse } from './parse';
import { guardTerminal } from './terminal';

/** Where a command prints: standard output and standard error. */
export type Printer = Pick<typeof console, 'log' | 'error'>;

/**
 * @param argv what follows the name of the command
 * @returns the exit status
 */
export async function runCommand<O extends Options>(
  command: Command<O>,
  argv: readonly string[],
  print: Printer = console,
): Promise<number> {
  // Silence the SDK's Node-version warning: it is for people who run a service.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const unguard = guardTerminal();
  try {
    const parsed = parse(command, argv);
    if (parsed.help) {
      print.log(help(command));
      return 0;
    }
    const { ok, summary } = await command.run(parsed.values, parsed.rest);
    // With --json, standard output holds nothing but JSON.
    if (summary) (parsed.values['json'] === true ? print.error : print.log)(summary);
    return ok ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) {
      print.error(`${withPrintable(error.message, argv)}\n\n${help(command)}`);
      return WRONG_USAGE;
    }
    print.error(withPrintable((error as Error).message, argv));
    return 1;
  } finally {
    unguard();
  }
}

/** A message that repeats a word of the command line repeats no line break and no colour of it: people paste commands. */
function withPrintable(message: string, argv: readonly string[]): string {
  const words = argv.flatMap((word) => [word, word.slice(word.indexOf('=') + 1)]);
  const odd = words.filter((word) => printable(word) !== word);
  return odd.reduce((text, word) => text.replaceAll(word, printable(word)), message);
}

/** Runs a command as the program of this process. */
export async function main<O extends Options>(
  command: Command<O>,
  argv = process.argv.slice(2),
): Promise<void> {
  process.exitCode = await runCommand(command, argv, outliveOutput(command.changes === true));
}
