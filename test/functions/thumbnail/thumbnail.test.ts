import { CorruptImage, ImageTooLarge, TransientError, UnsupportedFormat } from '../../../contract/errors';
import type { Image } from '../../../contract/image';
import type { Source } from '../../../contract/source';
import type { MakeSettings } from '../../../functions/lib/image/make';
import {
  type DetailsWanted,
  type Preset,
  recipeHash,
  type Variant,
} from '../../../functions/lib/image/presets';
import type { Existing, Precondition } from '../../../functions/lib/image/swap';
import type { Target } from '../../../functions/lib/image/targets';
import { thumbnailUrl } from '../../../functions/lib/image/thumbnail-url';
import { makeThumbnails } from '../../../functions/thumbnail/thumbnail';
import { animatedGif, type GifFrame } from '../../fixtures/animations';
import { type Orientation, picture } from '../../fixtures/images';
import sharp from '../../fixtures/sharp';
import { withLatePorts } from '../late-calls';
import { app1Exif, exifLoop, withSegments } from '../lib/prescan/build';
import { exifBlock } from '../lib/prescan/build-exif';
import { created, EXECUTION, imageOf, presetOf, sourceAt, THUMBNAILS, variantOf } from '../support';

const preset = presetOf(
  variantOf({ name: 'small', width: 32, height: 32 }),
  variantOf({ name: 'large', width: 80, height: 80, format: 'webp' }),
);
const settings: MakeSettings = {
  accepted: ['jpeg', 'png', 'webp', 'gif'],
  limits: { bytes: 1_000_000, pixels: 20_000, side: 200 },
  presets: [preset],
  background: '#ffffff',
  prefix: '',
  maxSideFromName: 0,
  memoryMb: 1_769,
};
const presetHash = ({ variants }: Preset) => recipeHash(variants, settings.background);
const SMALL = 'uploads/canyon.jpg/small.jpg';
const LARGE = 'uploads/canyon.jpg/large.webp';

interface Stored extends Existing {
  data: Buffer;
}

/** A bucket that replaces only the object it is told to, as S3 does, and the upload bucket. */
class MemoryBucket {
  readonly objects = new Map<string, Stored>();
  readonly calls: string[] = [];
  /** Runs once before the next write: what another run does between looking and writing. */
  interfere: (key: string) => void = () => {};
  private writes = 0;

  put(key: string, data: Buffer, sequencer: string, hash: string): void {
    this.writes++;
    this.objects.set(key, { data, etag: `"${this.writes}"`, sequencer, preset: hash, bytes: data.length });
  }

  ports(image: Image, bytes: Uint8Array) {
    return {
      bucket: THUMBNAILS,
      readWhole: async (_: Source) => {
        this.calls.push('readWhole');
        return bytes;
      },
      find: async (key: string) => this.objects.get(key) ?? null,
      write: async ({ key, hash }: Target, data: Buffer, precondition: Precondition) => {
        this.interfere(key);
        const found = this.objects.get(key);
        const holds = 'IfMatch' in precondition ? found?.etag === precondition.IfMatch : found === undefined;
        this.calls.push(`${holds ? 'write' : 'refused'} ${key}`);
        if (holds) this.put(key, data, image.source.sequencer, hash);
        return holds;
      },
    };
  }
}

let bucket: MemoryBucket;
let bytes: Buffer;
beforeAll(async () => {
  bytes = await picture({ width: 120, height: 90 });
});
beforeEach(() => {
  bucket = new MemoryBucket();
});

function version(n: number, changes: Partial<Image> = {}): Image {
  return imageOf(sourceAt(n), {
    width: 120,
    height: 90,
    preset: { name: preset.name, hash: presetHash(preset) },
    ...changes,
  });
}

function run(image: Image, given: Partial<MakeSettings> = {}, source: Uint8Array = bytes) {
  const input = { execution: EXECUTION, state: { ...created(), image } };
  return withLatePorts(bucket.ports(image, source), (late) =>
    makeThumbnails(input, { ...settings, ...given }, late),
  );
}

const sequencers = () =>
  Object.fromEntries([...bucket.objects].map(([key, { sequencer }]) => [key, sequencer]));

