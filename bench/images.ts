/**
 * What thumbnails cost in CPU, as ratios within one run: against one variant alone, against a decode for each, and
 * against the tools people would otherwise pick, where they are installed.
 *
 *   npm run bench [-- [--images FOLDER] [--runs N]]
 *
 * Prints the tables of docs/performance.md. It takes about five minutes.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { configureSharp } from '../functions/thumbnail/render';
import { hasPillow, INSTALL, isInstalled, type Program, program, Warm } from './images/contenders';
import type { Job } from './images/jobs';
import { type Contender, inTurns, type Measured } from './images/measure';
import { nearnessOf } from './images/nearness';
import { makePictures, type Picture } from './images/pictures';

const FOUR = [1600, 800, 400, 200];
const PROGRAMS: Program[] = ['vipsthumbnail', 'gm', 'convert'];

const python = process.env['PYTHON'] ?? 'python3';

export async function run(argv: string[]): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: { images: { type: 'string' }, runs: { type: 'string', default: '7' } },
  });
  const runs = Number(values.runs);
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    console.error('Making pictures …');
    const made = await makePictures(folder);
    const given = values.images ? await picturesIn(path.resolve(values.images)) : [];
    console.log(
      `${cpus()[0]?.model} × ${cpus().length}, Node ${process.version}, sharp ${sharp.versions.sharp},`,
    );
    console.log(
      `libvips ${sharp.versions.vips}; ${runs} runs of each in turns; medians, and in brackets the middle half.`,
    );
    const programs = PROGRAMS.filter((name) => isInstalled(name));
    const pillow = hasPillow(python);
    for (const name of PROGRAMS.filter((each) => !programs.includes(each))) missing(name);
    if (!pillow) missing('pillow');
    await compare([...made, ...given], programs, pillow, runs);
    await quality([...made, ...given]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function missing(name: keyof typeof INSTALL): void {
  console.log(`Without ${name}: ${INSTALL[name]}`);
}

async function picturesIn(folder: string): Promise<Picture[]> {
  const files = (await readdir(folder)).filter((file) => /\.(jpe?g|png|webp)$/i.test(file)).sort();
  return Promise.all(
    files.map(async (name) => {
      const file = path.join(folder, name);
      const { width, height } = await sharp(file).metadata();
      return { name, file, megapixels: (width * height) / 1e6 };
    }),
  );
}

async function compare(
  pictures: Picture[],
  programs: Program[],
  pillow: boolean,
  runs: number,
): Promise<void> {
  const columns = ['picture', 'four variants', '/ 1600 alone', '/ a decode each', '200 alone'];
  if (pillow) columns.push('four / Pillow', '200 / Pillow');
  columns.push(...programs.map((name) => `four / ${name}${name === 'vipsthumbnail' ? ' 1600' : ''}`));
  row(columns);
  row(columns.map((_, n) => (n === 0 ? '---' : '--:')));
  for (const { name, file } of pictures) {
    const node = Warm.node();
    const python3 = pillow ? Warm.pillow(python) : undefined;
    const ours =
      (how: Job['how'], sides: number[]): Contender =>
      async () =>
        (await node.run({ how, file, sides })).cpuMs;
    const theirs =
      (sides: number[]): Contender =>
      async () =>
        (await python3!.run({ file, sides })).cpuMs;
    const times = await inTurns<string>(
      {
        four: ours('render', FOUR),
        largest: ours('render', [1600]),
        naive: ours('naive', FOUR),
        small: ours('render', [200]),
        ...(pillow && { pillowFour: theirs(FOUR), pillowSmall: theirs([200]) }),
        ...Object.fromEntries(programs.map((each) => [each, () => program(each, file, FOUR)])),
      },
      runs,
    );
    node.end();
    python3?.end();
    const ratio = (one: string, other: string) => (times[one]!.median / times[other]!.median).toFixed(2);
    row([
      name,
      shown(times['four']!),
      ratio('four', 'largest'),
      ratio('four', 'naive'),
      shown(times['small']!),
      ...(pillow ? [ratio('four', 'pillowFour'), ratio('small', 'pillowSmall')] : []),
      ...programs.map((each) => ratio('four', each)),
    ]);
  }
}

/** Each variant before it is encoded, against the whole picture scaled by Lanczos in one step. */
async function quality(pictures: Picture[]): Promise<void> {
  console.log();
  row(['picture', ...FOUR.map((side) => `${side} px`)]);
  row(['---', ...FOUR.map(() => '--:')]);
  configureSharp(['jpeg', 'png', 'webp', 'gif']);
  for (const { name, file } of pictures) {
    const nearness = await nearnessOf(await readFile(file), FOUR);
    row([name, ...nearness.map(({ psnr, ssim }) => `${psnr.toFixed(1)} dB, ${ssim.toFixed(4)}`)]);
  }
}

const shown = ({ median, quartiles: [low, high] }: Measured) =>
  `${median.toFixed(0)} ms (${low.toFixed(0)}–${high.toFixed(0)})`;

const row = (cells: string[]) => console.log(`| ${cells.join(' | ')} |`);
