/**
 * Draws docs/pictures.png: originals with traits that people reported, as Chromium shows them, each beside the thumbnail
 * that is made of it.
 *
 *   CHROMIUM=/usr/bin/chromium node --import tsx scripts/pictures.ts
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { SUFFIXES } from '../contract/formats';
import { asImage } from '../functions/lib/image/image';
import { outputFormat, type Variant } from '../functions/lib/image/presets';
import { render } from '../functions/lib/image/render';
import { scan } from '../functions/lib/prescan';
import { cover, panorama, sideways } from './pictures/generated';

const root = join(__dirname, '..');
const fixture = (name: string) => readFile(join(root, 'test/fixtures/pictures', name));

type Box = Partial<Pick<Variant, 'width' | 'height' | 'fit' | 'format'>>;

/** A trait, and the file that has it. */
const CASES: [trait: string, original: () => Promise<Buffer>, box?: Box][] = [
  ['16 bits and an sRGB profile', () => fixture('16bit-srgb-profile.png')],
  ['10 bits and an sRGB profile', () => fixture('10bit-srgb-profile.avif')],
  [
    'A profile that exchanges red and blue, its parts out of order',
    () => fixture('icc-chunks-out-of-order.jpg'),
  ],
  ['Linear light, told by gAMA alone', () => fixture('gama-1.png')],
  ['HDR: BT.2020 with PQ, told by cICP', () => fixture('cicp-pq.png')],
  ['HDR: BT.2020 with PQ in an AVIF', () => fixture('pq-bt2020.avif')],
  ['16 bits of grey with a profile of linear light', () => fixture('16bit-grey-linear-profile.png')],
  ['An AVIF with a clean aperture', () => fixture('clap-40x120.avif')],
  ['A JPEG without its end marker', () => fixture('no-eoi.jpg')],
  ['An animation whose first frame is empty', () => fixture('first-frame-transparent.gif')],
  ['Taken sideways: EXIF orientation 6', sideways],
  ['A panorama', panorama],
  ['fit: cover, of a source smaller than the box', cover, { width: 400, height: 400, fit: 'cover' }],
];

const INPUTS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const;

async function thumbnailOf(bytes: Buffer, box: Box = {}): Promise<{ data: Buffer; type: string }> {
  const found = asImage(scan(bytes, { whole: true }), INPUTS);
  const variant: Variant = {
    name: 'thumbnail',
    width: 200,
    height: 200,
    fit: 'inside',
    format: 'same',
    ...box,
  };
  const format = outputFormat(variant, found.format);
  const options = { maxPixels: 50_000_000, background: '#ffffff' };
  const [made] = await render(bytes, found, [{ variant, format }], options);
  return { data: made!.data, type: format };
}

const page = (rows: string) => `<!doctype html><meta charset="utf-8"><style>
  body { margin: 16px; width: 900px; font: 13px/1.3 sans-serif; color: #222; background: #fff }
  main { display: grid; grid-template-columns: 1fr 1fr; gap: 14px 24px }
  section { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 10px; align-items: start; align-content: start }
  h2 { grid-column: 1 / 3; margin: 0; font: inherit; font-weight: 600 }
  img { display: block; max-width: 200px; max-height: 200px; background: repeating-conic-gradient(#ddd 0 25%, #fff 0 50%) 0 0 / 16px 16px }
  small { display: block; color: #666 }
</style><main>${rows}</main>`;

const image = (data: Buffer, type: string) =>
  `<img src="data:image/${type};base64,${data.toString('base64')}">`;

async function main(): Promise<void> {
  const executablePath = process.env['CHROMIUM'];
  if (!executablePath) throw new Error('Expected the path of a Chromium in CHROMIUM, to show the originals');
  const folder = await mkdtemp(join(tmpdir(), 'pictures-'));
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--force-color-profile=srgb'],
  });
  try {
    const rows: string[] = [];
    for (const [trait, original, box] of CASES) {
      const bytes = await original();
      const { format } = asImage(scan(bytes, { whole: true }), INPUTS);
      const made = await thumbnailOf(bytes, box);
      const kind = SUFFIXES[format].toUpperCase();
      rows.push(
        `<section><h2>${trait}</h2>
        <div>${image(bytes, format)}<small>original, ${kind}, ${bytes.length.toLocaleString('en-US')} bytes</small></div>
        <div>${image(made.data, made.type)}<small>thumbnail, ${made.data.length.toLocaleString('en-US')} bytes</small></div></section>`,
      );
    }
    const html = join(folder, 'index.html');
    await writeFile(html, page(rows.join('\n')));
    const tab = await browser.newPage({ viewport: { width: 932, height: 600 } });
    await tab.goto(`file://${html}`);
    await tab.waitForFunction('[...document.images].every((image) => image.complete)');
    // The animation begins with its empty frame.
    await tab.waitForTimeout(1_000);
    const screenshot = await tab.screenshot({ fullPage: true });
    await writeFile(
      join(root, 'docs/pictures.png'),
      await sharp(screenshot).png({ palette: true, effort: 10 }).toBuffer(),
    );
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
}

void main();
