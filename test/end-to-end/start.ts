import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

export const PROJECT = path.resolve(__dirname, '..', '..');

/**
 * Runs `npm start` until it is ready, and interrupts it.
 *
 * @param args besides its port
 * @param meanwhile called when it is ready, with what it has printed
 */
export async function start(
  args: string[],
  meanwhile = async (_output: string) => {},
): Promise<{ output: string; code: unknown }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', path.join('cli', 'main.ts'), 'start', '--port', '0', ...args],
    { cwd: PROJECT },
  );
  const output = await read(child, /npm run executions -- --data \S.*\n/);
  await meanwhile(output);
  child.kill('SIGINT');
  const code = await new Promise((resolve) => child.once('exit', resolve));
  return { output, code };
}

function read(child: ChildProcess, until: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const take = (chunk: Buffer) => {
      output += chunk;
      if (until.test(output)) resolve(output);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${output}`)));
  });
}
