/**
 * Measures what a HEIC of 12 megapixels costs, compared with libheif and libvips as programs of the system, which may use
 * every instruction of the processor, and with the same picture as a JPEG.
 *
 * Prints the table of docs/performance.md, "HEIC".
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { configureSharp } from '../functions/lib/image/decode';
import { machine, picturesIn, table } from './end-to-end/report';
import { cpuOf } from './images/contenders';
import { type Contender, inTurns, type Measured } from './images/measure';
import { thumbnails } from './images/ours';
import { makePictures } from './images/pictures';
import type { BenchOptions } from './options';

const FOUR = [1600, 800, 400, 200];
const SMALL = [200];

const isInstalled = (program: string) => spawnSync(program, ['--version']).error === undefined;

export async function run({ images, runs = 7 }: BenchOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    const missing = ['heif-enc', 'heif-convert', 'vipsthumbnail'].filter((name) => !isInstalled(name));
    if (missing.length > 0) {
      console.log(`Without ${missing.join(' and ')}: apt-get install libheif-examples libvips-tools`);
    }
    const canEncode = !missing.includes('heif-enc');
    const made = canEncode ? await encoded(folder) : [];
    const given = images ? await picturesIn(path.resolve(images), /\.(heic|heif)$/i) : [];
    console.log(`${machine()}; ${runs} runs of each in turns; medians, and in brackets the middle half.`);
    configureSharp(['jpeg', 'heic']);
    const rows: string[][] = [];
    for (const { name, file } of [...made, ...given]) {
      console.error(`${name} …`);
      const hasPrograms = !missing.includes('heif-convert') && !missing.includes('vipsthumbnail');
      const contenders = {
        four: await ours(file, FOUR),
        small: await ours(file, SMALL),
        ...(hasPrograms && { programs: programs(file, folder) }),
      };
      const times: Partial<Record<string, Measured>> = await inTurns<string>(contenders, runs);
      const ratio = times['programs'] && times['four']!.median / times['programs'].median;
      const shownTimes = ['four', 'small', 'programs'].map((key) => shown(times[key]));
      rows.push([name, ...shownTimes, ratio?.toFixed(2) ?? '']);
    }
    table(['picture', 'four variants', '200 alone', 'heif-convert + vipsthumbnail 1600', 'ratio'], rows);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The generated picture of 12 megapixels as HEIC, without and with a preview, and as JPEG. */
async function encoded(folder: string) {
  console.error('Making pictures …');
  const [jpeg, png] = await makePictures(folder, ['jpeg-12mp', 'png-12mp']);
  const heic = (name: string, ...more: string[]) => {
    const file = path.join(folder, `${name}.heic`);
    execFileSync('heif-enc', ['-q', '50', ...more, png!.file, '-o', file], { stdio: 'ignore' });
    return { name, file };
  };
  return [jpeg!, heic('heic-12mp'), heic('heic-12mp-preview', '-t', '320')];
}

async function ours(file: string, sides: number[]): Promise<Contender> {
  const bytes = await readFile(file);
  return async () => {
    const before = process.cpuUsage();
    await thumbnails(bytes, sides, 'jpeg');
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}

/** Decodes to a JPEG, which vipsthumbnail can read, and makes the largest thumbnail of it. */
function programs(file: string, folder: string): Contender {
  const whole = path.join(folder, 'whole.jpg');
  return async () => {
    if (!/\.hei[cf]$/i.test(file))
      return cpuOf('vipsthumbnail', [file, '--size', '1600x1600', '-o', `${folder}/%s-t.jpg`]);
    const decoding = await cpuOf('heif-convert', ['-q', '95', file, whole]);
    return (
      decoding + (await cpuOf('vipsthumbnail', [whole, '--size', '1600x1600', '-o', `${folder}/%s-t.jpg`]))
    );
  };
}

const shown = (measured?: Measured) =>
  measured
    ? `${measured.median.toFixed(0)} ms (${measured.quartiles.map((value) => value.toFixed(0)).join('–')})`
    : '';
