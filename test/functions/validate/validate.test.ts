import * as errors from '../../../contract/errors';
import type { ObjectEvent } from '../../../contract/event';
import type { Image } from '../../../contract/image';
import type { ImageRecord } from '../../../contract/record';
import { type Source, sourceOf } from '../../../contract/source';
import { type ExamineSettings, HEAD_BYTES } from '../../../functions/lib/image/examine';
import { recipeHash } from '../../../functions/lib/image/presets';
import { validate } from '../../../functions/validate/validate';
import gone from '../../fixtures/events/object-deleted-permanently-unversioned.json';
import {
  animation,
  type Format,
  heic,
  noise,
  type Orientation,
  picture,
  withFarHeader,
} from '../../fixtures/images';
import sharp from '../../fixtures/sharp';
import { withLatePorts } from '../late-calls';
import { created, EXECUTION, NOW, presetOf, variantOf } from '../support';

const settings: ExamineSettings = {
  accepted: ['jpeg', 'png', 'webp', 'gif'],
  limits: { bytes: 2_000_000, pixels: 250_000, side: 1_000 },
  presets: [presetOf(variantOf({ name: 'small' }), variantOf({ name: 'large', format: 'webp' }))],
  background: '#ffffff',
  prefix: '',
  maxSideFromName: 0,
};

/** An upload bucket and a table in memory. */
function world(bytes: Uint8Array, claimed: () => void = () => {}, noted = new Set<string>()) {
  const seen = { calls: [] as string[], claims: [] as { image: Image; keys: string[] }[] };
  const ports = {
    readHead: async (source: Source, length: number) => {
      seen.calls.push('readHead');
      if (bytes.length === 0) throw new errors.EmptyObject(`s3://${source.bucket}/${source.key}`);
      return { bytes: bytes.subarray(0, length), totalBytes: bytes.length };
    },
    readWhole: async () => {
      seen.calls.push('readWhole');
      return bytes;
    },
    claim: async (image: Image, keys: string[]) => {
      claimed();
      seen.claims.push({ image, keys });
      return noted;
    },
    record: async () => null,
  };
  return { ports, seen };
}

async function outcome(
  bytes: Uint8Array,
  event: ObjectEvent = created(),
  changes: Partial<ExamineSettings> = {},
) {
  const { ports, seen } = world(bytes);
  const run = withLatePorts(ports, (late) =>
    validate({ execution: EXECUTION, state: event }, { ...settings, ...changes }, late, NOW),
  );
  return {
    ...(await run.then(
      (image) => ({ image, error: null }),
      (error) => ({ image: null, error }),
    )),
    seen,
  };
}

describe('an accepted image', () => {
  test('is described, with the preset that will be used, and claimed with every key to come', async () => {
    const bytes = await picture({ width: 120, height: 80 });
    const { image, seen } = await outcome(bytes);
    expect(image).toEqual({
      schema: 1,
      source: {
        bucket: 'thumbnail-workflow-uploads-111122223333-us-east-1',
        key: 'uploads/canyon.jpg',
        version: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
        etag: 'b1946ac92492d2347c6235b4d2611184',
        sequencer: '000000000000000069B21FFD0745EE4E',
      },
      format: 'jpeg',
      width: 120,
      height: 80,
      orientation: 1,
      frames: 1,
      bytes: bytes.length,
      preset: { name: 'default', hash: recipeHash(settings.presets[0]!.variants, settings.background) },
      isNew: true,
    });
    const { isNew: _, ...claimed } = image!;
    expect(seen.claims).toEqual([
      { image: claimed, keys: ['uploads/canyon.jpg/small.jpg', 'uploads/canyon.jpg/large.webp'] },
    ]);
  });

  test('is claimed with keys that begin with the prefix of thumbnails', async () => {
    const { seen } = await outcome(await picture(), created(), { prefix: 'thumbs/' });
    expect(seen.claims[0]?.keys).toEqual([
      'thumbs/uploads/canyon.jpg/small.jpg',
      'thumbs/uploads/canyon.jpg/large.webp',
    ]);
  });

  test('whose name asks for a size is claimed with its one thumbnail and that size', async () => {
    const named = created({ key: 'uploads/canyon-40x30.jpg' });
    const { image, seen } = await outcome(await picture(), named, { maxSideFromName: 2000 });
    expect(image?.preset.size).toEqual({ width: 40, height: 30 });
    expect(seen.claims[0]?.keys).toEqual(['uploads/canyon-40x30.jpg/small.jpg']);
  });

  test('lists the lazy variants that were requested of an earlier version, and claims no key for the others', async () => {
    const lazy = (name: string) => variantOf({ name, lazy: true });
    const presets = [presetOf(variantOf({ name: 'small' }), lazy('large'), lazy('huge'))];
    const bytes = await picture();
    const run = async (noted: string[]) => {
      const { ports, seen } = world(bytes, () => {}, new Set(noted));
      const input = { execution: EXECUTION, state: created() };
      return { image: await validate(input, { ...settings, presets }, ports, NOW), seen };
    };
    const keyOf = (file: string) => `uploads/canyon.jpg/${file}`;

    const { image, seen } = await run([keyOf('small.jpg'), keyOf('huge.jpg'), keyOf('large.png')]);
    expect(image.requested).toEqual(['huge']);
    expect(seen.claims[0]?.keys).toEqual([keyOf('small.jpg')]);
    expect((await run([keyOf('small.jpg')])).image).not.toHaveProperty('requested');
  });

  test.each<Format>(['jpeg', 'png', 'webp', 'gif'])('may be a %s', async (format) => {
    const { image, error } = await outcome(await picture({ format, width: 60, height: 40 }));
    expect(error).toBeNull();
    expect(image).toMatchObject({ format, width: 60, height: 40, frames: 1 });
  });

  test.each<Format>(['avif', 'tiff'])('may be a %s if the settings say so', async (format) => {
    const bytes = await picture({ format, width: 60, height: 40 });
    expect((await outcome(bytes, created(), { accepted: [format] })).image).toMatchObject({ format });
    expect((await outcome(bytes)).error).toBeInstanceOf(errors.UnsupportedFormat);
  });

  test.each(['uploads/picture.jpg', 'uploads/picture.txt', 'uploads/picture'])(
    'is judged by its bytes, not by its name: a PNG named %s',
    async (key) => {
      const { image, seen } = await outcome(await picture({ format: 'png' }), created({ key }));
      expect(image?.format).toBe('png');
      expect(seen.claims[0]?.keys[0]).toBe(`${key}/small.png`);
    },
  );

  test.each<Orientation>([1, 2, 3, 4, 5, 6, 7, 8])(
    'stored with orientation %d has the size a viewer sees',
    async (orientation) => {
      const { image } = await outcome(await picture({ width: 60, height: 40, orientation }));
      expect(image).toMatchObject({ width: 60, height: 40, orientation });
    },
  );

  test.each(['gif', 'webp'] as const)('has the frames of an animated %s', async (format) => {
    const bytes = await animation(format, [
      [200, 0, 0],
      [0, 200, 0],
      [0, 0, 200],
    ]);
    expect((await outcome(bytes)).image).toMatchObject({ format, frames: 3, width: 64, height: 48 });
  });
});

