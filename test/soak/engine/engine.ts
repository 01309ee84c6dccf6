/** The engine in a process of its own, which the soak may kill. */

import { type ChildProcess, fork } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import type { Question, Questions } from './process';

export interface EngineProcessOptions {
  dataDir: string;
  stackFile: string;
  /** File that gets what the engine prints. */
  log: string;
  /** Modules that Node loads before the engine. @default none */
  preload?: string[];
  environment?: Record<string, string>;
}

interface Opened {
  endpoint: string;
  outputs: Record<string, unknown>;
}

export class EngineProcess {
  readonly #waiting = new Map<number, (answer: never) => void>();
  #last = 0;
  /** Whether someone has asked it to end. */
  #ending = false;
  /** Resolves when the process has ended. `asked` is false if it ended by itself. */
  readonly ended: Promise<{ asked: boolean; how: string }>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly opened: Promise<Opened>,
  ) {
    this.ended = new Promise((resolve) =>
      child.once('exit', (code, signal) =>
        resolve({ asked: this.#ending, how: signal ?? `exit code ${code}` }),
      ),
    );
    child.on('message', ({ id, answer }: { id: number; answer: never }) => {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    });
  }

  /** @throws Error when the engine doesn't start */
  static async start(options: EngineProcessOptions): Promise<EngineProcess & Opened> {
    const { dataDir, stackFile, log, preload = [], environment = {} } = options;
    const child = fork(path.join(__dirname, 'process.ts'), [JSON.stringify({ dataDir, stackFile })], {
      execArgv: [...preload.flatMap((file) => ['--require', file]), '--expose-gc', '--import', 'tsx'],
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const output = createWriteStream(log, { flags: 'a' });
    child.stdout?.pipe(output, { end: false });
    child.stderr?.pipe(output, { end: false });
    child.once('close', () => output.end());
    const opened = new Promise<Opened>((resolve) =>
      child.once('message', ({ answer }: { answer: Opened }) => resolve(answer)),
    );
    const engine = new EngineProcess(child, opened);
    const failed = engine.ended.then(({ how }): never => {
      throw new Error(`The engine did not start: ${how}. It printed its reason into ${log}`);
    });
    // It also ends later.
    failed.catch(() => {});
    return Object.assign(engine, await Promise.race([engine.opened, failed]));
  }

  /** @throws Error when the engine ends before it answers */
  async ask<Name extends Question>(question: Name): Promise<Awaited<ReturnType<Questions[Name]>>> {
    const id = ++this.#last;
    const answer = new Promise<Awaited<ReturnType<Questions[Name]>>>((resolve) => {
      this.#waiting.set(id, resolve as (answer: never) => void);
    });
    this.child.send({ id, question });
    const gone = this.ended.then(({ how }): never => {
      throw new Error(`The engine ended (${how}) before it answered "${question}"`);
    });
    gone.catch(() => {});
    return Promise.race([answer, gone]);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    this.#ending = true;
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async stop(): Promise<void> {
    this.#ending = true;
    await this.ask('stop');
    await this.ended;
  }
}
