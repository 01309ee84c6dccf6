/** One function process, which runs one invocation at a time and is killed at its timeout. */

import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { LambdaFunction } from '../stack/model';
import { environmentOf, type Surroundings } from './environment';
import { type ErrorDocument, type Exit, exited, FunctionError, timedOut } from './errors';
import type { Invocation, Runtime, RuntimeApi } from './runtime-api';

/** Seconds a function has to load (docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html). */
const INIT_LIMIT = 10;

/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 500;

/**
 * Faults of an invocation. Lambda refuses it for lack of capacity (`throttle`) or fails itself (`error`); the process
 * receives it and does nothing more (`hang`) or dies (`crash`); the function does its work, but only half of its answer
 * arrives, as text (`malformed`).
 */
export const INVOCATION_FAULTS = ['throttle', 'error', 'hang', 'crash', 'malformed'] as const;
export type InvocationFault = (typeof INVOCATION_FAULTS)[number];

type Outcome = { body: string } | { error: ErrorDocument };

export class Sandbox implements Runtime {
  #child: ChildProcess;
  #exit: Promise<Exit>;
  /** Resolves when the last line of output is read. */
  #closed: Promise<unknown>;
  #alive = true;
  #giveWork: (invocation: Invocation) => void = () => {};
  #onIdle: () => void = () => {};
  #requestId = '';
  #outcome: Outcome | undefined;

  /**
   * Starts the process. It is usable once {@link init} has resolved.
   * @param log receives each line the process writes
   */
  constructor(
    readonly fn: LambdaFunction,
    api: RuntimeApi,
    surroundings: Omit<Surroundings, 'runtimeApi'>,
    log: (line: string) => void,
  ) {
    const runtimeApi = api.register(this);
    this.#child = spawn(
      process.execPath,
      // The memory setting limits only the JavaScript heap; the memory of native modules isn't limited.
      [`--max-old-space-size=${fn.memoryMb}`, path.join(__dirname, 'bootstrap.cjs')],
      {
        cwd: surroundings.folder,
        env: environmentOf(fn, { ...surroundings, runtimeApi }),
        // Standard input ends when the engine does, and that ends the process.
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    this.#child.stdin?.on('error', () => {});
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (output) createInterface({ input: output }).on('line', log);
    }
    this.#exit = new Promise((resolve) => {
      const end = (exit: Exit) => {
        this.#alive = false;
        api.unregister(runtimeApi);
        resolve(exit);
      };
      this.#child.once('exit', (code, signal) => end({ code, signal }));
      this.#child.once('error', () => end({ code: 1, signal: null }));
    });
    this.#closed = new Promise((resolve) => this.#child.once('close', resolve));
  }

  get alive(): boolean {
    return this.#alive;
  }

  /**
   * Waits until the function has loaded. That time is not part of the function's timeout.
   * @param requestId of the invocation that made the process start
   * @throws FunctionError when it does not load within ten seconds, or not at all
   */
  async init(requestId: string): Promise<void> {
    const end = await this.#race(this.#idle(), INIT_LIMIT);
    if (end === 'done') return;
    this.kill();
    if (this.#outcome && 'error' in this.#outcome) throw FunctionError.of(this.#outcome.error);
    throw end === 'late' ? timedOut(requestId, INIT_LIMIT) : exited(requestId, end);
  }

  /**
   * Runs one invocation to its end: until the process asks for the next one.
   * @param waitScale multiplies the timeout if the fault is `hang`: nothing runs until then
   * @returns the answer as JSON
   * @throws FunctionError
   */
  async invoke(
    invocation: Omit<Invocation, 'deadline'>,
    fault?: InvocationFault,
    waitScale = 1,
  ): Promise<string> {
    const { timeoutSeconds } = this.fn;
    const idle = this.#idle();
    this.#requestId = invocation.requestId;
    this.#outcome = undefined;
    if (fault === 'crash') this.kill();
    else if (fault !== 'hang')
      this.#giveWork({ ...invocation, deadline: Date.now() + timeoutSeconds * 1000 });
    const end = await this.#race(idle, timeoutSeconds * (fault === 'hang' ? waitScale : 1));
    // Reads what the function wrote before its answer, so that it counts to this invocation.
    await new Promise(setImmediate);
    if (end === 'late') {
      this.kill();
      await this.#exit;
      throw timedOut(invocation.requestId, timeoutSeconds);
    }
    const outcome = this.#outcome as Outcome | undefined;
    if (!outcome) throw exited(invocation.requestId, end === 'done' ? { code: 0, signal: null } : end);
    if ('error' in outcome) throw FunctionError.of(outcome.error);
    return fault === 'malformed' ? half(outcome.body) : outcome.body;
  }

  next(): Promise<Invocation> {
    const work = new Promise<Invocation>((resolve) => {
      this.#giveWork = resolve;
    });
    this.#onIdle();
    return work;
  }

  respond(requestId: string, body: string): void {
    if (requestId === this.#requestId) this.#outcome ??= { body };
  }

  fail(requestId: string, error: ErrorDocument): void {
    if (requestId === this.#requestId) this.#outcome ??= { error };
  }

  failInit(error: ErrorDocument): void {
    this.#outcome ??= { error };
  }

  kill(): void {
    this.#alive = false;
    this.#child.kill('SIGKILL');
  }

  /** Ends the process, gently first. It doesn't wait for child processes that hold the output open. */
  async stop(): Promise<void> {
    this.#alive = false;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), GRACE);
    await this.#exit;
    clearTimeout(timer);
    await Promise.race([this.#closed, delay(GRACE, undefined, { ref: false })]);
  }

  /** Resolves when the process is gone and its output is read. */
  get closed(): Promise<unknown> {
    return this.#closed;
  }

  #idle(): Promise<'done'> {
    return new Promise((resolve) => {
      this.#onIdle = () => resolve('done');
    });
  }

  async #race(done: Promise<'done'>, seconds: number): Promise<'done' | 'late' | Exit> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, seconds * 1000, 'late');
    });
    try {
      return await Promise.race([done, late, this.#exit]);
    } finally {
      clearTimeout(timer);
    }
  }
}

const half = (body: string) => JSON.stringify(body.slice(0, body.length / 2));
