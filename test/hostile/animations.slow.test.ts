/** The heaviest animations that are kept. */
import { animatedGif, type GifFrame } from '../fixtures/animations';
import sharp from '../fixtures/sharp';
import * as build from '../functions/lib/prescan/build';
import { framesOf, settings } from './animated';
import { DEADLINE, ENDLESS, Sandbox } from './sandbox';

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox();
});
afterAll(() => sandbox.close());

/** Grain in two frames that take turns, so that no frame equals the one before. @param grain its size in pixels */
async function grainy(format: 'gif' | 'webp', side: number, frames: number, grain: number): Promise<Buffer> {
  const pair = await Promise.all([200, 90].map((mean) => frame(side, Math.ceil(side / grain), mean)));
  const image = sharp(pair, { join: { animated: true } });
  if (format === 'webp') {
    const bytes = await image.webp({ effort: 0 }).toBuffer();
    const first = bytes.indexOf('ANMF');
    return build.webp(bytes.subarray(12, first), build.times(frames / 2, bytes.subarray(first)));
  }
  const bytes = await image.gif({ effort: 1, colours: 32, dither: 0 }).toBuffer();
  const first = bytes.indexOf(Buffer.from([0x21, 0xf9]));
  const repeated = build.times(frames / 2, bytes.subarray(first, -1));
  return Buffer.concat([bytes.subarray(0, first), repeated, bytes.subarray(-1)]);
}

async function frame(side: number, coarse: number, mean: number): Promise<Buffer> {
  const noise = { type: 'gaussian', mean, sigma: 12 } as const;
  const grains = {
    create: { width: coarse, height: coarse, channels: 3, background: '#888', noise },
  } as const;
  const small = await sharp(grains).png().toBuffer();
  return sharp(small).resize(side, side, { kernel: 'nearest' }).png({ compressionLevel: 1 }).toBuffer();
}

describe('the heaviest animations are made within the limits of time and memory', () => {
  test.each(['gif', 'webp'] as const)('two frames of 49 megapixels, as %s', async (format) => {
    const size = { width: 6_990, height: 6_990 };
    const frames: GifFrame[] = [
      { ...size, colour: [200, 30, 30] },
      { ...size, colour: [30, 30, 200] },
    ];
    const bytes = format === 'gif' ? animatedGif([1, 1], frames) : await grainy(format, 6_990, 2, 50);
    expect(await framesOf(sandbox, await sandbox.run(bytes, { settings: settings(100, format) }))).toBe(2);
  });

  /** A quarter of the work that is allowed, in a quarter of the time. */
  test.each([
    ['many frames of a WebP', 'webp', 300, 120, 50, 'webp', 4],
    ['a GIF in its own size', 'gif', 230, 52, 230, 'gif', 1],
  ] as const)('%s', async (_, input, side, frames, thumbnail, output, grain) => {
    const quick = new Sandbox({ cpu: DEADLINE / 4, elapsed: ENDLESS });
    try {
      const bytes = await grainy(input, side, frames, grain);
      expect(await framesOf(quick, await quick.run(bytes, { settings: settings(thumbnail, output) }))).toBe(
        frames,
      );
    } finally {
      await quick.close();
    }
  });
});

test('1,000 frames of one pixel on 16 megapixels get a still', async () => {
  const bytes = await build.webpWithFrames(1_000, 4_000, 4_000);
  expect(await framesOf(sandbox, await sandbox.run(bytes, { settings: settings(10, 'webp') }))).toBe(1);
});
