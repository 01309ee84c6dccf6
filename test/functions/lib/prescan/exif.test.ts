import { equal, match, ok } from 'node:assert/strict';
import readWithLibrary from 'exif-reader';
import fc from 'fast-check';
import { EXIF_FIELDS, type Exif, type ExifField } from '../../../../contract/details';
import type { InputFormat } from '../../../../contract/formats';
import { printable } from '../../../../contract/text';
import { exifIn, scan } from '../../../../functions/lib/prescan';
import { readExif } from '../../../../functions/lib/prescan/exif-fields';
import { heif as heifOf, iphonePhoto, picture } from '../../../fixtures/heic';
import { mutations } from '../../../fixtures/mutations';
import sharp from '../../../fixtures/sharp';
import { exifLoops } from './bombs';
import * as build from './build';
import { type ExifParts, exifBlock, type Tags } from './build-exif';
import { countReads } from './count-reads';

/** Tags by the names that this test uses. */
const T = {
  make: 0x010f,
  model: 0x0110,
  exposureTime: 0x829a,
  fNumber: 0x829d,
  iso: 0x8827,
  taken: 0x9003,
  offset: 0x9011,
  fraction: 0x9291,
  focalLength: 0x920a,
  lens: 0xa434,
} as const;

const PHONE: ExifParts & { main: Tags; camera: Tags } = {
  main: { [T.make]: 'Apple', [T.model]: 'iPhone 15 Pro' },
  camera: {
    [T.exposureTime]: [[1, 250]],
    [T.fNumber]: [[16, 10]],
    [T.iso]: 64,
    [T.taken]: '2026:03:12 14:07:56',
    [T.offset]: '+01:00',
    [T.fraction]: '120',
    [T.focalLength]: [[6765, 1000]],
    [T.lens]: 'iPhone 15 Pro back triple camera 6.765mm f/1.78',
  },
  gps: {
    1: 'N',
    2: [
      [52, 1],
      [31, 1],
      [1200, 100],
    ],
    3: 'W',
    4: [
      [13, 1],
      [24, 1],
      [36, 1],
    ],
  },
};

const PHONE_SAYS: Required<Exif> = {
  takenAt: '2026-03-12T14:07:56.120+01:00',
  camera: 'Apple iPhone 15 Pro',
  lens: 'iPhone 15 Pro back triple camera 6.765mm f/1.78',
  exposureTime: 0.004,
  aperture: 1.6,
  iso: 64,
  focalLength: 6.765,
  gps: { latitude: 52.52, longitude: -13.41 },
};

const all = (parts: ExifParts) => readExif(exifBlock(parts), EXIF_FIELDS);
const camera = (tags: Tags) => all({ camera: tags });

describe('what is read', () => {
  test.each([true, false])('every field, little-endian: %s', (littleEndian) => {
    const block = exifBlock(PHONE, littleEndian);
    expect(readExif(block, EXIF_FIELDS)).toEqual(PHONE_SAYS);
    expect(readExif(Buffer.concat([build.latin1('Exif\0\0'), block]), EXIF_FIELDS)).toEqual(PHONE_SAYS);
  });

  test.each(EXIF_FIELDS)('only what is asked for: %s', (field) => {
    expect(readExif(exifBlock(PHONE), [field])).toEqual({ [field]: PHONE_SAYS[field] });
  });

  test('where the picture was taken is not even looked up unless it is asked for', () => {
    const block = exifBlock(PHONE);
    const astray = exifBlock({
      ...PHONE,
      gps: undefined,
      main: { ...PHONE.main, 34853: { long: 0xffffffff } },
    });
    const others = EXIF_FIELDS.filter((field) => field !== 'gps');
    const reads = (bytes: Buffer, fields: readonly ExifField[] = others) =>
      countReads(() => readExif(bytes, fields));
    expect(readExif(block, others)).not.toHaveProperty('gps');
    expect(reads(block)).toBe(reads(astray));
    expect(reads(block, EXIF_FIELDS)).toBeGreaterThan(reads(astray, EXIF_FIELDS));
  });

  test('a library that knows all of EXIF reads the same values', () => {
    const { Image, Photo, GPSInfo } = readWithLibrary(exifBlock(PHONE));
    expect(`${Image?.Make} ${Image?.Model}`).toBe(PHONE_SAYS.camera);
    expect(Photo).toMatchObject({
      LensModel: PHONE_SAYS.lens,
      ExposureTime: PHONE_SAYS.exposureTime,
      FNumber: PHONE_SAYS.aperture,
      ISOSpeedRatings: PHONE_SAYS.iso,
      FocalLength: PHONE_SAYS.focalLength,
      OffsetTimeOriginal: '+01:00',
    });
    expect(Photo?.DateTimeOriginal?.toISOString()).toContain('2026-03-12T14:07:56');
    const [degrees = 0, minutes = 0, seconds = 0] = GPSInfo?.GPSLatitude ?? [];
    expect(degrees + minutes / 60 + seconds / 3600).toBeCloseTo(PHONE_SAYS.gps.latitude, 6);
  });

  test('nothing, if the file says nothing of what is asked for', () => {
    expect(all({ main: { [T.make]: '', [T.model]: '   ' }, camera: { [T.lens]: '----' } })).toBeUndefined();
    expect(readExif(exifBlock({ gps: PHONE.gps! }), ['camera'])).toBeUndefined();
  });
});

