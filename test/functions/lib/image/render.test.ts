import fc from 'fast-check';
import { CorruptImage } from '../../../../contract/errors';
import { configureSharp } from '../../../../functions/lib/image/decode';
import { asImage } from '../../../../functions/lib/image/image';
import { plan } from '../../../../functions/lib/image/plan';
import type { Variant } from '../../../../functions/lib/image/presets';
import { render } from '../../../../functions/lib/image/render';
import { scan } from '../../../../functions/lib/prescan';
import { type Orientation, photo, picture, QUADRANTS } from '../../../fixtures/images';
import sharp from '../../../fixtures/sharp';
import { variantOf } from '../../support';
import {
  corners,
  decoded,
  difference,
  INPUTS,
  type Making,
  OPTIONS,
  OUTPUTS,
  rms,
  thumbnail,
  thumbnails,
} from './pixels';

/** How much lossy codecs change a plain area. */
const CODEC = 6;

describe('every input to every output', () => {
  test.each(INPUTS.flatMap((input) => OUTPUTS.map((output) => [input, output] as const)))(
    '%s to %s is the same picture, smaller',
    async (input, format) => {
      const bytes = await picture({ format: input, width: 120, height: 80 });
      const made = await thumbnail(bytes, { format, width: 60, height: 60 });
      expect(await sharp(made).metadata()).toMatchObject({
        format: format === 'avif' ? 'heif' : format,
        width: 60,
        height: 40,
      });
      expect(difference(await corners(made), QUADRANTS)).toBeLessThanOrEqual(CODEC);
    },
  );
});

describe('orientation', () => {
  test.each<Orientation>([1, 2, 3, 4, 5, 6, 7, 8])('%d of a JPEG ends upright', async (orientation) => {
    const bytes = await picture({ width: 120, height: 80, orientation });
    const [small, cut, same] = await thumbnails(bytes, [
      { format: 'png', width: 60, height: 60 },
      { format: 'png', width: 30, height: 30, fit: 'cover' },
      { format: 'png', width: 500, height: 500 },
    ]);
    expect(small).toMatchObject({ width: 60, height: 40 });
    expect(cut).toMatchObject({ width: 30, height: 30 });
    expect(same).toMatchObject({ width: 120, height: 80 });
    for (const made of [small, cut, same]) {
      expect(await sharp(made!.data).metadata()).toMatchObject({ width: made!.width, height: made!.height });
      expect(difference(await corners(made!.data), QUADRANTS)).toBeLessThanOrEqual(CODEC);
    }
  });

  test.each(['png', 'webp', 'avif', 'tiff'] as const)('of a %s is applied too', async (format) => {
    for (const orientation of [3, 6, 7] as const) {
      const bytes = await picture({ format, width: 120, height: 80, orientation });
      const [made] = await thumbnails(bytes, [{ format: 'png', width: 60, height: 60 }]);
      expect(made).toMatchObject({ width: 60, height: 40 });
      expect(difference(await corners(made!.data), QUADRANTS)).toBeLessThanOrEqual(CODEC);
    }
  });
});

