import { animation, type Colour, type Picture, picture, QUADRANTS } from '../../../fixtures/images';
import sharp from '../../../fixtures/sharp';
import { at, corners, decoded, difference, INPUTS, OPTIONS, OUTPUTS, thumbnail } from './pixels';

const SMALL = { width: 32, height: 32 } as const;

describe('colours end as sRGB', () => {
  test.each<[string, Picture, number]>([
    ['a Display P3 JPEG', { profile: 'p3' }, 4],
    ['a Display P3 PNG', { profile: 'p3', format: 'png' }, 2],
    ['a Display P3 WebP', { profile: 'p3', format: 'webp' }, 5],
    // Print can't show them exactly: with sharp's own profile they differ by at most 21, without any profile by more than
    // 40.
    ['a CMYK JPEG with its profile', { colourspace: 'cmyk', profile: 'cmyk' }, 22],
    ['a 16-bit PNG', { colourspace: 'rgb16', format: 'png' }, 1],
    ['a palette PNG', { palette: true, format: 'png' }, 1],
    ['a progressive JPEG', { progressive: true }, 3],
    ['an interlaced PNG', { progressive: true, format: 'png' }, 0],
  ])('%s', async (_, kind, tolerance) => {
    const made = await thumbnail(await picture({ ...kind, width: 64, height: 64 }), {
      format: 'png',
      ...SMALL,
    });
    expect(difference(await corners(made), QUADRANTS)).toBeLessThanOrEqual(tolerance);
    expect(await sharp(made).metadata()).toMatchObject({ space: 'srgb', depth: 'uchar', hasProfile: false });
  });

  test('which a decoder that ignores the profile would miss', async () => {
    const bytes = await picture({ profile: 'p3', format: 'png', width: 64, height: 64 });
    const ignorant = await sharp(bytes, { ignoreIcc: true }).png().toBuffer();
    expect(difference(await corners(ignorant), QUADRANTS)).toBeGreaterThan(5);
  });

  test.each<[string, Picture]>([
    ['an 8-bit grey PNG', { colourspace: 'b-w', format: 'png' }],
    ['a 16-bit grey PNG', { colourspace: 'grey16', format: 'png' }],
    ['a grey JPEG', { colourspace: 'b-w' }],
  ])('%s stays grey', async (_, kind) => {
    const bytes = await picture({ ...kind, width: 64, height: 64 });
    const before = await corners(await sharp(bytes).toColourspace('srgb').png().toBuffer());
    for (const format of OUTPUTS) {
      const after = await corners(await thumbnail(bytes, { format, ...SMALL }));
      expect(difference(after, before)).toBeLessThanOrEqual(4);
    }
  });
});

describe('transparency', () => {
  const kinds: [string, Picture][] = [
    ['PNG', { format: 'png' }],
    ['16-bit PNG', { format: 'png', colourspace: 'rgb16' }],
    ['grey PNG', { format: 'png', colourspace: 'b-w' }],
    ['palette PNG', { format: 'png', palette: true }],
    ['WebP', { format: 'webp' }],
    ['GIF', { format: 'gif' }],
    ['AVIF', { format: 'avif' }],
  ];

  describe.each(kinds)('of a %s', (_, kind) => {
    test.each(['png', 'webp', 'avif', 'gif'] as const)('is kept as %s', async (format) => {
      const bytes = await picture({ ...kind, opacity: 0, width: 64, height: 64 });
      const pixels = await decoded(await thumbnail(bytes, { format, ...SMALL }));
      expect(pixels.channels).toBe(4);
      expect(at(pixels, 0.25, 0.25)[3]).toBeGreaterThanOrEqual(253);
      expect(at(pixels, 0.75, 0.75)[3]).toBe(0);
    });

    test('is flattened onto the background as jpeg', async () => {
      const bytes = await picture({ ...kind, opacity: 0, width: 64, height: 64 });
      const made = await thumbnail(
        bytes,
        { format: 'jpeg', ...SMALL },
        { ...OPTIONS, background: '#203040' },
      );
      const pixels = await decoded(made);
      expect(pixels.channels).toBe(3);
      for (const across of [0.25, 0.75]) {
        const [r = 0, g = 0, b = 0] = at(pixels, across, 0.75);
        expect(Math.max(Math.abs(r - 0x20), Math.abs(g - 0x30), Math.abs(b - 0x40))).toBeLessThanOrEqual(4);
      }
    });
  });

  test.each(['png', 'webp', 'avif'] as const)('of a half stays a half as %s', async (format) => {
    const bytes = await picture({ format: 'png', opacity: 0.5, width: 64, height: 64 });
    const made = await decoded(await thumbnail(bytes, { format, ...SMALL }));
    const [r = 0, g = 0, b = 0, alpha = 0] = at(made, 0.25, 0.75);
    const [red, green, blue] = QUADRANTS.bottomLeft;
    expect(Math.max(Math.abs(r - red), Math.abs(g - green), Math.abs(b - blue))).toBeLessThanOrEqual(6);
    expect(Math.abs(alpha - 128)).toBeLessThanOrEqual(2);
  });

  test('is not added to an opaque image', async () => {
    for (const format of OUTPUTS) {
      const made = await sharp(await thumbnail(await picture(), { format, ...SMALL })).stats();
      expect(made.isOpaque).toBe(true);
    }
  });
});

describe('the thumbnail of an animation shows its first frame', () => {
  const frames: Colour[] = [
    [180, 60, 50],
    [60, 150, 80],
    [60, 80, 170],
  ];

  test.each(['gif', 'webp'] as const)('%s', async (input) => {
    const bytes = await animation(input, frames);
    for (const format of OUTPUTS) {
      const made = await thumbnail(bytes, { format, ...SMALL });
      expect((await sharp(made).metadata()).pages ?? 1).toBe(1);
      const [red, green, blue] = at(await decoded(made), 0.5, 0.5) as [number, number, number];
      expect(Math.max(Math.abs(red - 180), Math.abs(green - 60), Math.abs(blue - 50))).toBeLessThanOrEqual(6);
    }
  });
});

describe('metadata is gone', () => {
  const private_ = ['Home address', 'A. Photographer', 'Camera maker', 'Caption', 'Exif', 'ICC_PROFILE'];

  test.each(INPUTS.flatMap((input) => OUTPUTS.map((output) => [input, output] as const)))(
    'from %s to %s, even if the image keeps its size',
    async (input, format) => {
      const bytes = await picture({ format: input, metadata: true });
      for (const width of [32, 500]) {
        const made = await thumbnail(bytes, { format, width, height: width });
        const facts = await sharp(made).metadata();
        for (const kind of ['exif', 'xmp', 'icc', 'iptc', 'orientation'] as const) {
          expect([kind, facts[kind]]).toEqual([kind, undefined]);
        }
        const text = made.toString('latin1');
        expect(private_.filter((secret) => text.includes(secret))).toEqual([]);
      }
    },
  );

  test('which was there before', async () => {
    const facts = await sharp(await picture({ metadata: true })).metadata();
    for (const kind of ['exif', 'xmp', 'icc', 'iptc'] as const)
      expect(facts[kind]).toBeInstanceOf(Uint8Array);
  });
});
