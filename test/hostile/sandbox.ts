/** Runs work on files that may crash or hang a process, in processes that may be killed. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Answer, Reply, Task } from './worker';

export type { Answer, Output } from './worker';

export interface Report {
  outcome: Answer | { kind: 'killed' } | { kind: 'crashed'; how: string };
  /** Milliseconds from the task's start to its end, or until it was killed. */
  milliseconds: number;
  /** Peak resident memory of the whole process; unknown if it crashed. */
  peakMegabytes: number | null;
}

/**
 * Milliseconds after which Lambda ends Thumbnail by default. Thumbnail has the power of one processor there, so tests
 * compare this with the CPU time, which is the same on a busy machine.
 */
export const DEADLINE = 20_000;

/** Milliseconds after which a process is killed, because it will never end. Jest itself gives up a little later. */
export const ENDLESS = 150_000;

/**
 * The most resident megabytes of the whole process that any image may cause; Thumbnail has 1,769. Node with sharp uses 65
 * of them. In all, 49 megapixels of the default formats take up to 500 (an interlaced 16-bit PNG), an AVIF 925, and a
 * 12-bit AVIF with alpha 1,260.
 */
export const MEMORY = { defaultFormats: 700, anyFormat: 1_400 };

/** A process that has grown beyond this isn't used again, because its memory would be counted for the next image. */
export const GROWN = 200;

/** The default settings of a stack. Tests add the formats that their files need. */
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
 * Runs one task at a time in a child process, which is replaced after it was killed or has crashed. The child resembles a
 * function on Lambda, with its code in one bundle and sharp next to it, so that its memory use is comparable.
 */
export class Sandbox {
  private readonly folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  private readonly upload = join(this.folder, 'upload');
  private readonly bundle = join(this.folder, 'worker.cjs');
  private child: ChildProcess | undefined;

  /** @param limits milliseconds: of CPU time a task may take, and of elapsed time after which it is killed */
  constructor(private readonly limits = { cpu: DEADLINE, elapsed: ENDLESS }) {
    const sharp = require.resolve('sharp');
    const libheif = require.resolve('libheif-js/libheif-wasm/libheif.js');
    const worker = join(__dirname, '../../functions/lib/image/heic-worker.cjs');
    copyFileSync(worker, join(this.folder, basename(worker)));
    buildSync({
      entryPoints: [join(__dirname, 'worker.ts')],
      outfile: this.bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      alias: { sharp, 'libheif-js/libheif-wasm/libheif.js': libheif },
      external: [sharp, libheif],
    });
  }

  async run(bytes: Uint8Array, task: Partial<Omit<Task, 'file'>> = {}): Promise<Report> {
    writeFileSync(this.upload, bytes);
    const child = await this.start();
    const start = performance.now();
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), this.limits.elapsed);
    const replied = once(child, 'message', over).then(([reply]) => this.report(reply as Reply));
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

  /** Ends the process. The next task gets a new one, and so its own memory figure. */
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

  private report({ answer, milliseconds, cpuMilliseconds, peakMegabytes }: Reply): Report {
    const outcome: Report['outcome'] = cpuMilliseconds > this.limits.cpu ? { kind: 'killed' } : answer;
    return { outcome, milliseconds, peakMegabytes };
  }

  private async start(): Promise<ChildProcess> {
    if (this.child) return this.child;
    // "Advanced" serialization returns the outputs as bytes.
    this.child = fork(this.bundle, { serialization: 'advanced', execArgv: [] });
    await once(this.child, 'spawn');
    return this.child;
  }
}

/** For a process that can't report it itself any more. Null if the system has no `/proc`. */
function peakOf({ pid }: ChildProcess): number | null {
  try {
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}
