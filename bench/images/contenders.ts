/** The programs that are compared. Each makes thumbnails of a file and reports how much CPU time it took. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import type { Answer, Job } from './jobs';

const MODULES = path.resolve(__dirname, '../../node_modules');

/** The same value as the function has: stacks/functions/thumbnail.ts. */
const OURS = { ...process.env, MALLOC_ARENA_MAX: '1', NODE_PATH: MODULES };

/** Compiles the jobs, so that they run in a process like a function's. @returns the program, in `folder` */
export function compileJobs(folder: string): string {
  const outfile = path.join(folder, 'jobs.cjs');
  buildSync({
    entryPoints: [path.join(__dirname, 'jobs.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    external: ['sharp'],
    logLevel: 'silent',
  });
  return outfile;
}

/** CPU time of a whole process of ours, including the start of Node. */
export const oursAsProgram = (jobs: string, job: Job) =>
  cpuOf(process.execPath, [jobs, JSON.stringify(job)], OURS);

/** A process that keeps running, like a warm function: its start isn't counted. */
export class Warm {
  private readonly answers: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcess) {
    this.answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  /** Our render, or sharp as most programs use it. @param jobs the program from {@link compileJobs} */
  static node(jobs: string): Warm {
    return new Warm(spawn(process.execPath, [jobs], { env: OURS, stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  /** @param python an interpreter that has Pillow */
  static pillow(python: string): Warm {
    return Warm.python(path.join(__dirname, 'pillow.py'), python);
  }

  /** @param script that answers each line of JSON with another */
  static python(script: string, python = process.env['PYTHON'] ?? 'python3'): Warm {
    return new Warm(spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  async run<Of = Answer>(job: Partial<Job> | { do: string; [name: string]: unknown }): Promise<Of> {
    this.child.stdin?.write(`${JSON.stringify(job)}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`Expected an answer to ${JSON.stringify(job)} but the process ended`);
    return JSON.parse(value) as Of;
  }

  end(): void {
    this.child.stdin?.end();
  }
}

/** The programs that are started for each picture, and their arguments. `out` is a folder. */
const PROGRAMS: Record<string, (file: string, sides: number[], out: string) => string[]> = {
  vipsthumbnail: (file, [side], out) => [file, '--size', `${side}x${side}`, '-o', `${out}/%s.jpg[Q=80]`],
  gm: (file, sides, out) => [
    'convert',
    // Lets the decoder shrink a JPEG while it decodes.
    ...['-size', `${sides[0]}x${sides[0]}`, file, '-auto-orient', '-quality', '80'],
    ...sides.flatMap((side, n) => [
      ...['-resize', `${side}x${side}>`],
      ...(n < sides.length - 1 ? ['-write', `${out}/${side}.jpg`] : [`${out}/${side}.jpg`]),
    ]),
  ],
  convert: (file, sides, out) => [
    ...['-define', `jpeg:size=${sides[0]}x${sides[0]}`, file, '-auto-orient', '-quality', '80'],
    ...sides.flatMap((side, n) => [
      ...['-resize', `${side}x${side}>`],
      ...(n < sides.length - 1 ? ['-write', `${out}/${side}.jpg`] : [`${out}/${side}.jpg`]),
    ]),
  ],
};

export type Program = 'vipsthumbnail' | 'gm' | 'convert';
/** Those that work on animations. */
export type AnimationProgram = 'gifsicle' | 'gif2webp';

/** How to install each on Debian and its derivatives, for people who don't have it. */
export const INSTALL: Record<Program | AnimationProgram | 'pillow', string> = {
  vipsthumbnail: 'apt-get install libvips-tools',
  gm: 'apt-get install graphicsmagick',
  convert: 'apt-get install imagemagick',
  gifsicle: 'apt-get install gifsicle',
  gif2webp: 'apt-get install webp',
  pillow: 'python3 -m pip install pillow, or PYTHON=/path/to/python that has it',
};

export const isInstalled = (program: Program | AnimationProgram | 'cwebp') => {
  const option = { gm: 'version', cwebp: '-version', gif2webp: '-version' }[program as string] ?? '--version';
  const { stdout, status } = spawnSync(program, [option], {
    encoding: 'utf8',
  });
  return status === 0 && (program !== 'convert' || stdout.includes('Version: ImageMagick'));
};

export const hasPillow = (python: string) => spawnSync(python, ['-c', 'import PIL']).status === 0;

/** CPU time of a whole run of a program, including its start. bash can report the time of its children; Node can't. */
export async function program(name: Program, file: string, sides: number[]): Promise<number> {
  const out = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    return await cpuOf(name, (PROGRAMS[name] as (typeof PROGRAMS)[string])(file, sides, out));
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** CPU of a program in milliseconds, its start included. */
export function cpuOf(command: string, args: string[], env = process.env): Promise<number> {
  const script = 'TIMEFORMAT="%U %S"; time "$@" >/dev/null';
  return new Promise((resolve, reject) =>
    execFile('bash', ['-c', script, 'bash', command, ...args], { env }, (error, _, stderr) => {
      if (error) return reject(error);
      const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number);
      resolve((user! + system!) * 1_000);
    }),
  );
}
