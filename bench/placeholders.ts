/**
 * Measures what `placeholders` costs: besides thumbnails that are made anyway, and alone, which is what an upload costs whose
 * variants are all lazy.
 *
 * Prints the table of docs/performance.md, "Placeholders".
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { configureSharp } from '../functions/lib/image/decode';
import { PREVIEW, placeholdersOf } from '../functions/lib/image/placeholders';
import type { Variant } from '../functions/lib/image/presets';
import { renderWithPreview, type Wanted } from '../functions/lib/image/render';
import { type ImageScan, scan } from '../functions/lib/prescan';
import { machine, picturesIn, table } from './end-to-end/report';
import { type Contender, inTurns, type Measured } from './images/measure';
import { makePictures, type Picture } from './images/pictures';
import type { BenchOptions } from './options';

const FOUR = [1600, 800, 400, 200].map((side): Wanted => {
  const variant: Variant = { name: String(side), width: side, height: side, fit: 'inside', format: 'same' };
  return { variant, format: 'jpeg' };
});
const SMALL = FOUR.slice(-1);

export async function run({ images, runs = 15 }: BenchOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    console.error('Making pictures …');
    const made = await makePictures(folder, ['jpeg-2mp', 'jpeg-12mp', 'jpeg-24mp', 'png-12mp', 'webp-12mp']);
    const given = images ? await picturesIn(path.resolve(images), /\.(jpe?g|png|webp)$/i) : [];
    console.log(`${machine()}; ${runs} runs of each in turns; medians, and in brackets the middle half.`);
    configureSharp(['jpeg', 'png', 'webp', 'gif']);
    const rows: string[][] = [];
    for (const picture of [...made, ...given]) {
      console.error(`${picture.name} …`);
      const { four, small, besides, alone } = await compare(picture, runs);
      rows.push([picture.name, shown(four), shown(small), shown(besides), shown(alone)]);
    }
    table(['picture', 'four variants', '200 alone', 'placeholders besides', 'placeholders alone'], rows);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compare({ file }: Picture, runs: number) {
  const bytes = await readFile(file);
  const found = scan(bytes, { whole: true }) as ImageScan;
  const options = { maxPixels: 50_000_000, background: '#ffffff' };
  const render = (wanted: Wanted[], preview?: typeof PREVIEW) =>
    renderWithPreview(bytes, found, wanted, { ...options, preview });
  const { preview } = await render(SMALL, PREVIEW);
  if (preview === undefined) throw new Error(`Expected a preview of ${file}`);
  return inTurns(
    {
      four: cpuOf(() => render(FOUR)),
      small: cpuOf(() => render(SMALL)),
      // The step from a thumbnail to the preview, which comes before, takes less than a millisecond.
      besides: cpuOf(() => placeholdersOf(preview, options.background)),
      alone: cpuOf(async () => {
        const { preview: own } = await render([], PREVIEW);
        return own && placeholdersOf(own, options.background);
      }),
    },
    runs,
  );
}

function cpuOf(work: () => Promise<unknown>): Contender {
  return async () => {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}

const shown = ({ median, quartiles: [low, high] }: Measured) =>
  `${median.toFixed(0)} ms (${low.toFixed(0)}–${high.toFixed(0)})`;
