/**
 * Measures how much CPU time thumbnails cost, as ratios within one run: compared with one variant alone, with a decode for
 * each variant, and with other tools if they are installed. Also measures how good the thumbnails are.
 *
 * Prints the tables of docs/performance.md.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { configureSharp } from '../functions/lib/image/decode';
import { type Goal, goals, machine, picturesIn, table } from './end-to-end/report';
import {
  compileJobs,
  hasPillow,
  INSTALL,
  isInstalled,
  oursAsProgram,
  type Program,
  program,
  Warm,
} from './images/contenders';
import type { Job } from './images/jobs';
import { type Contender, inTurns, type Measured } from './images/measure';
import { type Nearness, nearnessOf } from './images/nearness';
import { makePictures, type Picture } from './images/pictures';
import type { BenchOptions } from './options';

const FOUR = [1600, 800, 400, 200];
const PROGRAMS: Program[] = ['vipsthumbnail', 'gm', 'convert'];

const python = process.env['PYTHON'] ?? 'python3';

/** CPU time of each contender for one picture. Contenders that aren't installed are missing. */
type Times = Record<string, Measured>;

export async function run({ images, runs = 7 }: BenchOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    console.error('Making pictures …');
    const made = await makePictures(folder);
    const given = images ? await picturesIn(path.resolve(images), /\.(jpe?g|png|webp)$/i) : [];
    console.log(`${machine()}; ${runs} runs of each in turns; medians, and in brackets the middle half.`);
    const contenders = {
      jobs: compileJobs(folder),
      programs: PROGRAMS.filter((name) => isInstalled(name)),
      pillow: hasPillow(python),
    };
    for (const name of PROGRAMS.filter((each) => !contenders.programs.includes(each))) missing(name);
    if (!contenders.pillow) missing('pillow');

    const pictures = [...made, ...given];
    const measured: { picture: Picture; times: Times; nearness: Nearness[] }[] = [];
    configureSharp(['jpeg', 'png', 'webp', 'gif']);
    for (const picture of pictures) {
      console.error(`${picture.name} …`);
      const times = await compare(picture, contenders, runs);
      measured.push({ picture, times, nearness: await nearnessOf(await readFile(picture.file), FOUR) });
    }
    showTimes(measured);
    showQuality(measured);
    goals(measured.flatMap(goalsOf));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function missing(name: keyof typeof INSTALL): void {
  console.log(`Without ${name}: ${INSTALL[name]}`);
}

async function compare(
  { file }: Picture,
  { jobs, programs, pillow }: { jobs: string; programs: Program[]; pillow: boolean },
  runs: number,
): Promise<Times> {
  const node = Warm.node(jobs);
  const python3 = pillow ? Warm.pillow(python) : undefined;
  const ours =
    (how: Job['how'], sides: number[]): Contender =>
    async () =>
      (await node.run({ how, file, sides })).cpuMs;
  const theirs =
    (sides: number[]): Contender =>
    async () =>
      (await python3!.run({ file, sides })).cpuMs;
  try {
    return await inTurns<string>(
      {
        four: ours('render', FOUR),
        largest: ours('render', [1600]),
        naive: ours('naive', FOUR),
        small: ours('render', [200]),
        whole: () => oursAsProgram(jobs, { how: 'render', file, sides: FOUR }),
        ...(pillow && { pillowFour: theirs(FOUR), pillowSmall: theirs([200]) }),
        ...(pillow && isJpeg(file) && { floor: theirs([]) }),
        ...Object.fromEntries(programs.map((each) => [each, () => program(each, file, FOUR)])),
      },
      runs,
    );
  } finally {
    node.end();
    python3?.end();
  }
}

const isJpeg = (file: string) => /\.jpe?g$/i.test(file);

/** How many times as much CPU time one took as another; undefined if one of them wasn't measured. */
function ratioOf(times: Times, one: string, other: string): number | undefined {
  const [a, b] = [times[one], times[other]];
  return a && b && a.median / b.median;
}

/** Columns with ratios: the heading, and which contender is divided by which. */
const RATIOS: [heading: string, one: string, other: string][] = [
  ['/ 1600 alone', 'four', 'largest'],
  ['/ a decode each', 'four', 'naive'],
  ['/ Pillow', 'four', 'pillowFour'],
  ['whole process / vipsthumbnail 1600', 'whole', 'vipsthumbnail'],
  ['whole process / gm', 'whole', 'gm'],
  ['whole process / convert', 'whole', 'convert'],
  ['200 / Pillow', 'small', 'pillowSmall'],
  ['200 / decode at ⅛', 'small', 'floor'],
];

function showTimes(measured: { picture: Picture; times: Times }[]): void {
  const ratios = RATIOS.filter(([, ...pair]) => measured.some(({ times }) => ratioOf(times, ...pair)));
  table(
    ['picture', 'four variants', '200 alone', ...ratios.map(([heading]) => heading)],
    measured.map(({ picture, times }) => [
      picture.name,
      shown(times['four']!),
      shown(times['small']!),
      ...ratios.map(([, ...pair]) => ratioOf(times, ...pair)?.toFixed(2) ?? ''),
    ]),
  );
}

function showQuality(measured: { picture: Picture; nearness: Nearness[] }[]): void {
  table(
    ['picture', ...FOUR.map((side) => `${side} px`)],
    measured.map(({ picture, nearness }) => [
      picture.name,
      ...nearness.map(({ psnr, ssim }) =>
        psnr === Number.POSITIVE_INFINITY ? 'equal' : `${psnr.toFixed(1)} dB, ${ssim.toFixed(4)}`,
      ),
    ]),
  );
}

/** Goals for one picture: the largest allowed ratio, and from which size in megapixels it applies. */
const LIMITS: { what: string; pair: [string, string]; most: number; from: number; jpegOnly?: boolean }[] = [
  { what: 'four variants / 1600 alone', pair: ['four', 'largest'], most: 1.2, from: 12 },
  { what: 'four variants / Pillow’s four', pair: ['four', 'pillowFour'], most: 0.5, from: 12 },
  { what: 'whole process / vipsthumbnail at 1600', pair: ['whole', 'vipsthumbnail'], most: 1.25, from: 12 },
  { what: '200 px alone / decode at ⅛', pair: ['small', 'floor'], most: 1.25, from: 12, jpegOnly: true },
];

/** What every variant should reach: dB, and structural similarity. */
const QUALITY = { psnr: 45, ssim: 0.995 };

function goalsOf({
  picture: { name, megapixels, file },
  times,
  nearness,
}: {
  picture: Picture;
  times: Times;
  nearness: Nearness[];
}): Goal[] {
  const ratios = LIMITS.flatMap(({ what, pair, most, from, jpegOnly }) => {
    const ratio = ratioOf(times, ...pair);
    if (ratio === undefined || megapixels < from || (jpegOnly && !isJpeg(file))) return [];
    return { goal: `${name}: ${what} ≤ ${most}`, measured: ratio.toFixed(2), met: ratio <= most };
  });
  const psnr = Math.min(...nearness.map((each) => each.psnr));
  const ssim = Math.min(...nearness.map((each) => each.ssim));
  return [
    ...ratios,
    {
      goal: `${name}: every variant ≥ ${QUALITY.psnr} dB and ${QUALITY.ssim}`,
      measured: `${psnr.toFixed(1)} dB, ${ssim.toFixed(4)}`,
      met: psnr >= QUALITY.psnr && ssim >= QUALITY.ssim,
    },
  ];
}

const shown = ({ median, quartiles: [low, high] }: Measured) =>
  `${median.toFixed(0)} ms (${low.toFixed(0)}–${high.toFixed(0)})`;
