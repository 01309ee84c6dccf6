/**
 * Compares a variant made on its first request with the same variant made at upload, and measures later requests. The
 * requests go through the CDN endpoint of the local engine. That is not CloudFront, so the times say nothing about
 * CloudFront.
 *
 * Prints the tables of docs/performance.md, "Delivery". CPU time is measured on Linux only.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DeliveryEndpoint, SIDE, type Timing } from './delivery/endpoint';
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
  let endpoint: DeliveryEndpoint | undefined;
  try {
    console.log(`${machine()}; medians of ${runs} runs in turns, and the quartiles.`);
    console.error('Making pictures …');
    const pictures = await makePictures(folder, ['jpeg-2mp', 'jpeg-12mp']);
    endpoint = await DeliveryEndpoint.open(folder);
    await steps(endpoint, pictures, runs);
    await rate(endpoint, pictures[0] as Picture);
  } finally {
    await endpoint?.close();
    await rm(folder, { recursive: true });
  }
}

async function steps(endpoint: DeliveryEndpoint, pictures: Picture[], runs: number): Promise<void> {
  const rows: string[][] = [];
  for (const { name, file } of pictures) {
    console.error(`${name} …`);
    const image = await readFile(file);
    const took: Record<Step, Timing[]> = { eager: [], first: [], stored: [], cached: [] };
    // The first turn isn't counted, because it starts the functions.
    for (let turn = 0; turn <= runs; turn++) {
      const eager = await endpoint.eagerStep(image);
      const url = await endpoint.uploadLazy(image);
      const first = await endpoint.request(url, 'Miss');
      const cached = await endpoint.request(url, 'Hit');
      // Another version in the URL is another cache key. It isn't cached yet, but the thumbnail is in S3 by now.
      const stored = await endpoint.request(`${url}0`, 'Miss');
      if (turn === 0) continue;
      const one = { eager, first, stored, cached };
      for (const step of STEPS) took[step].push(one[step]);
    }
    const times = (step: Step, of: keyof Timing) => took[step].map((one) => one[of]);
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

async function rate(endpoint: DeliveryEndpoint, { file }: Picture): Promise<void> {
  console.error('Hits …');
  const url = await endpoint.uploadLazy(await readFile(file));
  await endpoint.request(url, 'Miss');
  const rates: number[] = [];
  for (let turn = 0; turn < 3; turn++) rates.push((await load({ ...LOAD, url })).requestsPerSecond);
  table(
    ['hits per second of the local endpoint, which is not CloudFront', 'requests per second'],
    [[`${LOAD.connections} connections, one client process and one server process`, spread(rates)]],
  );
}

/** Runs in a separate process, because the endpoint answers in this one. */
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
