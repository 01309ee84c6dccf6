import { format } from 'node:util';
import { COMMANDS } from '../../cli/commands';
import { runCommand } from '../../cli/lib/run-command';
import type { Ran } from './run';

/**
 * Calls a command in this process, like its npm script but without starting a process. The command uses the test's working
 * folder and environment variables.
 */
export async function call(name: string, ...args: string[]): Promise<Ran> {
  const printed = { log: [] as string[], error: [] as string[] };
  const spies = (['log', 'error'] as const).map((stream) =>
    jest.spyOn(console, stream).mockImplementation((...words) => {
      printed[stream].push(`${format(...words)}\n`);
    }),
  );
  // As if output were piped, even when a person runs one test in a terminal.
  const terminals = [process.stdout, process.stderr].map((stream) => ({ stream, isTTY: stream.isTTY }));
  for (const { stream } of terminals) stream.isTTY = false;
  try {
    const load = COMMANDS[name];
    if (!load) throw new Error(`There is no command ${name}`);
    const code = await runCommand(await load(), args);
    return { code, stdout: printed.log.join(''), stderr: printed.error.join('') };
  } finally {
    for (const { stream, isTTY } of terminals) stream.isTTY = isTTY;
    for (const spy of spies) spy.mockRestore();
  }
}
