/** The processes of one function. An invocation uses a warm one, starts one if there is room, or waits for one. */

import { randomUUID } from 'node:crypto';
import type { LambdaFunction } from '../stack/model';
import { serviceFailed, throttled } from './errors';
import type { InvocationFault, Sandbox } from './sandbox';

export interface PoolOptions {
  fn: LambdaFunction;
  /** The most processes. Further invocations wait for one; with reserved concurrency they are throttled instead. */
  size: number;
  /** Called once for each invocation; returns the fault that applies to it. */
  fault: () => InvocationFault | undefined;
  start: () => Promise<Sandbox>;
  /** Receives Lambda's metrics of an invocation, by name; the duration is in milliseconds. */
  measure: (values: Record<string, number>) => void;
  log: (line: string) => void;
  /** Multiplies the timeout of an invocation with the fault `hang`. */
  waitScale: number;
}

export class Pool {
  #sandboxes = new Set<Sandbox>();
  /** The processes that run the current code. */
  #current = new Set<Sandbox>();
  #idle: Sandbox[] = [];
  #inFlight = 0;
  #free: number;
  #waiting: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  #closed = false;

  constructor(readonly options: PoolOptions) {
    this.#free = options.fn.reservedConcurrency ?? options.size;
  }

  /**
   * @param payload the event as JSON
   * @returns the answer as JSON
   * @throws FunctionError
   */
  async invoke(payload: string, traceId?: string): Promise<string> {
    const { fn, waitScale } = this.options;
    const requestId = randomUUID();
    const fault = this.options.fault();
    if (fault === 'throttle') return this.#throttle(requestId);
    if (fault === 'error') throw serviceFailed(requestId);
    // An invocation that waits for a process counts, since on AWS it would be running.
    if (fn.reservedConcurrency !== undefined && this.#inFlight >= fn.reservedConcurrency) {
      return this.#throttle(requestId);
    }
    this.#inFlight += 1;
    try {
      return await this.#withProcess(requestId, async (sandbox, initMs) => {
        const started = performance.now();
        let status = 'success';
        try {
          const invocation = { requestId, functionArn: fn.qualifiedArn, payload, traceId };
          return await sandbox.invoke(invocation, fault, waitScale);
        } catch (error) {
          status = (error as Error).name;
          throw error;
        } finally {
          this.#report(requestId, performance.now() - started, status, initMs);
        }
      });
    } finally {
      this.#inFlight -= 1;
    }
  }

  #throttle(requestId: string): never {
    this.options.measure({ Throttles: 1 });
    throw throttled(requestId);
  }

  /** Starts one process before the first invocation. */
  async warm(): Promise<void> {
    await this.#withProcess(randomUUID(), async () => undefined);
  }

  /** Retires the processes that run now: no further invocation uses them, and a busy one ends after its invocation. */
  async renew(): Promise<void> {
    this.#current = new Set();
    await Promise.all(this.#idle.splice(0).map((sandbox) => sandbox.stop()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('The local Lambda is shutting down'));
    await Promise.all([...this.#sandboxes].map((sandbox) => sandbox.stop()));
  }

  /** @param use gets how long the process took to start, in milliseconds, if it was started for this */
  async #withProcess<T>(
    requestId: string,
    use: (sandbox: Sandbox, initMs?: number) => Promise<T>,
  ): Promise<T> {
    await this.#place();
    let sandbox: Sandbox | undefined;
    try {
      const taken = await this.#take(requestId);
      sandbox = taken.sandbox;
      return await use(sandbox, taken.initMs);
    } finally {
      if (sandbox?.alive) this.#keep(sandbox);
      this.#release();
    }
  }

  async #take(requestId: string): Promise<{ sandbox: Sandbox; initMs?: number }> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) if (idle.alive) return { sandbox: idle };
    const began = performance.now();
    const current = this.#current;
    const sandbox = await this.options.start();
    this.#sandboxes.add(sandbox);
    current.add(sandbox);
    void sandbox.closed.then(() => {
      this.#sandboxes.delete(sandbox);
      current.delete(sandbox);
    });
    await sandbox.init(requestId);
    return { sandbox, initMs: performance.now() - began };
  }

  #keep(sandbox: Sandbox): void {
    if (this.#current.has(sandbox)) this.#idle.push(sandbox);
    else void sandbox.stop();
  }

  async #place(): Promise<void> {
    if (this.#closed) throw new Error('The local Lambda is shutting down');
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** The invocation that has waited longest gets the free place. */
  #release(): void {
    const next = this.#waiting.shift();
    if (next) next.resolve();
    else this.#free += 1;
  }

  /**
   * Writes Lambda's own line for an invocation, in its JSON log format, and counts its metrics.
   *
   * @param initMs of a cold start
   */
  #report(requestId: string, durationMs: number, status: string, initMs?: number): void {
    this.options.measure({
      Invocations: 1,
      Errors: status === 'success' ? 0 : 1,
      Throttles: 0,
      Duration: durationMs,
    });
    const metrics = {
      durationMs: Number(durationMs.toFixed(3)),
      ...(initMs !== undefined && { initDurationMs: Number(initMs.toFixed(3)) }),
    };
    const record = { requestId, status, metrics };
    this.options.log(JSON.stringify({ time: new Date().toISOString(), type: 'platform.report', record }));
  }
}