describe('size', () => {
  test.each(OUTPUTS)('of 1×1 stays 1×1, as %s', async (format) => {
    const bytes = await picture({ format: 'png', width: 1, height: 1 });
    expect(await sharp(await thumbnail(bytes, { format })).metadata()).toMatchObject({ width: 1, height: 1 });
  });

  test('of an image smaller than the variant stays as it is, pixel for pixel', async () => {
    const bytes = await photo('png', 90, 70);
    for (const fit of ['inside', 'fill'] as const) {
      const made = await decoded(await thumbnail(bytes, { format: 'png', width: 200, height: 200, fit }));
      expect(made).toEqual(await decoded(bytes));
    }
  });

  test("of an image smaller than the box has the box's proportions if it covers it", async () => {
    const bytes = await photo('png', 90, 70);
    const made = await decoded(
      await thumbnail(bytes, { format: 'png', width: 200, height: 200, fit: 'cover' }),
    );
    const middle = sharp(bytes).extract({ left: 10, top: 0, width: 70, height: 70 });
    expect(made).toEqual(await decoded(await middle.png().toBuffer()));
  });

  test('is exactly what was planned, for any image, box and fit', async () => {
    const side = fc.integer({ min: 1, max: 90 });
    const fit = fc.constantFrom<Variant['fit']>('inside', 'cover', 'contain', 'fill');
    const variant = fc.record({ width: side, height: side, fit });
    const image = fc.record({ width: side, height: side });
    await fc.assert(
      fc.asyncProperty(image, fc.array(variant, { minLength: 1, maxLength: 4 }), async (size, variants) => {
        const bytes = await sharp({ create: { ...size, channels: 3, background: '#345' } })
          .png()
          .toBuffer();
        const made = await thumbnails(
          bytes,
          variants.map((wanted) => ({ ...wanted, format: 'png' })),
        );
        for (const [n, wanted] of variants.entries()) {
          const { width, height } = await sharp(made[n]!.data).metadata();
          expect({ width, height }).toEqual(plan(size, wanted).size);
          expect(made[n]).toMatchObject({ width, height });
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is reached in one step for a single variant of a large image, so that nothing is blurred twice', async () => {
    const bytes = await photo('png', 2_500, 834);
    const made = await decoded(await thumbnail(bytes, { format: 'png', width: 200, height: 200 }));
    const direct = await sharp(bytes).resize(200, 67, { fit: 'fill' }).png().toBuffer();
    expect(made).toEqual(await decoded(direct));
  });

  test('is reached by halving for a small variant, where every pixel is visible', async () => {
    const bytes = await photo('png', 1_000, 333);
    const made = await decoded(await thumbnail(bytes, { format: 'png', width: 200, height: 200 }));
    const twice = await sharp(bytes).resize(400, 134, { fit: 'fill' }).png().toBuffer();
    const halved = await sharp(twice).resize(200, 67, { fit: 'fill' }).png().toBuffer();
    expect(made).toEqual(await decoded(halved));
  });
});

describe('several variants at once', () => {
  const wanted: Making[] = [
    { name: 'small', format: 'jpeg', width: 100, height: 100 },
    { name: 'large', format: 'webp', width: 400, height: 400 },
    { name: 'square', format: 'png', width: 150, height: 150, fit: 'cover' },
    { name: 'padded', format: 'png', width: 120, height: 120, fit: 'contain' },
    { name: 'stretched', format: 'png', width: 160, height: 300, fit: 'fill' },
    { name: 'narrow', format: 'avif', width: 64, height: undefined },
    { name: 'original', format: 'png', width: 2_000, height: 2_000 },
    { name: 'repeated', format: 'jpeg', width: 100, height: 100 },
  ];

  test.each(['jpeg', 'png'] as const)(
    'of a %s look as if each was made alone, in the requested order',
    async (format) => {
      const bytes = await photo(format, 800, 600);
      const together = await thumbnails(bytes, wanted);
      for (const [n, variant] of wanted.entries()) {
        const [alone] = await thumbnails(bytes, [variant]);
        expect(together[n]).toMatchObject({ width: alone!.width, height: alone!.height });
        expect(rms(await decoded(together[n]!.data), await decoded(alone!.data))).toBeLessThan(3);
      }
    },
  );
});

test('a variant that is stretched changes nothing of a smaller one, which is made from an undistorted picture', async () => {
  const bytes = await photo('png', 800, 600);
  const large: Making = { format: 'png', width: 400, height: 300 };
  const stretched: Making = { format: 'png', width: 80, height: 300, fit: 'fill' };
  const small: Making = { format: 'png', width: 40, height: 30 };
  const [, , beside] = await thumbnails(bytes, [large, stretched, small]);
  const [, without] = await thumbnails(bytes, [large, small]);
  expect(beside?.data).toEqual(without?.data);
});

describe('fit', () => {
  test('cover keeps the middle', async () => {
    const bytes = await picture({ format: 'png', width: 400, height: 100 });
    const made = await decoded(
      await thumbnail(bytes, { format: 'png', width: 100, height: 100, fit: 'cover' }),
    );
    const middle = await sharp(bytes)
      .extract({ left: 150, top: 0, width: 100, height: 100 })
      .png()
      .toBuffer();
    expect(made).toEqual(await decoded(middle));
  });

  test.each(OUTPUTS)('contain pads both sides evenly, as %s', async (format) => {
    const bytes = await picture({ format: 'png', width: 200, height: 100 });
    const made = await decoded(
      await thumbnail(
        bytes,
        { format, width: 100, height: 100, fit: 'contain' },
        { ...OPTIONS, background: '#336699' },
      ),
    );
    const row = (y: number) => [...made.data.subarray(y * 100 * made.channels).subarray(0, made.channels)];
    const alpha = format === 'jpeg' ? [] : [0];
    for (const y of [2, 20, 79, 97]) {
      const [r = 0, g = 0, b = 0, ...opacity] = row(y);
      expect(opacity).toEqual(alpha);
      if (format === 'jpeg') {
        expect(Math.max(Math.abs(r - 0x33), Math.abs(g - 0x66), Math.abs(b - 0x99))).toBeLessThanOrEqual(
          CODEC,
        );
      }
    }
    for (const y of [30, 70]) expect(row(y)[3] ?? 255).toBe(255);
  });

  test('fill stretches', async () => {
    const bytes = await picture({ format: 'png', width: 200, height: 100 });
    const made = await thumbnail(bytes, { format: 'png', width: 50, height: 80, fit: 'fill' });
    expect(await sharp(made).metadata()).toMatchObject({ width: 50, height: 80 });
    expect(difference(await corners(made), QUADRANTS)).toBeLessThanOrEqual(1);
  });
});

describe('bytes that cannot be decoded are a CorruptImage', () => {
  beforeEach(() => {
    jest.spyOn(console, 'warn').mockImplementation();
  });
  afterEach(() => jest.restoreAllMocks());

  test.each(['jpeg', 'png', 'webp', 'gif'] as const)('a %s cut in half', async (format) => {
    const bytes =
      format === 'webp' || format === 'gif'
        ? await picture({ format, width: 300, height: 200 })
        : await photo(format, 300, 200);
    const cut = bytes.subarray(0, bytes.length / 2);
    const made = async () => {
      const found = asImage(scan(cut, { whole: true }), INPUTS);
      return render(cut, found, [{ variant: variantOf(), format: 'jpeg' }], OPTIONS);
    };
    await expect(made()).rejects.toBeInstanceOf(CorruptImage);
    await expect(made()).rejects.toThrow(
      /^The (image ends before its last row|image is damaged|WebP is damaged: |GIF is damaged: its picture ends after \d+ of 200 rows)/,
    );
  });

  test('more pixels than the limit are refused, whatever the header says', async () => {
    const bytes = await picture({ format: 'png', width: 300, height: 200 });
    const made = thumbnails(bytes, [{ format: 'jpeg' }], { ...OPTIONS, maxPixels: 1_000 });
    await expect(made).rejects.toThrow('The image has more pixels than its header says');
  });
});

describe('the decoders sharp may use', () => {
  afterEach(() => {
    sharp.unblock({ operation: ['VipsForeignLoad'] });
  });

  test('are those of the accepted formats and no others', async () => {
    const images = await Promise.all(
      INPUTS.map(async (format) => [format, await picture({ format })] as const),
    );
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"/>');
    for (const accepted of INPUTS) {
      configureSharp([accepted]);
      for (const [format, bytes] of [...images, ['svg', svg] as const]) {
        const made = render(
          bytes,
          { format: accepted, width: 64, height: 48, orientation: 1 },
          [{ variant: variantOf({ width: 32 }), format: 'png' }],
          OPTIONS,
        );
        if (format === accepted) await expect(made).resolves.toHaveLength(1);
        else await expect(made).rejects.toBeInstanceOf(CorruptImage);
      }
    }
  });

  test('use no cache and one thread', () => {
    configureSharp(['jpeg']);
    expect(sharp.cache().memory.max).toBe(0);
    expect(sharp.concurrency()).toBe(1);
  });
});