describe('how much is read', () => {
  test.each(['jpeg', 'png', 'webp'] as const)(
    'is the start of a %s, however much follows',
    async (format) => {
      const bytes = await noise(format, 480, 480);
      expect(bytes.length).toBeGreaterThan(HEAD_BYTES);
      const { image, seen } = await outcome(bytes);
      expect(image).toMatchObject({ format, width: 480, height: 480, bytes: bytes.length });
      expect(seen.calls).toEqual(['readHead']);
    },
  );

  test('is all of a GIF that is longer than the first read, to count its frames', async () => {
    const bytes = await noise('gif', 480, 480);
    expect(bytes.length).toBeGreaterThan(HEAD_BYTES);
    const { image, seen } = await outcome(bytes);
    expect(image).toMatchObject({ format: 'gif', frames: 1 });
    expect(seen.calls).toEqual(['readHead', 'readWhole']);
  });

  test('is all of an animated WebP that is longer than the first read, to count its frames', async () => {
    const first = await noise('png', 480, 480);
    const second = await sharp(first).flop().toBuffer();
    const bytes = await sharp([first, second], { join: { animated: true } })
      .webp({ quality: 100 })
      .toBuffer();
    expect(bytes.length).toBeGreaterThan(HEAD_BYTES);
    const { image, seen } = await outcome(bytes);
    expect(image).toMatchObject({ format: 'webp', frames: 2, width: 480, height: 480 });
    expect(seen.calls).toEqual(['readHead', 'readWhole']);
  });

  test('is all of a long WebP with EXIF, which is at its end', async () => {
    const bytes = await sharp(await noise('webp', 480, 480))
      .withMetadata({ orientation: 6 })
      .webp({ quality: 100 })
      .toBuffer();
    expect(bytes.length).toBeGreaterThan(HEAD_BYTES);
    const { image, seen } = await outcome(bytes);
    expect(image).toMatchObject({ format: 'webp', orientation: 6 });
    expect(seen.calls).toEqual(['readHead', 'readWhole']);
  });

  test('is all of a JPEG whose frame header comes after the first read', async () => {
    const bytes = withFarHeader(await picture({ width: 60, height: 40 }), HEAD_BYTES);
    const { image, seen } = await outcome(bytes);
    expect(image).toMatchObject({ format: 'jpeg', width: 60, height: 40, bytes: bytes.length });
    expect(seen.calls).toEqual(['readHead', 'readWhole']);
  });

  test('is only the first read of a small animation', async () => {
    const { seen } = await outcome(
      await animation('webp', [
        [200, 0, 0],
        [0, 200, 0],
      ]),
    );
    expect(seen.calls).toEqual(['readHead']);
  });

  test('is only the first read of an object that is too large', async () => {
    const { seen, error } = await outcome(await noise('gif', 480, 480), created(), {
      limits: { ...settings.limits, bytes: 200_000 },
    });
    expect(error).toBeInstanceOf(errors.ImageTooLarge);
    expect(seen.calls).toEqual(['readHead']);
  });
});