const { box, fullBox } = build;

describe('from every format that has it', () => {
  const EXPECTED = {
    camera: 'Nikon D90',
    takenAt: '2020-01-02T03:04:05',
    gps: { latitude: 51.5, longitude: 0.25 },
  };
  const fields = ['camera', 'takenAt', 'gps', 'lens'] as const;
  const encoded = (format: 'jpeg' | 'png' | 'webp' | 'avif') =>
    build
      .flat(32, 24)
      .withExif({
        IFD0: { Make: 'Nikon', Model: 'D90' },
        IFD2: { DateTimeOriginal: '2020:01:02 03:04:05' },
        IFD3: {
          GPSLatitudeRef: 'N',
          GPSLatitude: '51/1 30/1 0/1',
          GPSLongitudeRef: 'E',
          GPSLongitude: '0/1 15/1 0/1',
        },
      })
      .toFormat(format)
      .toBuffer();

  test.each(['jpeg', 'png', 'webp', 'avif'] as const)('%s', async (format) => {
    const bytes = await encoded(format);
    expect(scan(bytes, { whole: true })).toMatchObject({ kind: 'image', format });
    expect(exifIn(bytes, format, fields)).toEqual(EXPECTED);
  });

  test('tiff', async () => {
    const { main, ...rest } = PHONE;
    const picture = { 256: 4, 257: 3, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 3, 279: 12 };
    const bytes = exifBlock({ main: { ...picture, ...main }, ...rest });
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'tiff', width: 4, height: 3 });
    expect(exifIn(bytes, 'tiff', EXIF_FIELDS)).toEqual(PHONE_SAYS);
  });

  test('tiff with offsets of eight bytes', () => {
    const u64 = (value: number) => Buffer.concat([build.u32le(value), build.u32le(0)]);
    const entry = (tag: number, type: number, count: number, field: Buffer) =>
      Buffer.concat([build.u16le(tag), build.u16le(type), u64(count), field]);
    const [first, second] = [16, 16 + 8 + 2 * 20 + 8];
    const lens = 'Summicron-M\0';
    const bytes = Buffer.concat([
      build.latin1('II+\0\x08\0\0\0'),
      u64(first),
      u64(2),
      entry(T.make, 2, 6, build.latin1('Leica\0\0\0')), // fits into the entry
      entry(0x8769, 18, 1, u64(second)),
      u64(0),
      u64(2),
      entry(T.exposureTime, 5, 1, Buffer.concat([build.u32le(1), build.u32le(8)])),
      entry(T.lens, 2, lens.length, u64(second + 8 + 2 * 20 + 8)),
      u64(0),
      build.latin1(lens),
    ]);
    expect(exifIn(bytes, 'tiff', EXIF_FIELDS)).toEqual({
      camera: 'Leica',
      exposureTime: 0.125,
      lens: 'Summicron-M',
    });
  });

  test('png whose EXIF comes after its data', async () => {
    const png = await build.flat(8, 8).png().toBuffer();
    const late = Buffer.concat([
      png.subarray(0, -12),
      build.pngChunk('eXIf', exifBlock(PHONE)),
      png.subarray(-12),
    ]);
    expect(exifIn(late, 'png', EXIF_FIELDS)).toEqual(PHONE_SAYS);
  });

  /** A HEIF file whose only item is EXIF. `location` is what its `iloc` box holds: ISO 14496-12, 8.11.3. */
  const heif = (location: Buffer, ...more: Buffer[]) =>
    Buffer.concat([
      box('ftyp', build.latin1('avif'), build.u32be(0)),
      fullBox(
        'meta',
        0,
        fullBox(
          'iinf',
          0,
          build.u16be(1),
          fullBox('infe', 2, build.u16be(7), build.u16be(0), build.latin1('Exif\0')),
        ),
        box('iloc', location),
        ...more.map((content) => box('idat', content)),
      ),
    ]);
  const item = Buffer.concat([build.u32be(6), build.latin1('Exif\0\0'), exifBlock(PHONE)]);

  test.each([true, false])('heic, in its item data box: %s', (isInside) => {
    const bytes = heifOf(
      [picture('8-bit'), { type: 'Exif', data: item, isInside, properties: [] }],
      [{ type: 'cdsc', from: 2, to: [1] }],
    );
    expect(scan(bytes, { whole: true })).toMatchObject({ kind: 'image', format: 'heic' });
    expect(exifIn(bytes, 'heic', EXIF_FIELDS)).toEqual(PHONE_SAYS);
  });

  test('heic of an iPhone 8 Plus', () => {
    expect(exifIn(iphonePhoto(), 'heic', EXIF_FIELDS)).toEqual({
      takenAt: '2018-07-31T14:52:07.557',
      camera: 'Apple iPhone 8 Plus',
      lens: 'iPhone 8 Plus back dual camera 3.99mm f/1.8',
      exposureTime: 0.030303,
      aperture: 1.8,
      iso: 25,
      focalLength: 3.99,
    });
  });

  test('avif whose EXIF is in its item data box, at an offset', () => {
    const location = Buffer.concat([
      Buffer.from([1, 0, 0, 0, 0x44, 0x00]), // version 1; offsets and lengths of four bytes
      ...[1, 7, 1, 0, 1].map(build.u16be), // one item, its id, in idat, this file, one extent
      build.u32be(3),
      build.u32be(item.length),
    ]);
    const bytes = heif(location, Buffer.concat([Buffer.from('abc'), item, Buffer.from('xyz')]));
    expect(exifIn(bytes, 'avif', EXIF_FIELDS)).toEqual(PHONE_SAYS);
  });

  test('avif with ids of four bytes, whose EXIF is up to the end of the file', () => {
    const id = 0x0001_0007;
    const infe = fullBox('infe', 3, build.u32be(id), build.u16be(0), build.latin1('Exif\0'));
    const location = (at: number) =>
      Buffer.concat([
        Buffer.from([0x40, 0]), // offsets of four bytes and no lengths
        build.u32be(1),
        build.u32be(id),
        ...[0, 0, 1].map(build.u16be), // in the file, this one, one extent
        build.u32be(at),
      ]);
    const start = (at: number) =>
      Buffer.concat([
        box('ftyp', build.latin1('avif'), build.u32be(0)),
        fullBox('meta', 0, fullBox('iinf', 0, build.u16be(1), infe), fullBox('iloc', 2, location(at))),
      ]);
    const bytes = Buffer.concat([start(start(0).length), item]);
    expect(exifIn(bytes, 'avif', EXIF_FIELDS)).toEqual(PHONE_SAYS);
  });

  test('an item in two pieces, in another file, or longer than the file counts as missing', () => {
    const at = (method: number, extents: number, length: number) =>
      Buffer.concat([
        Buffer.from([1, 0, 0, 0, 0x44, 0x00]),
        ...[1, 7, method, 0, extents].map(build.u16be),
        build.u32be(0),
        build.u32be(length),
        Buffer.alloc(8),
      ]);
    for (const location of [at(1, 2, item.length), at(2, 1, item.length), at(1, 1, 0xffffffff)]) {
      expect(exifIn(heif(location, item), 'avif', EXIF_FIELDS)).toBeUndefined();
    }
    expect(exifIn(heif(at(1, 1, item.length)), 'avif', EXIF_FIELDS)).toBeUndefined();
    expect(exifIn(heif(at(1, 1, item.length), item), 'avif', EXIF_FIELDS)).toEqual(PHONE_SAYS);
  });

  test('a gif has none', () => {
    expect(exifIn(build.gif([8, 6], build.gifFrame(8, 6)), 'gif', EXIF_FIELDS)).toBeUndefined();
  });
});