describe('a first run', () => {
  test('makes every variant from one download and answers with the key of each', async () => {
    const made = await run(version(1));
    expect(made).toEqual({
      schema: 1,
      items: [
        {
          variant: 'small',
          bucket: THUMBNAILS,
          key: SMALL,
          format: 'jpeg',
          width: 32,
          height: 24,
          bytes: bucket.objects.get(SMALL)?.bytes,
        },
        {
          variant: 'large',
          bucket: THUMBNAILS,
          key: LARGE,
          format: 'webp',
          width: 80,
          height: 60,
          bytes: bucket.objects.get(LARGE)?.bytes,
        },
      ],
    });
    expect(bucket.calls.toSorted()).toEqual(['readWhole', `write ${LARGE}`, `write ${SMALL}`]);
    for (const { key, format, width, height } of made.items) {
      const stored = bucket.objects.get(key)?.data;
      expect(await sharp(stored).metadata()).toMatchObject({ format, width, height });
    }
  });

  test.each<Orientation>([3, 6])('turns what is stored with orientation %d upright', async (orientation) => {
    const turned = await picture({ width: 120, height: 90, orientation });
    const { items } = await run(version(1, { orientation }), {}, turned);
    expect(items[0]).toMatchObject({ width: 32, height: 24 });
    expect(await sharp(bucket.objects.get(SMALL)?.data).metadata()).toMatchObject({ width: 32, height: 24 });
  });

  test('uses the preset of the key', async () => {
    const avatars = { ...presetOf(variantOf({ name: 'round' })), prefix: 'avatars/' };
    const image = version(1, { source: sourceAt(1, { key: 'avatars/me.jpg' }) });
    const { items } = await run(image, { presets: [preset, avatars] });
    expect(items.map(({ key }) => key)).toEqual(['avatars/me.jpg/round.jpg']);
  });
});

describe('a size in the name of the object', () => {
  const named = (key: string, given: Partial<MakeSettings>) =>
    run(version(1, { source: sourceAt(1, { key }) }), { maxSideFromName: 100, ...given });

  test('is the size of its one thumbnail, which otherwise follows the first variant', async () => {
    const { items } = await named('canyon-40x50.jpg', {
      presets: [presetOf(variantOf({ name: 'card', fit: 'cover', format: 'webp' }), variantOf())],
    });
    expect(items).toMatchObject([
      { variant: 'card', key: 'canyon-40x50.jpg/card.webp', width: 40, height: 50 },
    ]);
    const stored = bucket.objects.get('canyon-40x50.jpg/card.webp')?.data;
    expect(await sharp(stored).metadata()).toMatchObject({ format: 'webp', width: 40, height: 50 });
  });

  test('above the maximum is ignored, and the preset applies', async () => {
    const { items } = await named('canyon-40x101.jpg', {});
    expect(items.map(({ variant, width }) => [variant, width])).toEqual([
      ['small', 32],
      ['large', 80],
    ]);
  });

  test('enlarges nothing', async () => {
    const { items } = await named('canyon-100x100.jpg', { maxSideFromName: 2000 });
    expect(items).toMatchObject([{ width: 100, height: 75 }]);
    const { items: beyond } = await named('canyon-2000x2000.jpg', { maxSideFromName: 2000 });
    expect(beyond).toMatchObject([{ width: 120, height: 90 }]);
  });
});

