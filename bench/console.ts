/**
 * Measures how the console does with ten thousand runs, compared with ten: time to the first row and to all of them, scrolling,
 * filtering, and memory.
 *
 * Prints the table of docs/performance.md, "The console".
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../test/examples/chromium';
import { makeTwoRuns, multiply } from './console/runs';
import { type Visit, visit } from './console/visit';
import { machine, megabytes, table } from './end-to-end/report';
import { summarize } from './images/measure';
import { makePictures } from './images/pictures';
import type { BenchOptions } from './options';

const FEW = 10;
const MANY = 10_000;

const COLUMNS: Record<keyof Visit, [title: string, shown: (value: number) => string]> = {
  firstRow: ['first row', (value) => `${value.toFixed(0)} ms`],
  allRows: ['all rows', (value) => `${value.toFixed(0)} ms`],
  scroll: ['a notch of the wheel', (value) => `${value.toFixed(0)} ms`],
  slowScroll: ['one of 20 takes over', (value) => `${value.toFixed(0)} ms`],
  filter: ['filter', (value) => `${value.toFixed(0)} ms`],
  page: ['heap of the page', megabytes],
  server: ['console and engine', megabytes],
};

export async function run({ runs = 5 }: BenchOptions): Promise<void> {
  const found = findChromium();
  if ('missing' in found) throw new Error(`Expected a browser, but ${found.missing}`);
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({ ...found, args: ['--no-sandbox'] });
    console.log(`${machine()}, Chromium ${browser.version()}; medians of ${runs} visits in turns.`);
    const folders = await foldersIn(folder);
    const visits = await inTurns(browser, folders, runs);
    const names = Object.keys(COLUMNS) as (keyof Visit)[];
    const medians = visits.map((all) => names.map((name) => summarize(all.map((each) => each[name])).median));
    const [few, many] = medians as [number[], number[]];
    table(
      ['runs', ...names.map((name) => COLUMNS[name][0])],
      [
        ...folders.map(([, count], n) => [
          count.toLocaleString('en-US'),
          ...names.map((name, column) => COLUMNS[name][1](medians[n]![column] as number)),
        ]),
        ['ratio', ...many.map((value, column) => (value / (few[column] as number)).toFixed(2))],
      ],
    );
  } finally {
    await browser?.close();
    await rm(folder, { recursive: true });
  }
}

type Folder = [dataDir: string, count: number];

async function foldersIn(folder: string): Promise<Folder[]> {
  console.error('Making runs …');
  const [picture] = await makePictures(folder, ['jpeg-2mp']);
  const two = path.join(folder, 'two');
  await makeTwoRuns(two, picture!.file);
  const folders = [FEW, MANY].map((count): Folder => [path.join(folder, String(count)), count]);
  for (const [dataDir, count] of folders) await multiply(two, dataDir, count);
  return folders;
}

/** One more round comes first as a warm-up, and isn't counted. */
async function inTurns(browser: Browser, folders: Folder[], runs: number): Promise<Visit[][]> {
  const visits: Visit[][] = folders.map(() => []);
  for (let round = 0; round <= runs; round++) {
    for (const [n, [dataDir, count]] of folders.entries()) {
      console.error(`${count} runs, round ${round} …`);
      const measured = await visit(browser, dataDir, count);
      if (round > 0) visits[n]!.push(measured);
    }
  }
  return visits;
}
