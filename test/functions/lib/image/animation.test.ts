/** Animated thumbnails: each frame, its timing, and the bounds of the work. */
import { whyStill, wouldMove } from '../../../../functions/lib/image/animation';
import { scan, withoutMetadata } from '../../../../functions/lib/prescan';
import { animatedGif, coalesced, type GifFrame } from '../../../fixtures/animations';
import type { Colour } from '../../../fixtures/images';
import sharp from '../../../fixtures/sharp';
import { imageOf, sourceAt, variantOf } from '../../support';
import { apng } from '../prescan/build';
import { decoded, rms, thumbnail, thumbnails } from './pixels';

const CODEC = 8;
const RED: Colour = [200, 30, 30];
const GREEN: Colour = [30, 180, 30];
const BLUE: Colour = [30, 30, 200];
const GREY: Colour = [120, 120, 120];

/** What a viewer sees of each frame: RGBA. */
async function framesOf(image: Buffer): Promise<Buffer[]> {
  const { data, info } = await sharp(image, { animated: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const bytes = info.width * (info.pageHeight ?? info.height) * 4;
  return Array.from({ length: data.length / bytes }, (_, n) => data.subarray(n * bytes, (n + 1) * bytes));
}

const metadata = async (image: Buffer) => {
  const { format, width, pageHeight, pages, delay, loop } = await sharp(image, { animated: true }).metadata();
  return { format, width, pageHeight, pages, delay, loop };
};

function expectSame(found: readonly Buffer[], expected: readonly Buffer[], tolerance: number): void {
  expect(found).toHaveLength(expected.length);
  const shape = { width: 0, height: 0, channels: 4 };
  found.forEach((frame, n) => {
    const other = expected[n] as Buffer;
    // A transparent pixel has no colour.
    const visible = (buffer: Buffer) => {
      const copy = Buffer.from(buffer);
      for (let i = 0; i < copy.length; i += 4) if (copy[i + 3] === 0) copy.fill(0, i, i + 4);
      return { ...shape, data: copy };
    };
    expect(rms(visible(frame), visible(other))).toBeLessThanOrEqual(tolerance);
  });
}

const SCREEN: [number, number] = [48, 32];
const FULL = { width: 48, height: 32 };
const SMALL = { width: 16, height: 16 };

/** Cases in which what a frame leaves behind decides what later ones show. */
const LEAVINGS: Record<string, GifFrame[]> = {
  'frames that stay': [
    { ...FULL, colour: RED },
    { ...SMALL, colour: GREEN },
    { ...SMALL, left: 32, colour: BLUE },
  ],
  'a frame whose area is cleared': [
    { ...FULL, colour: RED },
    { ...SMALL, colour: GREEN, disposal: 2 },
    { ...SMALL, left: 32, colour: BLUE },
  ],
  'a frame that brings back what was there': [
    { ...FULL, colour: RED },
    { ...SMALL, colour: GREEN, disposal: 3 },
    { ...SMALL, left: 32, colour: BLUE },
  ],
  'a first frame that covers a part': [
    { ...SMALL, left: 8, top: 8, colour: RED },
    { ...SMALL, left: 32, colour: BLUE },
  ],
  'a first frame that is cleared': [
    { ...FULL, colour: RED, disposal: 2 },
    { ...SMALL, colour: GREEN },
  ],
  'a first frame that leaves nothing': [
    { ...FULL, colour: RED, disposal: 3 },
    { ...SMALL, colour: GREEN },
  ],
};

describe('every frame is what a viewer sees of the original', () => {
  const cases = Object.entries(LEAVINGS).flatMap(([name, frames]) =>
    (['webp', 'gif'] as const).map((format) => [name, format, frames] as const),
  );
  test.each(cases)('%s, as %s', async (_, format, frames) => {
    const bytes = animatedGif(SCREEN, frames, { repeats: 0 });
    const made = await thumbnail(bytes, { format, animated: true, ...FULL });
    expectSame(await framesOf(made), coalesced(SCREEN, frames), CODEC);
  });

  test.each(['webp', 'gif'] as const)(
    'scaled down, as %s, without a trace of its neighbours',
    async (format) => {
      const frames: GifFrame[] = [RED, BLUE, GREEN, GREY].map((colour) => ({ ...FULL, colour }));
      const bytes = animatedGif(SCREEN, frames, { repeats: 0 });
      const made = await thumbnail(bytes, { format, animated: true, width: 12, height: 12 });
      expect(await metadata(made)).toMatchObject({ format, width: 12, pageHeight: 8, pages: 4 });
      const expected = frames.map(({ colour }) => Buffer.alloc(12 * 8 * 4, Buffer.from([...colour, 255])));
      expectSame(await framesOf(made), expected, CODEC);
    },
  );

  test('of a WebP, as WebP and as GIF', async () => {
    const frames = LEAVINGS['a frame whose area is cleared'] as GifFrame[];
    const gif = animatedGif(SCREEN, frames, { repeats: 2 });
    const webp = await thumbnail(gif, { format: 'webp', animated: true, lossless: true, ...FULL });
    expect(scan(webp, { whole: true })).toMatchObject({ format: 'webp', frames: 3, animated: true });
    for (const format of ['webp', 'gif'] as const) {
      const made = await thumbnail(webp, { format, animated: true, ...FULL });
      expect(await metadata(made)).toMatchObject({ format, pages: 3, loop: 3, delay: [50, 50, 50] });
      expectSame(await framesOf(made), coalesced(SCREEN, frames), CODEC);
    }
  });
});

describe('the timing', () => {
  const frames = [5, 120, 7].map((delay, n): GifFrame => ({ ...FULL, colour: [60 * n, 90, 90], delay }));

  test.each([
    ['webp', undefined, 1],
    ['webp', 0, 0],
    ['webp', 3, 4],
    ['gif', undefined, 1],
    ['gif', 0, 0],
    ['gif', 3, 4],
  ] as const)(
    '%s that repeats %p times keeps its delays, and is shown %p times',
    async (format, repeats, loop) => {
      const bytes = animatedGif(SCREEN, frames, { ...(repeats !== undefined && { repeats }) });
      const made = await thumbnail(bytes, { format, animated: true, width: 24, height: 24 });
      expect(await metadata(made)).toMatchObject({ pages: 3, delay: [50, 1200, 70], loop });
      expect(scan(made, { whole: true })).toMatchObject({ format, frames: 3 });
    },
  );

  test('of frames that are the same is added up', async () => {
    const twice = [frames[0], frames[1], frames[1], frames[2]] as GifFrame[];
    for (const format of ['webp', 'gif'] as const) {
      const made = await thumbnail(animatedGif(SCREEN, twice), { format, animated: true, ...FULL });
      expect((await metadata(made)).delay).toEqual([50, 2400, 70]);
    }
  });

  test.each(['webp', 'gif'] as const)(
    'beyond what sharp can write is as long as it can be, as %s',
    async (format) => {
      const slow = [65_535, 6_554].map(
        (delay, n): GifFrame => ({ ...FULL, colour: [60 * n, 90, 90], delay }),
      );
      const bytes = animatedGif(SCREEN, slow, { repeats: 65_535 });
      const { delay, loop } = await metadata(await thumbnail(bytes, { format, animated: true, ...FULL }));
      expect(loop).toBe(65_535);
      // A GIF counts hundredths of a second, rounded.
      expect(delay).toEqual(format === 'gif' ? [65_540, 65_540] : [65_535, 65_535]);
    },
  );

  test('of no time at all stays in a GIF, and is what browsers make of it in a WebP', async () => {
    const quick = [0, 1, 2].map((delay, n): GifFrame => ({ ...FULL, colour: [60 * n, 90, 90], delay }));
    const bytes = animatedGif(SCREEN, quick);
    const delays = async (format: 'webp' | 'gif') =>
      (await metadata(await thumbnail(bytes, { format, animated: true, ...FULL }))).delay;
    expect(await delays('gif')).toEqual([0, 10, 20]);
    expect(await delays('webp')).toEqual([100, 100, 20]);
  });
});

describe('what a variant asks for', () => {
  /** A square that moves to the right over grey, which fills the height. */
  const moving = [0, 20, 40, 80].map(
    (left): GifFrame => ({ left, width: 20, height: 40, colour: RED, disposal: 2 }),
  );
  const bytes = animatedGif([100, 40], [{ width: 100, height: 40, colour: GREY }, ...moving]);
  const square = { format: 'webp', animated: true, lossless: true, width: 40, height: 40 } as const;

  test('is cut at the same place in every frame', async () => {
    for (const [position, left] of [
      ['west', 0],
      ['centre', 30],
      ['east', 60],
    ] as const) {
      const made = await thumbnail(bytes, { ...square, fit: 'cover', position });
      const expected = await Promise.all(
        coalesced([100, 40], [{ width: 100, height: 40, colour: GREY }, ...moving]).map((frame) =>
          sharp(frame, { raw: { width: 100, height: 40, channels: 4 } })
            .extract({ left, top: 0, width: 40, height: 40 })
            .raw()
            .toBuffer(),
        ),
      );
      const distinct = expected.filter((frame, n) => n === 0 || !frame.equals(expected[n - 1] as Buffer));
      expectSame(await framesOf(made), distinct, 1);
    }
  });

  test.each(['attention', 'entropy'] as const)('%s: the first frame decides for all', async (position) => {
    const far: GifFrame[] = [
      { width: 100, height: 40, colour: GREY },
      { left: 80, width: 20, height: 40, colour: RED },
    ];
    const near: GifFrame[] = [{ width: 20, height: 40, colour: RED }, ...far.slice(1)];
    const made = await thumbnail(animatedGif([100, 40], near), { ...square, fit: 'cover', position });
    const [first] = await framesOf(made);
    const still = await decoded(
      await thumbnail(animatedGif([100, 40], near.slice(0, 1)), {
        ...square,
        animated: false,
        fit: 'cover',
        position,
      }),
    );
    expect(first).toEqual(still.data);
    // The second frame changes only what is cut off.
    expect((await metadata(made)).pages ?? 1).toBe(1);
  });

  test('is padded and laid on its background in every frame', async () => {
    const made = await thumbnail(bytes, { ...square, fit: 'contain', background: '#0000ff' });
    for (const frame of await framesOf(made)) {
      expect([...frame.subarray(0, 4)]).toEqual([0, 0, 255, 255]);
      expect([...frame.subarray(-4)]).toEqual([0, 0, 255, 255]);
    }
  });

  test('stands beside stills of the same image, which stay as they are', async () => {
    const still = { name: 'still', format: 'png', width: 50, height: 50 } as const;
    const [one, other, third] = await thumbnails(bytes, [
      { ...still },
      { ...square },
      { ...still, name: 'b' },
    ]);
    expect(one!.data).toEqual(await thumbnail(bytes, still));
    expect(third!.data).toEqual(one!.data);
    expect((await metadata(other!.data)).pages).toBe(5);
  });
});

test('more frames than are decoded at once are all there, in order', async () => {
  // 20 frames of 1.2 megapixels.
  const size = { width: 1_200, height: 1_000 };
  const frames = Array.from({ length: 20 }, (_, n): GifFrame => ({ ...size, colour: [n * 12, 90, 90] }));
  const made = await thumbnail(animatedGif([1_200, 1_000], frames), {
    format: 'webp',
    animated: true,
    lossless: true,
    width: 12,
    height: 10,
  });
  const reds = (await framesOf(made)).map((frame) => frame[0]);
  expect(reds).toEqual(frames.map(({ colour }) => colour[0]));
});

describe('the bytes that the decoder gets', () => {
  test('have every frame and the loop count, and no comment', () => {
    const bytes = animatedGif(SCREEN, LEAVINGS['frames that stay'] as GifFrame[], { repeats: 5 });
    const commented = Buffer.concat([
      bytes.subarray(0, 19),
      Buffer.from('\x21\xfe\x05hello\x00\x21\xff\x0bXMP DataXMP\x03abc\x00', 'latin1'),
      bytes.subarray(19),
      Buffer.from('after the end'),
    ]);
    const cut = Buffer.from(withoutMetadata(commented, 'gif', 'all'));
    expect(cut.toString('latin1')).toContain('NETSCAPE2.0');
    expect(cut.toString('latin1')).not.toMatch(/hello|XMP|after the end/);
    expect(scan(cut, { whole: true })).toMatchObject({ frames: 3 });
    expect(withoutMetadata(cut, 'gif', 'all')).toBe(cut);
  });

  test('end where a file is cut off, and what is there of its last frame is shown', async () => {
    const frames = LEAVINGS['frames that stay'] as GifFrame[];
    const bytes = animatedGif(SCREEN, frames);
    const made = await thumbnail(bytes.subarray(0, bytes.length - 8), {
      format: 'gif',
      animated: true,
      ...FULL,
    });
    expectSame((await framesOf(made)).slice(0, 2), coalesced(SCREEN, frames).slice(0, 2), CODEC);
  });
});

describe('which thumbnails move', () => {
  const moving = { format: 'gif', frames: 40, width: 100, height: 50 } as const;
  const variant = variantOf({ animated: true });

  test.each([
    ['a GIF as GIF', moving, 'gif', true],
    ['a GIF as WebP', moving, 'webp', true],
    ['a WebP as WebP', { ...moving, format: 'webp' }, 'webp', true],
    ['a GIF of one frame', { ...moving, frames: 1 }, 'webp', false],
    ['a TIFF of several pages', { ...moving, format: 'tiff' }, 'webp', false],
    ['an AVIF sequence', { ...moving, format: 'avif' }, 'webp', false],
    ['a JPEG, as the same', { ...moving, format: 'jpeg', frames: 1 }, 'jpeg', false],
  ] as const)('%s', (_, image, format, expected) => {
    expect(wouldMove(variant, format, image)).toBe(expected);
    expect(wouldMove({ ...variant, animated: false }, format, image)).toBe(false);
  });

  test('an animated PNG is its default image', async () => {
    const bytes = apng(8, 6, 3);
    const found = scan(bytes, { whole: true });
    if (found.kind !== 'image') throw new Error('Expected an image');
    expect(wouldMove(variant, 'webp', imageOf(sourceAt(1), { ...found }))).toBe(false);
  });

  test('as long as the work of all of them is within the limit, to the pixel', () => {
    // 100 × 50 pixels for one thumbnail, 20 × 10 for the other, and 50,000 for each picture.
    const variants = [variantOf({ animated: true }), variantOf({ animated: true, width: 20 })];
    const work = 40 * (5_000 + 6 * (5_000 + 200) + 3 * 50_000);
    expect(whyStill(moving, variants, work)).toBeUndefined();
    expect(whyStill(moving, variants, work - 1)).toBe(
      'shows one frame of 40, because animating it takes 7,448,000 pixels of work and limits.animatedPixels is 7,447,999',
    );
  });

  test('up to 1,000 frames', () => {
    const tiny = { ...moving, width: 1, height: 1 };
    expect(whyStill({ ...tiny, frames: 1_000 }, [variant], 1e9)).toBeUndefined();
    expect(whyStill({ ...tiny, frames: 1_001 }, [variant], 1e9)).toBe(
      'shows one frame of 1,001, because animations of at most 1,000 are kept',
    );
  });
});
