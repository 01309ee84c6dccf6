/**
 * Measures the whole workflow on this machine: how many images per second it makes compared with loops without a workflow,
 * what the handler adds to the image work, what the smallest possible image costs, and how much of a file Validate reads.
 *
 * Prints the tables of docs/performance.md, "The whole workflow". `--count 10000` takes ten minutes longer.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { isWithinHead, type Read, readsOf, readsOfKinds } from './end-to-end/heads';
import { costOfMachine } from './end-to-end/machine';
import { type Goal, goals, machine, megabytes, milliseconds, picturesIn, table } from './end-to-end/report';
import type { Lap } from './end-to-end/round';
import { runBare, runBareAtOnce, runRound } from './end-to-end/run';
import { summarize } from './images/measure';
import { makePictures, type Picture } from './images/pictures';
import type { BenchOptions } from './options';

const FOUR = [1600, 800, 400, 200];
const ONE = [200];

/** Images in one run: enough that its start and end hardly matter. */
const IMAGES = 40;

/** After how many images to note the cost of one, to see whether images get slower over time. */
const GROWTH = [10, 100, 1_000];

const THREE = ['workflow', 'sharp', 'render'] as const;

const total = ({ engine, functions }: Lap) =>
  engine + Object.values(functions).reduce((sum, cpu) => sum + cpu, 0);
const median = (values: number[]) => summarize(values).median;
const fixed = (value: number) => value.toFixed(2);

