/** Runs a process in the environment of a function and measures it. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Bundle } from './bundles';
import { ENVIRONMENT } from './environment';
import type { Storage } from './storage';

/** Milliseconds. CPU time is user and system together, which other work on the machine changes far less. */
export interface Cost {
  cpu: number;
  wall: number;
}

/** A Node to measure with. */
export interface Runtime {
  node: string;
  flags: string[];
}

/** A whole process, from its start to its end. */
export async function start(
  { environment }: Storage,
  program: string,
  args: string[],
): Promise<{ cost: Cost; stdout: string }> {
  // Pass on nothing of this process's environment: a profiler or a flag in it would be measured too.
  const env = { PATH: process.env['PATH'], HOME: tmpdir(), ...ENVIRONMENT, ...environment };
  // bash can report the time of its children; Node can't.
  const script = 'TIMEFORMAT="%R %U %S"; time "$@"';
  return new Promise((resolve, reject) =>
    execFile('bash', ['-c', script, 'bash', program, ...args], { env }, (error, stdout, stderr) => {
      if (error) return reject(error);
      const [wall, user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
      resolve({ cost: { cpu: (user! + system!) * 1_000, wall: wall! * 1_000 }, stdout });
    }),
  );
}

/** Loads a bundle and, if there is an event, invokes it. */
export async function invoke(
  storage: Storage,
  { node, flags }: Runtime,
  { file }: Bundle,
  event?: string,
): Promise<{ whole: Cost; load: Cost }> {
  const script = path.join(__dirname, 'invoke.mjs');
  const { cost, stdout } = await start(storage, node, [...flags, script, file, ...(event ? [event] : [])]);
  return { whole: cost, load: JSON.parse(stdout.split('\n')[0]!) as Cost };
}
