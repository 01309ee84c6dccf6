/**
 * Measures what the animated thumbnails of a GIF of 60 frames cost, have of bytes, and lose, compared with gifsicle, with
 * gif2webp after it, and with sharp as most programs use it.
 *
 * Prints the table of docs/performance.md, "Animation".
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { configureSharp } from '../functions/lib/image/decode';
import type { Variant } from '../functions/lib/image/presets';
import { render } from '../functions/lib/image/render';
import { type ImageScan, scan } from '../functions/lib/prescan';
import { machine, table } from './end-to-end/report';
import { cpuOf, INSTALL, isInstalled } from './images/contenders';
import { timed } from './images/encoders';
import { inTurns } from './images/measure';
import { makePictures } from './images/pictures';
import { psnr } from './images/quality';
import type { BenchOptions } from './options';

const [WIDTH, HEIGHT, FRAMES] = [480, 360, 60];
/** Longest side of the thumbnails, in pixels. */
const SIDE = 200;

type Format = 'gif' | 'webp';

interface Contender {
  name: string;
  format: Format;
  /** Makes the thumbnail once. @returns milliseconds of CPU time */
  make(): Promise<{ data: Buffer; cpuMs: number }>;
}

export async function run({ runs = 7 }: BenchOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    console.error('Making a GIF …');
    const gif = await panorama(folder);
    const file = path.join(folder, 'panorama.gif');
    await writeFile(file, gif);
    console.log(`${machine()}; ${runs} runs of each in turns; medians, and in brackets the middle half.`);
    console.log(
      `A GIF of ${FRAMES} frames of ${WIDTH} × ${HEIGHT}, ${gif.length.toLocaleString('en-US')} bytes.`,
    );
    configureSharp(['gif', 'webp']);
    const contenders = contendersOf(gif, file, folder);
    const frames = await framesOf(gif);
    const made = new Map<string, Buffer>();
    const times = await inTurns(
      Object.fromEntries(
        contenders.map(({ name, make }) => [
          name,
          async () => {
            const { data, cpuMs } = await make();
            made.set(name, data);
            return cpuMs;
          },
        ]),
      ),
      runs,
    );
    const rows: string[][] = [];
    for (const { name, format } of contenders) {
      const { median, quartiles } = times[name]!;
      const [low, high] = quartiles.map((ms) => ms.toFixed(0));
      const ours = times[`ours, ${format}`]!.median;
      const data = made.get(name)!;
      rows.push([
        name,
        `${median.toFixed(0)} ms (${low}–${high})`,
        (ours / median).toFixed(2),
        data.length.toLocaleString('en-US'),
        `${(await nearness(data, frames)).toFixed(1)} dB`,
      ]);
    }
    table([`${SIDE} px`, 'CPU', 'ours / it', 'bytes', 'to the frames, scaled'], rows);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A camera that moves over a landscape. */
async function panorama(folder: string): Promise<Buffer> {
  const [picture] = await makePictures(folder, ['jpeg-2mp']);
  const scene = await sharp(picture!.file).resize(1_000).png().toBuffer();
  const frames = await Promise.all(
    Array.from({ length: FRAMES }, (_, n) =>
      sharp(scene)
        .extract({ left: 8 * n, top: 3 * n, width: WIDTH, height: HEIGHT })
        .png()
        .toBuffer(),
    ),
  );
  return sharp(frames, { join: { animated: true } })
    .gif({ delay: frames.map(() => 50), effort: 3 })
    .toBuffer();
}

function contendersOf(gif: Buffer, file: string, folder: string): Contender[] {
  const ours = (format: Format): Contender => ({
    name: `ours, ${format}`,
    format,
    make: () => timed(() => thumbnail(gif, format)),
  });
  // Its default effort for GIF, 7, takes six times as long for 2 % fewer bytes.
  const bySharp = (format: Format): Contender => ({
    name: `sharp's pipeline, ${format}`,
    format,
    make: () =>
      timed(() => sharp(gif, { animated: true }).resize(SIDE).toFormat(format, { effort: 3 }).toBuffer()),
  });
  const small = path.join(folder, 'small.gif');
  const web = path.join(folder, 'small.webp');
  const gifsicle = () =>
    cpuOf('gifsicle', ['--resize-fit', `${SIDE}x${SIDE}`, '--colors', '256', '-O2', file, '-o', small]);
  const programs: (Contender & { needs: ('gifsicle' | 'gif2webp')[] })[] = [
    {
      name: 'gifsicle -O2',
      format: 'gif',
      needs: ['gifsicle'],
      make: async () => ({ cpuMs: await gifsicle(), data: await readFile(small) }),
    },
    {
      name: 'gifsicle, then gif2webp -lossy -q 80',
      format: 'webp',
      needs: ['gifsicle', 'gif2webp'],
      make: async () => {
        const scaling = await gifsicle();
        const encoding = await cpuOf('gif2webp', ['-quiet', '-lossy', '-q', '80', small, '-o', web]);
        return { cpuMs: scaling + encoding, data: await readFile(web) };
      },
    },
  ];
  for (const name of ['gifsicle', 'gif2webp'] as const) {
    if (!isInstalled(name)) console.log(`Without ${name}: ${INSTALL[name]}`);
  }
  const installed = programs.filter(({ needs }) => needs.every((name) => isInstalled(name)));
  return [ours('gif'), bySharp('gif'), ours('webp'), bySharp('webp'), ...installed];
}

async function thumbnail(gif: Buffer, format: Format): Promise<Buffer> {
  const found = scan(gif, { whole: true }) as ImageScan;
  const variant: Variant = { name: 'a', width: SIDE, height: SIDE, fit: 'inside', format, animated: true };
  const options = { maxPixels: 50_000_000, background: '#ffffff' };
  const [made] = await render(gif, found, [{ variant, format, animated: true }], options);
  return made!.data;
}

/** Red, green and blue of each frame. */
async function framesOf(image: Buffer): Promise<{ data: Buffer; width: number; height: number }[]> {
  const { data, info } = await sharp(image, { animated: true })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const height = info.pageHeight ?? info.height;
  const bytes = info.width * height * 3;
  return Array.from({ length: data.length / bytes }, (_, n) => ({
    data: data.subarray(n * bytes, (n + 1) * bytes),
    width: info.width,
    height,
  }));
}

/** How near the frames are to those of the original, scaled each by itself. */
async function nearness(image: Buffer, originals: Awaited<ReturnType<typeof framesOf>>): Promise<number> {
  const frames = await framesOf(image);
  const values = await Promise.all(
    frames.map(async ({ data, width, height }, n) => {
      const original = originals[n]!;
      const raw = { width: original.width, height: original.height, channels: 3 } as const;
      const scaled = sharp(original.data, { raw }).resize(width, height, { fit: 'fill' });
      return psnr(data, await scaled.raw().toBuffer());
    }),
  );
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
