import type { Placeholders } from '../../../../contract/details';
import { configureSharp } from '../../../../functions/lib/image/decode';
import { PREVIEW, placeholdersOf } from '../../../../functions/lib/image/placeholders';
import type { Variant } from '../../../../functions/lib/image/presets';
import { render, renderWithPreview } from '../../../../functions/lib/image/render';
import { type ImageScan, scan } from '../../../../functions/lib/prescan';
import { phonePicture, portrait } from '../../../fixtures/heic';
import { animation, type Colour, picture, QUADRANTS } from '../../../fixtures/images';
import sharp from '../../../fixtures/sharp';
import { variantOf } from '../../support';

beforeAll(() => configureSharp(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff', 'heic']));

const OPTIONS = { maxPixels: 10_000_000, background: '#AABBCC' };

async function placeholders(bytes: Buffer, ...variants: Variant[]): Promise<Placeholders> {
  const wanted = variants.map((variant) => ({ variant, format: 'jpeg' as const }));
  const found = scan(bytes, { whole: true }) as ImageScan;
  const { preview } = await renderWithPreview(bytes, found, wanted, { ...OPTIONS, preview: PREVIEW });
  return placeholdersOf(preview!, OPTIONS.background);
}

/** A thumbhash's picture and shape, by the package that made it. */
async function unfolded({ thumbhash }: Placeholders) {
  const package_ = await import('thumbhash');
  const hash = Buffer.from(thumbhash, 'base64');
  const { w, h, rgba } = package_.thumbHashToRGBA(hash);
  const at = (x: number, y: number) =>
    [...rgba.subarray(4 * (Math.floor(y * h) * w + Math.floor(x * w)))].slice(0, 4);
  return { ratio: package_.thumbHashToApproximateAspectRatio(hash), at, bytes: hash.length };
}

const blurred = ({ blurDataURL }: Placeholders) =>
  sharp(Buffer.from(blurDataURL.slice('data:image/webp;base64,'.length), 'base64'))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });

/** The largest difference of a channel. */
const distance = (one: readonly number[], other: readonly number[]) =>
  Math.max(...other.map((value, i) => Math.abs(value - (one[i] ?? 0))));

const rgb = (colour: string) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

const CORNERS = [
  [0.2, 0.2, QUADRANTS.topLeft],
  [0.8, 0.2, QUADRANTS.topRight],
  [0.2, 0.8, QUADRANTS.bottomLeft],
  [0.8, 0.8, QUADRANTS.bottomRight],
] as const;

/** The quadrant whose colour is nearest. */
const quadrantOf = (colour: readonly number[]) =>
  Object.values(QUADRANTS).reduce((best, one) =>
    distance(colour, one) < distance(colour, best) ? one : best,
  );

async function expectWholePicture(made: Placeholders): Promise<void> {
  const { at } = await unfolded(made);
  const { data, info } = await blurred(made);
  for (const [x, y, colour] of CORNERS) {
    expect(quadrantOf(at(x, y))).toEqual(colour);
    const pixel = 4 * (Math.floor(y * info.height) * info.width + Math.floor(x * info.width));
    expect(quadrantOf([...data.subarray(pixel, pixel + 3)])).toEqual(colour);
  }
  expect(distance(rgb(made.color), quadrantOf(rgb(made.color)))).toBeLessThan(24);
}

