/**
 * Measures the peak memory of the built Thumbnail function, in a process with the environment that the stack gives it,
 * while it handles uploads of many sizes one after the other. Linux only.
 *
 * Prints the tables of docs/performance.md, "Memory".
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HAS_PROC } from './end-to-end/process';
import { goals, MIB, megabytes, picturesIn, table } from './end-to-end/report';
import { runBare, runRound } from './end-to-end/run';
import { makePictures, type PictureName } from './images/pictures';
import type { BenchOptions } from './options';

const FOUR = [1600, 800, 400, 200];
const JOBS = 25;
const GOAL = 200 * MIB;

/** JPEG and PNG, from small to the largest that the limits accept. */
const MIXED: PictureName[] = ['jpeg-2mp', 'jpeg-12mp', 'png-12mp', 'jpeg-24mp', 'jpeg-48mp'];

export async function run({ images }: BenchOptions): Promise<void> {
  if (!HAS_PROC)
    throw new Error('Memory can be measured on Linux only: no other system reports the peak of a process');
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    console.error('Making pictures …');
    const given = images ? await picturesIn(path.resolve(images), /\.(jpe?g|png)$/i) : [];
    const pictures = [...(await makePictures(folder, MIXED)), ...given];
    const files = Array.from({ length: JOBS }, (_, n) => pictures[n % pictures.length]!.file);

    const [lap] = await runRound({ files, laps: [JOBS], sides: FOUR, concurrency: 1 });
    const ours = lap!.peaks['thumbnail']!;
    const plain = await runBare(folder, { how: 'sharp', configured: false, files, sides: FOUR });
    table(
      [`${JOBS} jobs of four variants, JPEG and PNG in turns`, 'peak'],
      [
        ['the function, one warm process', megabytes(ours)],
        ['sharp with its defaults, a pipeline for each thumbnail', megabytes(plain.peak)],
      ],
    );

    const rows: string[][] = [];
    for (const { name, file } of pictures) {
      console.error(`${name} …`);
      const [alone] = await runRound({ files: [file], laps: [5], sides: FOUR, concurrency: 1 });
      const { peak } = await runBare(folder, {
        how: 'sharp',
        configured: false,
        files: Array(5).fill(file),
        sides: FOUR,
      });
      rows.push([name, megabytes(alone!.peaks['thumbnail']!), megabytes(peak)]);
    }
    table(['five of the same', 'the function', 'sharp by its defaults'], rows);
    goals([
      {
        goal: `peak of ${JOBS} mixed jobs ≤ ${megabytes(GOAL)}`,
        measured: megabytes(ours),
        met: ours <= GOAL,
      },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
