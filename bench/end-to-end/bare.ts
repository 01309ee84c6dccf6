/**
 * A process that makes thumbnails of files one after the other, without a workflow, and prints what that cost. It is
 * compiled first, so that it resembles a function's process: {@link runBare}.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { configureSharp } from '../../functions/lib/image/decode';
import { thumbnails } from '../images/ours';
import { memoryOf } from './process';

export interface BareLoop {
  /** `sharp`: a pipeline for each thumbnail, as most programs do. `render`: what Thumbnail does, from one decode. */
  how: 'sharp' | 'render';
  /** Whether to set up sharp as Thumbnail does: no cache, one thread. @default true */
  configured?: boolean;
  /** Each is one image; the same file may occur several times. */
  files: string[];
  /** Longest side of each thumbnail, in pixels. */
  sides: number[];
}

export interface BareResult {
  seconds: number;
  /** CPU seconds. */
  cpu: number;
  /** Peak resident memory, in bytes. */
  peak: number;
}

const HOW: Record<BareLoop['how'], (bytes: Buffer, sides: number[]) => Promise<Buffer[]>> = {
  sharp: (bytes, sides) =>
    Promise.all(
      sides.map((side) =>
        sharp(bytes).autoOrient().resize(side, side, { fit: 'inside', withoutEnlargement: true }).toBuffer(),
      ),
    ),
  render: async (bytes, sides) => (await thumbnails(bytes, sides, 'jpeg')).map(({ data }) => data),
};

async function main({ how, configured = true, files, sides }: BareLoop): Promise<void> {
  if (configured) configureSharp(['jpeg', 'png', 'webp', 'gif']);
  const out = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const make = async (file: string, n: number) => {
    const made = await HOW[how](await readFile(file), sides);
    await Promise.all(made.map((data, at) => writeFile(path.join(out, `${n}-${sides[at]}`), data)));
  };
  try {
    await make(files[0] as string, 0);
    const [time, cpu] = [performance.now(), process.cpuUsage()];
    for (const [n, file] of files.entries()) await make(file, n);
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (performance.now() - time) / 1_000;
    // `resourceUsage().maxRSS` would start at the peak of the process that started this one.
    const peak = memoryOf(process.pid);
    console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak } satisfies BareResult));
  } finally {
    await rm(out, { recursive: true });
  }
}

main(JSON.parse(process.argv[2] as string) as BareLoop).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
