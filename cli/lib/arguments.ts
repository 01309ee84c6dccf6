import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Exit status of a command that was called wrongly. */
const WRONG_USAGE = 2;

/** Something the person who called the command can put right by calling it differently. */
export class UsageError extends Error {}

/** Runs a command: a wrong call prints why and how, and ends with 2; a failure prints what happened and ends with 1. */
export async function command(usage: string, run: () => Promise<number>): Promise<void> {
  // It speaks to those who choose the Node version of a service, not to those who run a command.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  try {
    if (process.argv.includes('--help')) console.log(usage);
    else process.exitCode = await run();
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${usage}`);
      process.exitCode = WRONG_USAGE;
      return;
    }
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

/** @throws UsageError for an option the command does not have */
export function parse<const Options extends NonNullable<ParseArgsConfig['options']>>(options: Options) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @throws UsageError when it is not a port number */
export function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) {
    throw new UsageError(`Expected a port from 0 to 65535 for --port but received "${text}"`);
  }
  return value;
}