describe('takenAt', () => {
  const at = (taken: string, fraction?: string, offset?: string) =>
    camera({
      [T.taken]: taken,
      ...(fraction !== undefined && { [T.fraction]: fraction }),
      ...(offset !== undefined && { [T.offset]: offset }),
    })?.takenAt;

  test.each<[string, Parameters<typeof at>, string | undefined]>([
    ['without an offset it is local time', ['2026:03:12 14:07:56'], '2026-03-12T14:07:56'],
    ['a fraction has milliseconds', ['2026:03:12 14:07:56', '5'], '2026-03-12T14:07:56.500'],
    ['more digits are cut', ['2026:03:12 14:07:56', '123987'], '2026-03-12T14:07:56.123'],
    ['a fraction that is none is left out', ['2026:03:12 14:07:56', 'ab'], '2026-03-12T14:07:56'],
    ['an offset west', ['2026:03:12 14:07:56', '', '-09:30'], '2026-03-12T14:07:56-09:30'],
    ['an offset that cannot be', ['2026:03:12 14:07:56', '', '+25:00'], '2026-03-12T14:07:56'],
    ['separators of ISO 8601', ['2026-03-12T14:07:56'], '2026-03-12T14:07:56'],
    ['29 February of a leap year', ['2024:02:29 23:59:59'], '2024-02-29T23:59:59'],
    ['29 February of another year', ['2026:02:29 00:00:00'], undefined],
    ['a clock that was never set', ['0000:00:00 00:00:00'], undefined],
    ['blanks, which mean unknown', ['    :  :     :  :  '], undefined],
    ['24:00', ['2026:03:12 24:00:00'], undefined],
    ['text', ['yesterday'], undefined],
    ['a time within other text', ['x2026:03:12 14:07:56'], undefined],
  ])('%s', (_, parts, expected) => {
    expect(at(...parts)).toBe(expected);
  });
});

