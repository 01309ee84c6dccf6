import { type ChildProcess, execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { synthesizedIn } from '../../cli/lib/synthesize';
import { synthesisOf } from '../end-to-end/synthesis';

const PROJECT = path.resolve(__dirname, '..', '..');

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Working folder. @default the project */
  cwd?: string;
  env?: Record<string, string>;
  /** Interrupts the command like Ctrl-C once it has printed this. */
  interruptAfter?: RegExp;
  /** Called while it runs. @param printed what it has printed so far, on both streams */
  meanwhile?: (child: ChildProcess, printed: () => string) => Promise<void>;
}

/** Runs a command as its npm script does. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<Ran> {
  const { cwd = PROJECT, env = {}, interruptAfter, meanwhile } = options;
  const tsx = pathToFileURL(require.resolve('tsx')).href;
  const file = path.join(PROJECT, 'cli', 'main.ts');
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', tsx, file, command, ...args],
      { cwd, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
    let printed = '';
    let errors = '';
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
      if (interruptAfter?.test(printed) && !child.killed) child.kill('SIGINT');
    });
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    void meanwhile?.(child, () => printed + errors);
  });
}

type Json = Record<string, never>;

/** A synthesized stack that can be changed between two starts of an engine. */
export class Stack {
  private constructor(
    readonly folder: string,
    readonly file: string,
    private readonly intact: string,
  ) {}

  static async synthesize(settings: object): Promise<Stack> {
    const folder = await mkdtemp(path.join(tmpdir(), 'stack-'));
    const own = path.join(folder, 'synth');
    await cp(await synthesisOf(settings), own, { recursive: true });
    const file = await synthesizedIn(own);
    return new Stack(folder, file, await readFile(file, 'utf8'));
  }

  /** Starting from the JSON that Terraform would get, changes it. */
  async change(how: (terraform: Json) => void): Promise<void> {
    const terraform = JSON.parse(this.intact) as Json;
    how(terraform);
    await writeFile(this.file, JSON.stringify(terraform));
  }

  restore(): Promise<void> {
    return writeFile(this.file, this.intact);
  }

  /** Lets commands find the stack of an engine that runs on this data folder. */
  async link(dataDir: string): Promise<void> {
    await symlink(path.join(this.folder, 'synth'), path.join(dataDir, 'synth'));
  }

  async end(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

/** Removes a statement from every policy that has it. @returns how many had it */
export function withoutStatement(terraform: Json, sid: string): number {
  const documents = terraform['data']!['aws_iam_policy_document'] as Record<
    string,
    { statement: { sid: string }[] }
  >;
  let taken = 0;
  for (const document of Object.values(documents)) {
    const rest = document.statement.filter((statement) => statement.sid !== sid);
    taken += document.statement.length - rest.length;
    document.statement = rest;
  }
  return taken;
}

/** The files in a folder; none if there is no folder. */
export const filesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
