import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Memory {
  /** Resident memory of the engine's process. */
  rss: number;
  /** JavaScript objects that are still referred to. */
  heap: number;
  /** Buffers outside of the JavaScript heap. */
  external: number;
  /** Resident memory of each function's largest process; empty where there is no /proc. */
  functions: Record<string, number>;
}

/** Measures this process, an engine, and the function processes that it has started. */
export async function memory(): Promise<Memory> {
  // What a finalizer releases is collected in the next turn.
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.();
    await sleep(50);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed, external, functions: functionsOf(process.pid) };
}

/** The resident bytes of the largest process of each function. */
function functionsOf(engine: number): Record<string, number> {
  const largest: Record<string, number> = {};
  for (const pid of processes()) {
    const status = read(`/proc/${pid}/status`);
    if (Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]) !== engine) continue;
    const name = /(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]*)/.exec(read(`/proc/${pid}/environ`))?.[1];
    const resident = Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    if (name) largest[name] = Math.max(largest[name] ?? 0, resident);
  }
  return largest;
}

function processes(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** @returns empty for a process that has just ended */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