describe('the picture that they stand for', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('is upright, orientation %d', async (orientation) => {
    const made = await placeholders(await picture({ width: 240, height: 120, orientation }));
    await expectWholePicture(made);
    expect((await unfolded(made)).ratio).toBeCloseTo(7 / 4);
    expect((await blurred(made)).info).toMatchObject({ width: 8, height: 4 });
  });

  test.each(['png', 'webp', 'gif', 'avif', 'tiff'] as const)('is that of a %s', async (format) => {
    await expectWholePicture(await placeholders(await picture({ width: 160, height: 120, format })));
  });

  test('is that of a HEIC as a phone stores it: turned, in tiles, in Display P3', async () => {
    const made = await placeholders(phonePicture());
    const expected = await placeholders(await portrait().png().toBuffer());
    const [one, other] = [await blurred(made), await blurred(expected)];
    expect(one.info).toMatchObject({ width: other.info.width, height: other.info.height });
    expect(distance([...one.data], [...other.data])).toBeLessThan(40);
  });

  test.each<[string, Parameters<typeof picture>[0]]>([
    ['Display P3', { profile: 'p3' }],
    ['CMYK', { colourspace: 'cmyk', profile: 'cmyk' }],
    ['16 bits', { colourspace: 'rgb16', format: 'png' }],
  ])('has its colours in sRGB: %s', async (_, how) => {
    await expectWholePicture(await placeholders(await picture({ width: 160, height: 120, ...how })));
  });

  test('is grey if the image is', async () => {
    const grey = await sharp({ create: { width: 90, height: 60, channels: 3, background: '#777777' } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect((await placeholders(grey)).color).toBe('#777777');
  });

  test('is the whole one, whatever the variants show of it', async () => {
    const bytes = await picture({ width: 400, height: 200 });
    const alone = await placeholders(bytes);
    for (const variant of [
      variantOf({ name: 'square', width: 100, height: 100, fit: 'cover' }),
      variantOf({ name: 'padded', width: 100, height: 100, fit: 'contain' }),
      variantOf({ name: 'stretched', width: 100, height: 100, fit: 'fill' }),
      variantOf({ name: 'tiny', width: 16, height: 16 }),
    ]) {
      const made = await placeholders(bytes, variant);
      await expectWholePicture(made);
      expect((await unfolded(made)).ratio).toBe((await unfolded(alone)).ratio);
    }
  });

  test('is made of one that is large enough, not of the smallest that is there', async () => {
    const bytes = await portrait().png().toBuffer();
    const tiny = [variantOf({ name: 'small', width: 90 }), variantOf({ name: 'tiny', width: 3 })];
    const [one, other] = [await placeholders(bytes, ...tiny), await placeholders(bytes)];
    expect(distance([...(await blurred(one)).data], [...(await blurred(other)).data])).toBeLessThan(16);
  });

  test('leaves every variant as it is without them, to the byte', async () => {
    const bytes = await picture({ width: 400, height: 300 });
    const found = scan(bytes, { whole: true }) as ImageScan;
    for (const size of [20, 64, 150]) {
      const wanted = [{ variant: variantOf({ name: 'one', width: size }), format: 'jpeg' as const }];
      const with_ = await renderWithPreview(bytes, found, wanted, { ...OPTIONS, preview: PREVIEW });
      expect(with_.rendered).toEqual(await render(bytes, found, wanted, OPTIONS));
    }
  });

  test.each(['gif', 'webp'] as const)('is the first frame of an animated %s', async (format) => {
    const [red, blue]: Colour[] = [
      [200, 0, 0],
      [0, 0, 200],
    ];
    const bytes = await animation(format, [red!, blue!]);
    expect(distance(rgb((await placeholders(bytes)).color), red!)).toBeLessThan(8);
    // The same if the animation stays one, and nothing else is made of it.
    const moving = [{ variant: variantOf({ name: 'moving', width: 32 }), format, animated: true as const }];
    const found = scan(bytes, { whole: true }) as ImageScan;
    const { preview, rendered } = await renderWithPreview(bytes, found, moving, {
      ...OPTIONS,
      preview: PREVIEW,
    });
    expect(scan(rendered[0]!.data, { whole: true })).toMatchObject({ format, frames: 2 });
    expect(distance([...preview!.data.subarray(0, 3)], red!)).toBeLessThan(8);
  });

  test.each([
    [1, 3000],
    [3000, 1],
    [1, 1],
  ])('may be %d × %d pixels', async (width, height) => {
    const bytes = await sharp({ create: { width, height, channels: 3, background: '#336699' } })
      .png()
      .toBuffer();
    const made = await placeholders(bytes);
    expect(made.color).toBe('#336699');
    expect(Math.max((await blurred(made)).info.width, (await blurred(made)).info.height)).toBeLessThanOrEqual(
      8,
    );
  });
});

describe('transparency', () => {
  const half = (opacity: number, format: 'png' | 'webp' = 'png') =>
    picture({ width: 160, height: 120, format, opacity });

  test.each(['png', 'webp'] as const)('of a %s is kept by thumbhash and blurred picture', async (format) => {
    const made = await placeholders(await half(0, format));
    const { at } = await unfolded(made);
    expect([at(0.5, 0.1)[3], at(0.5, 0.95)[3]]).toEqual([expect.closeTo(255, -2), expect.closeTo(0, -2)]);
    const { data, info } = await blurred(made);
    expect(data[3]).toBeGreaterThan(240);
    expect(data[4 * info.width * (info.height - 1) + 3]).toBeLessThan(16);
  });

  test('the dominant colour is one that shows, weighed by how much it does', async () => {
    // The lower half has colours too, which nobody sees.
    const upper: (readonly number[])[] = [QUADRANTS.topLeft, QUADRANTS.topRight];
    const { color } = await placeholders(await half(0));
    expect(Math.min(...upper.map((colour) => distance(rgb(color), colour)))).toBeLessThan(8);
    const mostlyFaint = sharp({ create: { width: 64, height: 64, channels: 4, background: '#ff000010' } });
    const strip = await sharp({ create: { width: 64, height: 8, channels: 4, background: '#0000ff' } })
      .png()
      .toBuffer();
    const made = await placeholders(
      await mostlyFaint
        .composite([{ input: strip, top: 0, left: 0 }])
        .png()
        .toBuffer(),
    );
    expect(made.color).toBe('#0000ff');
  });

  test('where nothing shows, the colour is the background of the settings', async () => {
    const bytes = await sharp({ create: { width: 40, height: 30, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer();
    expect((await placeholders(bytes)).color).toBe('#aabbcc');
  });
});

test('the dominant colour is the one that sharp finds too, which gives the middle of its shade', async () => {
  const photo = await picture({ width: 160, height: 120, format: 'png' });
  const heavy = await sharp(photo).extend({ top: 200, background: '#123456' }).png().toBuffer();
  const { dominant } = await sharp(heavy).stats();
  const { color } = await placeholders(heavy);
  expect(color).toBe('#123456');
  expect(distance(rgb(color), [dominant.r, dominant.g, dominant.b])).toBeLessThanOrEqual(8);
});

test('they are small enough for a record, a message and a page', async () => {
  const noise = await sharp({
    create: {
      width: 300,
      height: 200,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .png()
    .toBuffer();
  for (const bytes of [noise, await picture({ width: 160, height: 120, format: 'png', opacity: 0.5 })]) {
    const { thumbhash, blurDataURL } = await placeholders(bytes);
    expect(Buffer.from(thumbhash, 'base64').length).toBeLessThanOrEqual(25);
    expect(blurDataURL.length).toBeLessThanOrEqual(240);
  }
});
