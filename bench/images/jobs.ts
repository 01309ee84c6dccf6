/**
 * Makes thumbnails: either of the one job in its argument, or of each job that arrives on its input, one line of JSON each,
 * answering with the CPU time.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { configureSharp } from '../../functions/lib/image/decode';
import { thumbnails } from './ours';

export interface Job {
  how: 'render' | 'naive';
  file: string;
  /** Longest side of each thumbnail, in pixels. */
  sides: number[];
}

export interface Answer {
  cpuMs: number;
}

const JOBS: Record<Job['how'], (bytes: Buffer, sides: number[]) => Promise<unknown>> = {
  render: (bytes, sides) => thumbnails(bytes, sides, 'jpeg'),
  // What most programs do: a pipeline with its own decode for each thumbnail.
  naive: (bytes, sides) =>
    Promise.all(
      sides.map((side) =>
        sharp(bytes)
          .autoOrient()
          .resize(side, side, { fit: 'inside', withoutEnlargement: true })
          .jpeg({ quality: 80 })
          .toBuffer(),
      ),
    ),
};

configureSharp(['jpeg', 'png', 'webp', 'gif']);

async function work(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const { how, file, sides } = JSON.parse(line) as Job;
    const bytes = readFileSync(file);
    const before = process.cpuUsage();
    await JOBS[how](bytes, sides);
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ cpuMs: (user + system) / 1_000 } satisfies Answer));
  }
}

const [job] = process.argv.slice(2);
if (job) {
  const { how, file, sides } = JSON.parse(job) as Job;
  void JOBS[how](readFileSync(file), sides);
} else void work();