describe('details', () => {
  const [small] = preset.variants as [Variant, Variant];
  const asking = (details: DetailsWanted, variant = small) => ({
    presets: [{ ...presetOf(variant), ...details }],
  });
  const placeholders = {
    thumbhash: expect.stringMatching(/^[\w+/]{24,36}={0,2}$/),
    blurDataURL: expect.stringMatching(/^data:image\/webp;base64,/),
    color: expect.stringMatching(/^#[0-9a-f]{6}$/),
  };
  const withCamera = () => withSegments(bytes, app1Exif(exifBlock({ main: { 271: 'Nikon', 272: 'D90' } })));

  test('are found out if the preset asks for them, and leave the thumbnails as they are', async () => {
    await run(version(1), asking({}), withCamera());
    const before = bucket.objects.get(SMALL)?.data as Buffer;
    bucket = new MemoryBucket();
    const made = await run(
      version(1),
      asking({ placeholders: true, exif: ['camera', 'lens'] }),
      withCamera(),
    );
    expect(made).toMatchObject({ placeholders, exif: { camera: 'Nikon D90' } });
    expect(bucket.objects.get(SMALL)?.data.equals(before)).toBe(true);
    expect(bucket.calls).toEqual(['readWhole', `write ${SMALL}`]);
  });

  test('are left out otherwise, and where the file says nothing of what is asked for', async () => {
    expect(Object.keys(await run(version(1), asking({}), withCamera()))).toEqual(['schema', 'items']);
    const made = await run(version(1), asking({ exif: ['lens', 'gps'] }), withCamera());
    expect(Object.keys(made)).toEqual(['schema', 'items']);
  });

  test('take the bytes also if every variant is lazy', async () => {
    const lazy = { ...small, lazy: true };
    const made = await run(version(1), asking({ placeholders: true, exif: ['camera'] }, lazy), withCamera());
    expect(made).toMatchObject({ items: [], placeholders, exif: { camera: 'Nikon D90' } });
    expect(made.onRequest).toHaveLength(1);
    expect(bucket.calls).toEqual(['readWhole']);
  });

  test('are found out again by another run, which makes no thumbnail anew', async () => {
    const first = await run(version(1), asking({}), withCamera());
    bucket.calls.length = 0;
    const again = await run(version(1), asking({ placeholders: true }), withCamera());
    expect(again).toEqual({ ...first, placeholders });
    expect(bucket.calls).toEqual(['readWhole']);
  });

  test('a damaged picture fails at upload if it is decoded then, and not if only its EXIF is read', async () => {
    const lazy = { ...small, lazy: true };
    const cut = withCamera().subarray(0, -600);
    jest.spyOn(console, 'warn').mockImplementation();
    await expect(run(version(1), asking({ placeholders: true }, lazy), cut)).rejects.toThrow(CorruptImage);
    expect(await run(version(1), asking({ exif: ['camera'] }, lazy), cut)).toMatchObject({
      exif: { camera: 'Nikon D90' },
    });
  });
});

describe('lazy variants', () => {
  const [eager] = preset.variants as [Variant, Variant];
  const lazy = variantOf({ name: 'lazy', width: 60, height: 60, lazy: true });
  const web = variantOf({ name: 'web', width: 40, format: 'webp', lazy: true });
  const deliveryUrl = 'https://d111111abcdef8.cloudfront.net';
  const given = { presets: [presetOf(eager, lazy, web)], deliveryUrl };
  const keyOf = (file: string) => `uploads/canyon.jpg/${file}`;

  test('are offered with their future keys and URLs, and not made', async () => {
    const image = version(1);
    const { items, onRequest } = await run(image, given);
    const url = (file: string, hash: string) => thumbnailUrl(deliveryUrl, keyOf(file), image.source, hash);
    expect(items).toMatchObject([
      { variant: 'small', url: url('small.jpg', recipeHash([eager], settings.background)) },
    ]);
    expect(onRequest).toEqual([
      {
        variant: 'lazy',
        bucket: THUMBNAILS,
        key: keyOf('lazy.jpg'),
        format: 'jpeg',
        width: 60,
        height: 45,
        url: url('lazy.jpg', recipeHash([lazy], settings.background)),
      },
      {
        variant: 'web',
        bucket: THUMBNAILS,
        key: keyOf('web.webp'),
        format: 'webp',
        width: 40,
        height: 30,
        url: url('web.webp', recipeHash([web], settings.background)),
      },
    ]);
    expect([...bucket.objects.keys()]).toEqual([SMALL]);
  });

  test('that were requested of an earlier version are made too, each with its own recipe', async () => {
    const { items, onRequest } = await run(version(1, { requested: ['web', 'gone'] }), given);
    expect(items.map(({ variant }) => variant)).toEqual(['small', 'web']);
    expect(onRequest?.map(({ variant }) => variant)).toEqual(['lazy']);
    expect(bucket.objects.get(keyOf('web.webp'))?.preset).toBe(recipeHash([web], settings.background));
  });

  test('that exist already are not made again, unless their recipe has changed', async () => {
    await run(version(1, { requested: ['web'] }), given);
    bucket.calls.length = 0;
    const changed = { ...given, presets: [presetOf(eager, lazy, { ...web, quality: 70 })] };
    await run(version(1, { requested: ['web'] }), changed);
    expect(bucket.calls).toEqual(['readWhole', `write ${keyOf('web.webp')}`]);
  });

  test('may be the only variants: then nothing is downloaded', async () => {
    const { items, onRequest } = await run(version(1), { ...given, presets: [presetOf(lazy)] });
    expect(items).toEqual([]);
    expect(onRequest).toHaveLength(1);
    expect(bucket.calls).toEqual([]);
  });
});

describe('animated variants', () => {
  const frames = [40, 90, 140].map((shade): GifFrame => ({ width: 40, height: 30, colour: [shade, 90, 90] }));
  const bytes = animatedGif([40, 30], frames, { repeats: 0 });
  const gif = imageOf(sourceAt(1), { format: 'gif', width: 40, height: 30, frames: 3, bytes: bytes.length });
  const web = variantOf({ name: 'web', format: 'webp', width: 20, height: 20, animated: true });
  const variants = [
    web,
    variantOf({ name: 'same', width: 40, animated: true }),
    variantOf({ name: 'still' }),
  ];
  const input = { execution: EXECUTION, state: { ...created(), image: gif } };
  /** 3 frames, and the pixels of the original and of two thumbnails. */
  const work = 3 * (1_200 + 6 * (300 + 1_200) + 3 * 50_000);
  const make = (maxAnimatedPixels: number, more: readonly Variant[] = variants) =>
    makeThumbnails(
      input,
      { ...settings, presets: [presetOf(...more)], maxAnimatedPixels },
      new MemoryBucket().ports(gif, bytes),
    );

  test('move if the work of all of them is not too much, and say so', async () => {
    expect((await make(work)).items).toMatchObject([
      { variant: 'web', format: 'webp', animated: true },
      { variant: 'same', format: 'gif', animated: true },
      { variant: 'still', format: 'gif' },
    ]);
    expect((await make(work)).items[2]).not.toHaveProperty('animated');
  });

  test('are stills otherwise, and say why', async () => {
    const { items } = await make(work - 1);
    const note = `The thumbnail shows one frame of 3, because animating it takes 480,600 pixels of work and limits.animatedPixels is 480,599.`;
    expect(items.map(({ animated, note }) => [animated, note])).toEqual([
      [undefined, note],
      [undefined, note],
      [undefined, undefined],
    ]);
  });

  test('are judged one by one if they are lazy', async () => {
    const lazy = variants.map((variant) => ({ ...variant, lazy: true }));
    const { onRequest } = await make(3 * (1_200 + 6 * 300 + 2 * 50_000), lazy);
    expect(onRequest).toMatchObject([
      { variant: 'web', animated: true },
      { variant: 'same', note: expect.stringContaining('of work') },
      { variant: 'still' },
    ]);
  });
});

test('a prefix of thumbnails begins every key', async () => {
  const { items } = await run(version(1), { prefix: 'thumbs/' });
  expect(items.map(({ key }) => key)).toEqual([`thumbs/${SMALL}`, `thumbs/${LARGE}`]);
  expect([...bucket.objects.keys()].toSorted()).toEqual([`thumbs/${LARGE}`, `thumbs/${SMALL}`]);
});

describe('a duplicate run', () => {
  test('downloads nothing, writes nothing, and answers the same', async () => {
    const first = await run(version(1));
    bucket.calls.length = 0;
    expect(await run(version(1))).toEqual(first);
    expect(bucket.calls).toEqual([]);
  });

  test('makes only what an interrupted run has left', async () => {
    const first = await run(version(1));
    bucket.objects.delete(LARGE);
    bucket.calls.length = 0;
    expect(await run(version(1))).toEqual(first);
    expect(bucket.calls).toEqual(['readWhole', `write ${LARGE}`]);
  });

  test('makes everything again if the preset has changed', async () => {
    await run(version(1));
    bucket.calls.length = 0;
    const changed = presetOf(...preset.variants.map((variant) => ({ ...variant, width: 40, height: 40 })));
    const image = version(1, { preset: { name: changed.name, hash: presetHash(changed) } });
    const { items } = await run(image, { presets: [changed] });
    expect(items.map(({ width }) => width)).toEqual([40, 40]);
    expect(bucket.calls.toSorted()).toEqual(['readWhole', `write ${LARGE}`, `write ${SMALL}`]);
    expect(await sharp(bucket.objects.get(SMALL)?.data).metadata()).toMatchObject({ width: 40, height: 30 });
  });
});

describe('another version', () => {
  test('that is newer replaces the thumbnails', async () => {
    await run(version(1));
    await run(version(2));
    expect(sequencers()).toEqual({ [SMALL]: sourceAt(2).sequencer, [LARGE]: sourceAt(2).sequencer });
  });

  test('that is older downloads nothing, and leaves the newer thumbnails', async () => {
    await run(version(2));
    const before = new Map(bucket.objects);
    bucket.calls.length = 0;
    await run(version(1));
    expect(bucket.calls).toEqual([]);
    expect(bucket.objects).toEqual(before);
  });
});

describe('the first run for an object', () => {
  test('does not look for thumbnails before it makes them', async () => {
    const image = version(1, { isNew: true });
    const ports = { ...bucket.ports(image, bytes), find: () => Promise.reject(new Error('looked')) };
    const { items } = await makeThumbnails(
      { execution: EXECUTION, state: { ...created(), image } },
      settings,
      ports,
    );
    expect(items).toHaveLength(2);
    expect(bucket.calls.toSorted()).toEqual(['readWhole', `write ${LARGE}`, `write ${SMALL}`]);
  });

  test('if retried, notices at its writes what is done already', async () => {
    const first = await run(version(1, { isNew: true }));
    bucket.calls.length = 0;
    expect(await run(version(1, { isNew: true }))).toEqual(first);
    expect(bucket.calls.toSorted()).toEqual(['readWhole', `refused ${LARGE}`, `refused ${SMALL}`]);
  });

  test('leaves a newer thumbnail that was written in the meantime', async () => {
    bucket.put(SMALL, Buffer.from('newer'), sourceAt(2).sequencer, 'any');
    await run(version(1, { isNew: true }));
    expect(sequencers()).toMatchObject({ [SMALL]: sourceAt(2).sequencer, [LARGE]: sourceAt(1).sequencer });
  });
});

test('an object of unknown origin at the key of a thumbnail is replaced', async () => {
  bucket.put(SMALL, Buffer.from('something else'), '', '');
  await run(version(1));
  expect(sequencers()).toMatchObject({ [SMALL]: sourceAt(1).sequencer });
});

describe('a change between looking and writing', () => {
  const other = Buffer.from('by another run');
  const once = (key: string, change: () => void) => {
    bucket.interfere = (written) => {
      if (written !== key) return;
      bucket.interfere = () => {};
      change();
    };
  };

  test('by an older version is noticed and overwritten', async () => {
    once(SMALL, () => bucket.put(SMALL, other, sourceAt(1).sequencer, 'any'));
    await run(version(2));
    expect(bucket.calls.filter((call) => call.endsWith(SMALL))).toEqual([
      `refused ${SMALL}`,
      `write ${SMALL}`,
    ]);
    expect(sequencers()).toMatchObject({ [SMALL]: sourceAt(2).sequencer });
  });

  test('by a newer version stays', async () => {
    once(SMALL, () => bucket.put(SMALL, other, sourceAt(3).sequencer, 'any'));
    await run(version(2));
    expect(bucket.objects.get(SMALL)?.data).toBe(other);
  });

  test('by a run for the same version is accepted', async () => {
    once(SMALL, () => bucket.put(SMALL, other, sourceAt(2).sequencer, presetHash(preset)));
    await run(version(2));
    expect(bucket.objects.get(SMALL)?.data).toBe(other);
  });

  test('by a deletion is noticed and written again', async () => {
    await run(version(1));
    once(SMALL, () => bucket.objects.delete(SMALL));
    await run(version(2));
    expect(sequencers()).toMatchObject({ [SMALL]: sourceAt(2).sequencer });
  });

  test('that happens each time is a fault to retry later', async () => {
    bucket.interfere = (key) => bucket.put(key, other, sourceAt(1).sequencer, 'any');
    // The first thumbnail that gives up ends the run, while the other is still being written.
    const image = version(2);
    const made = makeThumbnails(
      { execution: EXECUTION, state: { ...created(), image } },
      settings,
      bucket.ports(image, bytes),
    );
    await expect(made).rejects.toBeInstanceOf(TransientError);
    await expect(made).rejects.toThrow(/changed 8 times while it was being written$/);
    const refused = (key: string) => bucket.calls.filter((call) => call === `refused ${key}`).length;
    expect(Math.max(refused(SMALL), refused(LARGE))).toBe(8);
  });
});

test('metadata is cut before the decoder sees it: 2 KB of EXIF that a native parser takes a minute for do no harm', async () => {
  const hostile = withSegments(bytes, app1Exif(exifLoop(150)));
  const { items } = await run(version(1), {}, hostile);
  expect(items).toHaveLength(2);
});

describe('the whole file is judged again before it is decoded', () => {
  test.each<[string, () => Promise<Buffer>, new (message: string) => Error]>([
    ['another format', () => picture({ format: 'tiff' }), UnsupportedFormat],
    ['a larger picture', () => picture({ width: 201, height: 10 }), ImageTooLarge],
    ['a picture that ends early', async () => bytes.subarray(0, bytes.length - 200), CorruptImage],
  ])('%s', async (_, build, Failure) => {
    await expect(run(version(1), {}, await build())).rejects.toBeInstanceOf(Failure);
    expect(bucket.objects.size).toBe(0);
  });
});

test('an image that the memory of the function does not bear is refused before it is decoded', async () => {
  const given = { accepted: ['avif' as const], memoryMb: 128 };
  const made = run(version(1), given, await picture({ format: 'avif' }));
  await expect(made).rejects.toThrow(/in this format, which takes much memory to decode/);
});