describe('camera', () => {
  test.each([
    ['Apple', 'iPhone 15', 'Apple iPhone 15'],
    ['Canon', 'Canon EOS R5', 'Canon EOS R5'],
    ['NIKON CORPORATION', 'NIKON D90', 'NIKON D90'],
    ['LG Electronics', 'LG-H870', 'LG-H870'],
    ['Son', 'Sony X', 'Son Sony X'],
    ['', 'D90', 'D90'],
    ['Canon', '', 'Canon'],
  ])('%s and %s', (make, model, expected) => {
    expect(all({ main: { [T.make]: make, [T.model]: model } })?.camera).toBe(expected);
  });
});

describe('what whoever made the file may have put in it', () => {
  const lens = (text: string) => camera({ [T.lens]: text })?.lens;

  test('control characters, line breaks and marks of direction cannot act', () => {
    expect(lens('a\u001b[2J\u202eb')).toBe('a\\u001b[2J\\u202eb');
    expect(lens(' a\r\nSubject:\tb ')).toBe('a Subject: b');
    expect(lens('before\0after')).toBe('before');
    expect(lens('<script>')).toBe('<script>'); // text like any other: whoever shows it escapes it
  });

  test('a text is cut between two characters, and bytes that are no UTF-8 do no harm', () => {
    expect([...(lens('é😀'.repeat(90)) as string)]).toHaveLength(100);
    expect(lens('x'.repeat(60_000))).toBe(`${'x'.repeat(99)}…`);
    const block = exifBlock({ camera: { [T.lens]: 'Summicron' } });
    block[block.indexOf('Summicron') + 8] = 0xe9;
    expect(readExif(block, ['lens'])?.lens).toBe('Summicro\ufffd');
  });

  test('a number without a value or beyond its range is left out', () => {
    for (const fraction of [
      [1, 0],
      [0, 0],
      [0, 10],
    ] as const) {
      expect(camera({ [T.exposureTime]: [fraction], [T.fNumber]: [fraction] })).toBeUndefined();
    }
    expect(camera({ [T.exposureTime]: [[1, 3]] })).toEqual({ exposureTime: 0.333333 });
    const place = (latitude: number, ref = 'N', seconds: [number, number] = [0, 1]) =>
      all({
        gps: {
          1: ref,
          2: [[latitude, 1], [0, 1], seconds],
          3: 'E',
          4: [
            [1, 1],
            [0, 1],
            [0, 1],
          ],
        },
      })?.gps;
    expect(place(90)).toEqual({ latitude: 90, longitude: 1 });
    expect(place(33, 'S')).toEqual({ latitude: -33, longitude: 1 });
    expect(place(91)).toBeUndefined();
    expect(place(50, 'Q')).toBeUndefined();
    expect(place(50, 'N', [0, 0])).toBeUndefined();
    expect(place(0, 'S')).toEqual({ latitude: 0, longitude: 1 });
  });

  test('a position in signed fractions counts, as phones by Nokia write it, and a negative part does not', () => {
    const block = exifBlock(PHONE);
    for (const tag of [2, 4]) {
      const entry = block.indexOf(Buffer.concat([tag, 5].map(build.u16le)));
      block.writeUInt16LE(10, entry + 2);
    }
    expect(readExif(block, ['gps'])).toEqual({ gps: PHONE_SAYS.gps });
    const minutes = block.indexOf(Buffer.concat([31, 1].map(build.u32le)));
    block.writeInt32LE(-31, minutes);
    expect(readExif(block, ['gps'])).toBeUndefined();
  });

  test('a value of another type, too few values and a place outside the bytes count as missing', () => {
    expect(camera({ [T.lens]: 7, [T.iso]: 'x', [T.exposureTime]: { long: 4 } })).toBeUndefined();
    expect(all({ gps: { 1: 'N', 2: [[1, 1]], 3: 'E', 4: [[1, 1]] } })).toBeUndefined();
    for (const field of [0xffffffff, 0x7fffffff]) {
      for (const count of [5, 0xffffffff]) {
        expect(camera({ [T.lens]: { type: 2, count, field } })).toBeUndefined();
        expect(camera({ [T.exposureTime]: { type: 5, count, field } })).toBeUndefined();
      }
    }
    expect(all({ main: { 34665: { long: 0xffffffff }, 34853: { long: 3 } } })).toBeUndefined();
  });

  test('of two entries with the same tag the first counts', () => {
    const block = exifBlock({ main: { [T.make]: 'First', 275: 'Second' } });
    block.writeUInt16LE(T.make, block.lastIndexOf(build.u16le(0x0113)));
    expect(readExif(block, ['camera'])).toEqual({ camera: 'First' });
  });

  test('directories that point at each other are read once each', () => {
    const loop = exifBlock({ main: { ...PHONE.main, 34665: { long: 8 }, 34853: { long: 8 } } });
    expect(readExif(loop, EXIF_FIELDS)).toEqual({ camera: PHONE_SAYS.camera });
    for (const entries of [200, 5_000]) {
      const block = build.exifLoop(entries);
      expect(countReads(() => readExif(block, EXIF_FIELDS))).toBeLessThan(2 * block.length);
    }
  });

  test('a file that is built to burn time is no slower to read', async () => {
    for (const { build: make } of exifLoops) {
      const bytes = Buffer.from(await make());
      for (const format of ['jpeg', 'png', 'webp', 'avif', 'heic', 'tiff'] as const) {
        const steps = countReads(() => exifIn(bytes, format, EXIF_FIELDS));
        expect(steps).toBeLessThanOrEqual(4 * bytes.length);
      }
    }
  });

  test('whatever the bytes are: nothing throws, every value is bounded, and the work is linear', async () => {
    const formats: InputFormat[] = ['jpeg', 'png', 'webp', 'avif', 'tiff'];
    const block = exifBlock(PHONE);
    const seeds = [
      block,
      exifBlock(PHONE, false),
      build.exifLoop(20),
      build.withSegments(await build.flat(8, 8).jpeg().toBuffer(), build.app1Exif(block)),
      build.withChunks(await build.flat(8, 8).png().toBuffer(), build.pngChunk('eXIf', block)),
      build.webp(build.vp8x(build.VP8X.exif, 8, 8), build.riffChunk('EXIF', block)),
      await build.avifWithExif(block),
    ];
    const files = fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .tuple(fc.nat(99), mutations)
          .map(([seed, mutate]) => mutate(seeds[seed % seeds.length]!, seeds)),
      },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
    );
    fc.assert(
      fc.property(files, (bytes) => {
        for (const format of formats) {
          let found: Exif = {};
          const steps = countReads(() => {
            found = exifIn(bytes, format, EXIF_FIELDS) ?? {};
          });
          ok(steps <= 12 * bytes.length + 64, `It took ${steps} steps`);
          const { takenAt, gps, camera: named, lens: glass, ...numbers } = found;
          for (const text of [named, glass]) {
            if (text === undefined) continue;
            ok([...text].length <= 100, `It is ${text.length} long`);
            equal(printable(text), text);
          }
          if (takenAt !== undefined) {
            match(takenAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?([+-]\d\d:\d\d)?$/);
            ok(!Number.isNaN(Date.parse(takenAt)), `${takenAt} is no date`);
          }
          for (const [name, number] of Object.entries(numbers)) {
            ok(number > 0 && Number.isFinite(number), `${name} is ${number}`);
          }
          if (gps) ok(Math.abs(gps.latitude) <= 90 && Math.abs(gps.longitude) <= 180, 'It is not on earth');
        }
      }),
      { numRuns: 1000 },
    );
  });
});