describe("an object that isn't an acceptable image is refused by name and not claimed", () => {
  const text = Buffer.from('This is not a picture.\n');
  test.each<
    [string, () => Uint8Array | Promise<Uint8Array>, new (message: string) => Error, string | RegExp]
  >([
    ['text in a file named .jpg', () => text, errors.UnsupportedFormat, 'this file is plain text'],
    ['an iPhone photo', heic, errors.UnsupportedFormat, 'this file is a HEIC image'],
    [
      'an SVG',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      errors.UnsupportedFormat,
      'this file is an SVG',
    ],
    ['an empty object', () => Buffer.alloc(0), errors.EmptyObject, 'uploads/canyon.jpg'],
    [
      'too many bytes',
      () => Buffer.alloc(2_000_001),
      errors.ImageTooLarge,
      'The file has 2,000,001 bytes; at most 2,000,000 are allowed.',
    ],
    [
      'too many pixels',
      () => picture({ width: 501, height: 500 }),
      errors.ImageTooLarge,
      'The image has 250,500 pixels; at most 250,000 are allowed.',
    ],
    [
      'too long a side',
      () => picture({ width: 10, height: 1_001 }),
      errors.ImageTooLarge,
      'One side of the image is 1,001 pixels long; at most 1,000 are allowed.',
    ],
    [
      'a JPEG cut before its size',
      async () => (await picture()).subarray(0, 30),
      errors.CorruptImage,
      /^The JPEG is damaged/,
    ],
  ])('%s', async (_, build, Failure, message) => {
    const { image, error, seen } = await outcome(await build());
    expect(image).toBeNull();
    expect(error).toBeInstanceOf(Failure);
    expect(error.message).toMatch(message);
    expect(seen.claims).toEqual([]);
  });
});

describe('an event that is not for this workflow', () => {
  test.each<[string, ObjectEvent]>([
    ['without an etag', created({ etag: undefined })],
    ['without a sequencer', created({ sequencer: undefined })],
    ['with an invalid sequencer', created({ sequencer: 'latest' })],
    ['of a permanent deletion', gone as ObjectEvent],
  ])('%s is invalid, and nothing is read', async (_, event) => {
    const { error, seen } = await outcome(await picture(), event);
    expect(error).toBeInstanceOf(errors.InvalidEvent);
    expect(seen.calls).toEqual([]);
  });

  test('whose key matches no preset is invalid, and nothing is read', async () => {
    const presets = [{ ...settings.presets[0]!, prefix: 'other/' }];
    const { error, seen } = await outcome(await picture(), created(), { presets });
    expect(error).toBeInstanceOf(errors.InvalidEvent);
    expect(seen.calls).toEqual([]);
  });
});

test('an event that a newer one has overtaken ends with the claim', async () => {
  const { ports } = world(await picture(), () => {
    throw new errors.Superseded('newer');
  });
  const run = validate({ execution: EXECUTION, state: created() }, settings, ports, NOW);
  await expect(run).rejects.toBeInstanceOf(errors.Superseded);
});

describe('an object that is not there, and S3 does not say that it was deleted', () => {
  const source = sourceOf(created());
  const later = 'F'.repeat(32);
  const earlier = '0'.repeat(32);

  async function missing(minutes: number, record: Partial<ImageRecord> | null) {
    const { ports } = world(new Uint8Array());
    const time = new Date(NOW.getTime() - minutes * 60_000).toISOString();
    const run = validate(
      { execution: EXECUTION, state: { ...created(), time } },
      settings,
      {
        ...ports,
        readHead: async () => {
          throw new errors.NotYetVisible('not there');
        },
        record: async (object) => {
          expect(object).toEqual({ bucket: source.bucket, key: source.key });
          return record && ({ ...source, status: 'DONE', ...record } as ImageRecord);
        },
      },
      NOW,
    );
    return run.catch((error: Error) => error.name);
  }

  test.each<[string, number, Partial<ImageRecord> | null, string]>([
    ['is waited for', 0, null, 'NotYetVisible'],
    ['is waited for, for half an hour', 29.9, null, 'NotYetVisible'],
    ['is not waited for any longer', 30, null, 'ObjectNotFound'],
    [
      'was deleted, if a newer deletion is recorded',
      0,
      { status: 'DELETED', sequencer: later },
      'Superseded',
    ],
    ['was deleted, however old the event', 300, { status: 'DELETED', sequencer: later }, 'Superseded'],
    ['is of no interest if a newer version is recorded', 0, { sequencer: later }, 'Superseded'],
    [
      'was deleted, if the recorded version outlived that',
      0,
      { sequencer: earlier, survivedSequencer: later },
      'Superseded',
    ],
    [
      'is waited for after an earlier deletion',
      0,
      { status: 'DELETED', sequencer: earlier },
      'NotYetVisible',
    ],
    ['is waited for if another run has seen it', 0, {}, 'NotYetVisible'],
    ['is missed if another run has seen it', 30, {}, 'ObjectNotFound'],
  ])('%s (after %d minutes)', async (_, minutes, record, name) => {
    expect(await missing(minutes, record)).toBe(name);
  });
});
