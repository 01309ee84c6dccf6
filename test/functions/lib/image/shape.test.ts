/** Background and sharpening. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { picture } from '../../../fixtures/images';
import sharp from '../../../fixtures/sharp';
import { at, type Decoded, decoded, OPTIONS, rms, thumbnail } from './pixels';

const CODEC = 6;
const PADDED = { width: 100, height: 100, fit: 'contain' } as const;
const GREEN = { ...OPTIONS, background: '#00ff00' };

/** A pixel of the padding above, and one of the picture. */
const PADDING = [0.5, 0.05] as const;

function expectNear(made: Decoded, [x, y]: readonly [number, number], expected: number[]): void {
  const found = [...at(made, x, y), 255].slice(0, 4);
  expected.forEach((value, n) => {
    expect(Math.abs((found[n] as number) - value)).toBeLessThanOrEqual(CODEC);
  });
}

/** Two to one: red, and its right half transparent. */
const halfTransparent = () =>
  sharp({ create: { width: 100, height: 100, channels: 4, background: '#c02020' } })
    .extend({ right: 100, background: '#00000000' })
    .png()
    .toBuffer();
const SHOWN = [0.25, 0.5] as const;
const THROUGH = [0.75, 0.5] as const;

describe('the background of a variant', () => {
  test.each(['jpeg', 'png', 'webp', 'avif', 'gif'] as const)(
    'is in the padding and under transparent parts, as %s',
    async (format) => {
      const made = await decoded(
        await thumbnail(await halfTransparent(), { ...PADDED, format, background: '#3060a0' }, GREEN),
      );
      for (const where of [PADDING, THROUGH]) expectNear(made, where, [0x30, 0x60, 0xa0, 255]);
      expectNear(made, SHOWN, [0xc0, 0x20, 0x20, 255]);
    },
  );

  test.each(['png', 'webp', 'avif', 'gif'] as const)(
    'is transparent in %s if it is not set',
    async (format) => {
      const wanted = { ...PADDED, format };
      const bytes = await thumbnail(await halfTransparent(), wanted, GREEN);
      const made = await decoded(bytes);
      for (const [x, y] of [PADDING, THROUGH]) expect(at(made, x, y)[3]).toBe(0);
      expectNear(made, SHOWN, [0xc0, 0x20, 0x20, 255]);
      expect(
        await thumbnail(await halfTransparent(), { ...wanted, background: 'transparent' }, GREEN),
      ).toEqual(bytes);
    },
  );

  test('has an opacity where it states one', async () => {
    for (const format of ['png', 'webp'] as const) {
      const made = await decoded(
        await thumbnail(await halfTransparent(), { ...PADDED, format, background: '#3060a080' }, GREEN),
      );
      for (const where of [PADDING, THROUGH]) expectNear(made, where, [0x30, 0x60, 0xa0, 0x80]);
      expectNear(made, SHOWN, [0xc0, 0x20, 0x20, 255]);
    }
  });

  test.each([
    ['#3060a080', [0x18, 0xaf, 0x50]],
    ['transparent', [0, 255, 0]],
    [undefined, [0, 255, 0]],
  ])('%s lies on that of the settings in a JPEG', async (background, expected) => {
    const wanted = { ...PADDED, format: 'jpeg', ...(background && { background }) } as const;
    const made = await decoded(await thumbnail(await halfTransparent(), wanted, GREEN));
    for (const where of [PADDING, THROUGH]) expectNear(made, where, [...expected, 255]);
  });

  test.each(['16bit-grey-linear-profile.png', 'generated'])(
    'is a colour behind grey too: %s',
    async (name) => {
      const grey =
        name === 'generated'
          ? await picture({ format: 'png', width: 200, height: 100, colourspace: 'b-w', opacity: 0.5 })
          : await sharp(await readFile(path.join(__dirname, '../../../fixtures/pictures', name)))
              .extract({ left: 0, top: 0, width: 16, height: 8 })
              .toColourspace('grey16')
              .keepIccProfile()
              .png()
              .toBuffer();
      const made = await decoded(
        await thumbnail(grey, { ...PADDED, format: 'webp', lossless: true, background: '#3060a0' }, GREEN),
      );
      expectNear(made, PADDING, [0x30, 0x60, 0xa0, 255]);
    },
  );
});

/** Mean difference of neighbours: how sharp a picture looks. */
function contrast({ data, width, height, channels }: Decoded): number {
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < width; x++) {
      const i = (y * width + x) * channels;
      sum += Math.abs((data[i] as number) - (data[i - channels] as number));
    }
  }
  return sum / (width * height);
}

describe('sharpening', () => {
  const portrait = () => readFile(path.join(__dirname, '../../../fixtures/pictures/portrait-off-centre.jpg'));
  const box = { format: 'png', width: 150, height: 150 } as const;

  test('makes a picture that was scaled down a little crisper', async () => {
    const soft = await decoded(await thumbnail(await portrait(), box));
    const crisp = await decoded(await thumbnail(await portrait(), { ...box, sharpen: true }));
    const gain = contrast(crisp) / contrast(soft);
    expect(gain).toBeGreaterThan(1.1);
    expect(gain).toBeLessThan(1.5);
    expect(rms(crisp, soft)).toBeLessThan(10);
  });

  test('leaves one alone that is not scaled, or that is off', async () => {
    const whole = { format: 'png', width: 2_000, height: 2_000 } as const;
    expect(await thumbnail(await portrait(), { ...whole, sharpen: true })).toEqual(
      await thumbnail(await portrait(), whole),
    );
    expect(await thumbnail(await portrait(), { ...box, sharpen: false })).toEqual(
      await thumbnail(await portrait(), box),
    );
  });

  test('does not touch the padding', async () => {
    const wanted = { ...box, fit: 'contain', background: '#808080', sharpen: true } as const;
    const made = await decoded(await thumbnail(await portrait(), wanted));
    // The picture is 150 × 75: its edge is between these rows.
    for (const y of [0, 0.1, 36 / 150]) expect(at(made, 0.3, y).slice(0, 3)).toEqual([128, 128, 128]);
  });
});
