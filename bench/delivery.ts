/**
 * Compares a variant that is made on its first request with the same variant made with the upload, and measures later
 * requests, through the CDN endpoint of the local engine. That is not CloudFront, and its times say nothing about CloudFront.
 *
 * Prints the tables of docs/performance.md, "Delivery". CPU is measured on Linux only.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Door, SIDE, type Took } from './delivery/door';
import type { Load, LoadResult } from './delivery/load';
import { machine, table } from './end-to-end/report';
import { summarize } from './images/measure';
import { makePictures, type Picture } from './images/pictures';
import type { BenchOptions } from './options';

const LOAD = { connections: 8, seconds: 4, expected: 'Hit from cloudfront' };

const STEPS = ['eager', 'first', 'stored', 'cached'] as const;
type Step = (typeof STEPS)[number];

export async function run({ runs = 9 }: BenchOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  let door: Door | undefined;
  try {
    console.log(`${machine()}; medians of ${runs} runs in turns, and the quartiles.`);
    console.error('Making pictures …');
    const pictures = await makePictures(folder, ['jpeg-2mp', 'jpeg-12mp']);
    door = await Door.open(folder);
    await steps(door, pictures, runs);
    await rate(door, pictures[0] as Picture);
  } finally {
    await door?.close();
    await rm(folder, { recursive: true });
  }
}

async function steps(door: Door, pictures: Picture[], runs: number): Promise<void> {
  const rows: string[][] = [];
  for (const { name, file } of pictures) {
    console.error(`${name} …`);
    const image = await readFile(file);
    const took: Record<Step, Took[]> = { eager: [], first: [], stored: [], cached: [] };
    // The first turn starts the functions, and is not counted.
    for (let turn = 0; turn <= runs; turn++) {
      const eager = await door.eagerStep(image);
      const url = await door.offer(image);
      const first = await door.ask(url, 'Miss');
      const cached = await door.ask(url, 'Hit');
      // Another version in the URL is another key of the cache: what it does not have is in S3 by now.
      const stored = await door.ask(`${url}0`, 'Miss');
      if (turn === 0) continue;
      const one = { eager, first, stored, cached };
      for (const step of STEPS) took[step].push(one[step]);
    }
    const times = (step: Step, of: keyof Took) => took[step].map((one) => one[of]);
    const median = (step: Step) => summarize(times(step, 'wall')).median;
    rows.push([
      name,
      spread(times('eager', 'wall')),
      spread(times('first', 'wall')),
      (median('first') / median('eager')).toFixed(2),
      spread(times('eager', 'cpu')),
      spread(times('first', 'cpu')),
      spread(times('stored', 'wall')),
      spread(times('cached', 'wall')),
    ]);
  }
  table(
    [
      `JPEG of ${SIDE} px, milliseconds`,
      'Thumbnail state, eager',
      'first request, lazy',
      'first / eager',
      'CPU of thumbnail, eager',
      'CPU of render, lazy',
      'miss, stored in S3',
      'hit',
    ],
    rows,
  );
}

async function rate(door: Door, { file }: Picture): Promise<void> {
  console.error('Hits …');
  const url = await door.offer(await readFile(file));
  await door.ask(url, 'Miss');
  const rates: number[] = [];
  for (let turn = 0; turn < 3; turn++) rates.push((await load({ ...LOAD, url })).requestsPerSecond);
  table(
    ['hits a second of the local door, which are not those of CloudFront', 'requests a second'],
    [[`${LOAD.connections} connections, one process that asks and one that answers`, spread(rates)]],
  );
}

/** In a process of its own: the door answers in this one. */
async function load(request: Load): Promise<LoadResult> {
  const args = ['--import', 'tsx', path.join(__dirname, 'delivery/load.ts'), JSON.stringify(request)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as LoadResult;
}

function spread(values: number[]): string {
  const { median, quartiles } = summarize(values);
  const short = (value: number) => value.toFixed(value < 10 ? 1 : 0);
  return `${short(median)} (${quartiles.map(short).join('–')})`;
}