export async function run({ images, runs = 3, count = 1000 }: BenchOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    console.log(`${machine()}; medians of ${runs} runs in turns.`);
    console.error('Making pictures …');
    const given = images ? await picturesIn(path.resolve(images), /\.(jpe?g|png|webp|gif)$/i) : [];
    const made = await makePictures(folder, ['jpeg-2mp', 'jpeg-12mp']);
    const photos = given.filter(({ file }) => /\.jpe?g$/i.test(file));
    goals([
      ...(await throughput(folder, [...made, ...photos], runs)),
      ...(await handlerCost(folder, made[1] as Picture, runs)),
      ...(await growth(folder, count)),
      ...(await reads(given)),
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Images per second with both cores busy, uploads included, compared with processes that only make thumbnails. */
async function throughput(folder: string, pictures: Picture[], runs: number): Promise<Goal[]> {
  const processes = availableParallelism();
  const rows: string[][] = [];
  const found: Goal[] = [];
  for (const { name, file, megapixels } of pictures) {
    for (const sides of [FOUR, ONE]) {
      console.error(`${name}, ${sides.length} …`);
      const files = Array<string>(IMAGES).fill(file);
      const rates: Record<'workflow' | 'sharp' | 'render', number[]> = {
        workflow: [],
        sharp: [],
        render: [],
      };
      const cpu: typeof rates = { workflow: [], sharp: [], render: [] };
      for (let turn = 0; turn < runs; turn++) {
        const [lap] = (await runRound({ files: [file], laps: [IMAGES], sides })) as [Lap];
        rates.workflow.push(IMAGES / lap.seconds);
        cpu.workflow.push(total(lap) / IMAGES);
        for (const how of ['sharp', 'render'] as const) {
          const bare = await runBareAtOnce(folder, { how, files, sides }, processes);
          rates[how].push(IMAGES / bare.seconds);
          cpu[how].push(bare.cpu / IMAGES);
        }
      }
      const [workflow, plain, render] = THREE.map((how) => median(rates[how])) as [number, number, number];
      const ratios = [workflow / plain, workflow / render] as const;
      rows.push([
        `${name}, ${sides.length === 1 ? '200 px' : 'four variants'}`,
        ...[workflow, plain, render].map((rate) => rate.toFixed(1)),
        ...ratios.map(fixed),
        ...THREE.map((how) => milliseconds(median(cpu[how]))),
      ]);
      if (sides === FOUR && megapixels >= 12)
        found.push({
          goal: `${name}, four variants: images per second ≥ 0.70 × a bare sharp loop`,
          measured: `${fixed(ratios[0])}; ${fixed(ratios[1])} × a loop of our render`,
          met: ratios[0] >= 0.7,
        });
    }
  }
  table(
    [
      'images per second',
      'workflow',
      'sharp loop',
      'render loop',
      '/ sharp',
      '/ render',
      ...THREE.map((how) => `CPU per image, ${how}`),
    ],
    rows,
  );
  return found;
}

/** CPU time of the Thumbnail function, with its download, scans and uploads, compared with the image work alone. */
async function handlerCost(folder: string, { name, file }: Picture, runs: number): Promise<Goal[]> {
  const rows: string[][] = [];
  let four = 0;
  for (const sides of [FOUR, ONE]) {
    console.error(`Handler, ${sides.length} …`);
    const files = Array<string>(IMAGES / 2).fill(file);
    const handler: number[] = [];
    const bare: number[] = [];
    for (let turn = 0; turn < runs; turn++) {
      const [lap] = (await runRound({ files: [file], laps: [files.length], sides, concurrency: 1 })) as [Lap];
      handler.push(lap.functions['thumbnail']! / files.length);
      bare.push((await runBare(folder, { how: 'render', files, sides })).cpu / files.length);
    }
    const ratio = median(handler) / median(bare);
    if (sides === FOUR) four = ratio;
    rows.push([
      `${name}, ${sides.length === 1 ? '200 px' : 'four variants'}`,
      milliseconds(median(handler)),
      milliseconds(median(bare)),
      fixed(ratio),
    ]);
  }
  table(['CPU of Thumbnail', 'handler', 'image work alone', 'ratio'], rows);
  return [{ goal: 'handler ≤ 1.30 × the image work at 12 MP', measured: fixed(four), met: four <= 1.3 }];
}

/** What a tiny image costs, and whether the thousandth costs more than the tenth. */
async function growth(folder: string, count: number): Promise<Goal[]> {
  console.error(`${count} small images …`);
  const file = path.join(folder, 'tiny.jpg');
  await sharp({ create: { width: 64, height: 48, channels: 3, background: '#88aa33' } })
    .jpeg()
    .toFile(file);
  const counts = [...GROWTH, count].filter((each, n, all) => each <= count && all.indexOf(each) === n);
  const laps = await runRound({
    files: [file],
    laps: counts.map((each, n) => each - (counts[n - 1] ?? 0)),
    sides: ONE,
  });
  const perImage = (cpu: number, { images }: Lap) => milliseconds(cpu / images);
  table(
    [
      'up to this image, of 64 × 48 px',
      'images per second',
      'CPU of the engine',
      'CPU of all functions',
      'memory of the engine',
    ],
    laps.map((lap, n) => [
      counts[n]!.toLocaleString('en-US'),
      (lap.images / lap.seconds).toFixed(1),
      perImage(lap.engine, lap),
      perImage(total(lap) - lap.engine, lap),
      megabytes(lap.memory),
    ]),
  );
  const machineCost = await costOfMachine(500);
  table(
    ['the state machine alone, its functions doing nothing', 'CPU'],
    [['one execution', milliseconds(machineCost)]],
  );
  const [early, late] = [laps.at(-2) as Lap, laps.at(-1) as Lap].map((lap) => total(lap) / lap.images) as [
    number,
    number,
  ];
  return [
    {
      goal: `CPU per image flat up to ${count.toLocaleString('en-US')} (within 1.15)`,
      measured: fixed(late / early),
      met: late / early <= 1.15,
    },
  ];
}

async function reads(given: Picture[]): Promise<Goal[]> {
  const kinds = await readsOfKinds();
  const theirs = await readsOf(given);
  const size = (bytes: number) => `${Math.round(bytes / 1024)} KB`;
  table(
    ['what Validate reads', 'file', 'read'],
    [...kinds, ...theirs].map(({ name, size: bytes, read }) => [name, size(bytes), size(read)]),
  );
  const share = (all: Read[]) => `${all.filter(isWithinHead).length} of ${all.length}`;
  const of = (format: string) => [...kinds, ...theirs].filter((each) => each.format === format);
  return ['jpeg', 'png', 'webp', 'gif'].map((format) => ({
    goal: `Validate reads ≤ 128 KB: ${format}`,
    measured: share(of(format)),
    met: of(format).every(isWithinHead),
  }));
}
