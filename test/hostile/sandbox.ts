/** Processes that may be killed, for files that may kill them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Answer, Reply, Task } from './worker';

export type { Answer, Output } from './worker';

export interface Report {
  outcome: Answer | { kind: 'killed' } | { kind: 'crashed'; how: string };
  /** From the task's start to its end, or to when it was killed. */
  milliseconds: number;
  /** Resident memory of the whole process at its greatest; unknown of one that crashed. */
  peakMegabytes: number | null;
}

/** Milliseconds after which Lambda ends Thumbnail by default: what is not through by then is, there, a crash. */
export const DEADLINE = 20_000;

/**
 * Resident megabytes of the whole process that no image may exceed; Thumbnail has 1,769. Node with sharp takes 65 of
 * them. Of 49 megapixels, the default formats take up to 500 in all (a PNG of 16 bits, interlaced), an AVIF 925, and
 * one of 12 bits with alpha 1,260.
 */
export const MEMORY = { defaultFormats: 700, anyFormat: 1_400 };

/** Grown beyond this, a process should not be used again: its memory would be counted for the next image. */
export const GROWN = 200;

/** The settings a stack has by default; formats are added where a file needs them. */
export const DEFAULTS: Task['settings'] = {
  accepted: ['jpeg', 'png', 'webp', 'gif'],
  limits: { bytes: 52_428_800, pixels: 50_000_000, side: 16_384 },
  presets: [
    {
      name: 'default',
      prefix: '',
      variants: [{ name: 'thumbnail', width: 200, height: 200, fit: 'inside', format: 'same', quality: 80 }],
    },
  ],
};

/**
 * Runs one task at a time in a child process, which is started anew after it was killed or crashed. The child is what
 * a function is on Lambda: the code in one bundle, with sharp beside it, so that its memory is comparable.
 */
export class Sandbox {
  private readonly folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  private readonly upload = join(this.folder, 'upload');
  private readonly bundle = join(this.folder, 'worker.cjs');
  private child: ChildProcess | undefined;

  /** @param deadline milliseconds after which a task is killed */
  constructor(private readonly deadline = DEADLINE) {
    const sharp = require.resolve('sharp');
    buildSync({
      entryPoints: [join(__dirname, 'worker.ts')],
      outfile: this.bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      alias: { sharp },
      external: [sharp],
    });
  }

  async run(bytes: Uint8Array, task: Partial<Omit<Task, 'file'>> = {}): Promise<Report> {
    writeFileSync(this.upload, bytes);
    const child = await this.start();
    const start = performance.now();
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), this.deadline);
    const replied = once(child, 'message', over).then(([reply]) => report(reply as Reply));
    const exited = once(child, 'exit', over).then(([code, signal]): Report => {
      this.child = undefined;
      const how = signal ? `signal ${signal}` : `exit code ${code}`;
      return {
        outcome: { kind: 'crashed', how },
        milliseconds: performance.now() - start,
        peakMegabytes: null,
      };
    });
    child.send({ by: 'workflow', settings: DEFAULTS, ...task, file: this.upload } satisfies Task);
    try {
      return await Promise.race([replied, exited]);
    } catch {
      const peakMegabytes = peakOf(child);
      await this.stop();
      return { outcome: { kind: 'killed' }, milliseconds: performance.now() - start, peakMegabytes };
    } finally {
      clearTimeout(timer);
      over.abort();
      await Promise.allSettled([replied, exited]);
    }
  }

  /** Ends the process; the next task has a new one, whose memory is its own. */
  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async start(): Promise<ChildProcess> {
    if (this.child) return this.child;
    // Advanced: the outputs come back as bytes.
    this.child = fork(this.bundle, { serialization: 'advanced', execArgv: [] });
    await once(this.child, 'spawn');
    return this.child;
  }
}

function report({ answer, milliseconds, peakMegabytes }: Reply): Report {
  return { outcome: answer, milliseconds, peakMegabytes };
}

/** Of a process that can no longer say it itself. Null where the system has no `/proc`. */
function peakOf({ pid }: ChildProcess): number | null {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}
