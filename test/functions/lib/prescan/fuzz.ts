import fc from 'fast-check';
import type { InputFormat } from '../../../../contract/formats';
import { type Scan, scan, withoutMetadata } from '../../../../functions/lib/prescan';
import { encoded, phonePicture } from '../../../fixtures/heic';
import { fraction, mutations, place } from '../../../fixtures/mutations';
import * as build from './build';
import { countReads } from './count-reads';

const FORMATS: InputFormat[] = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff', 'heic'];
/** Every way to cut a file: of an animation it keeps one frame or all of them. */
export const CUTS: [InputFormat, 0 | 'all'][] = [
  ...FORMATS.map((format): [InputFormat, 0] => [format, 0]),
  ['gif', 'all'],
  ['webp', 'all'],
];
const KINDS: Scan['kind'][] = ['image', 'unsupported', 'more', 'corrupt', 'suspicious'];

let seeds: Buffer[];

/** A valid image after a few mutations. */
const mutated = fc
  .tuple(fc.nat(99), mutations)
  .map(([seed, mutate]) => mutate(seeds[seed % seeds.length]!, seeds));

/** Random bytes after the start of a format, so that its parser runs. */
const random = fc
  .tuple(
    fc.constantFrom(
      '',
      '\xff\xd8',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'II*\0\x08\0\0\0',
      'MM\0+',
      'RIFF\xff\0\0\0WEBPVP8X',
      '\0\0\0\x14ftypheic\0\0\0\0heic\0\0\0\x90meta\0\0\0\0',
      '\0\0\0\x14ftypavif\0\0\0\0avif\0\0\0\x90meta\0\0\0\0',
    ),
    fc.uint8Array({ maxLength: 400 }),
  )
  .map(([start, bytes]) => Buffer.concat([build.latin1(start), bytes]));

const files = fc.oneof({ weight: 3, arbitrary: mutated }, { weight: 1, arbitrary: random });
/** Declares the tests, which try many files. @param runs how many, and which */
export function testScans(runs: { numRuns: number; seed?: number }): void {
  beforeAll(async () => {
    const oriented = () => build.flat(24, 16).withMetadata({ orientation: 6 });
    const animated = build.webp(
      build.vp8x(build.VP8X.animation | build.VP8X.exif, 1, 1),
      (await build.webpWithFrames(3)).subarray(30),
      build.riffChunk('EXIF', build.exif(6)),
    );
    seeds = [
      await oriented().jpeg().toBuffer(),
      await oriented().jpeg({ progressive: true }).toBuffer(),
      await oriented().png().toBuffer(),
      build.withChunks(build.apng(8, 6, 2), build.pngChunk('eXIf', build.exif(6))),
      await oriented().webp().toBuffer(),
      await oriented().ensureAlpha(0.5).webp({ lossless: true }).toBuffer(),
      animated,
      build.gif([8, 6], build.gifComment('x'), build.gifFrame(8, 6), build.gifFrame(2, 2)),
      await oriented().avif({ effort: 0 }).toBuffer(),
      await build.avifWithExif(build.exifLoop(20)),
      await oriented().tiff().toBuffer(),
      await oriented().tiff({ bigtiff: true }).toBuffer(),
      build.tiff([], { next: 8 }),
      phonePicture(),
      encoded('alpha'),
      build.withSegments(await build.flat(8, 8).jpeg().toBuffer(), build.app1Exif(build.exifLoop(20))),
    ];
  });

  test('no input makes a scan throw: the answer is always one of the five kinds, and "more" only for a prefix', () => {
    fc.assert(
      fc.property(
        files,
        fc.boolean(),
        fc.option(fc.nat(1_000_000), { nil: undefined }),
        (bytes, whole, totalBytes) => {
          const result = scan(bytes, { whole, totalBytes });
          expect(KINDS).toContain(result.kind);
          if (whole) expect(result.kind).not.toBe('more');
          if (result.kind === 'image') {
            expect(result.width).toBeGreaterThan(0);
            expect(result.height).toBeGreaterThan(0);
            expect([1, 2, 3, 4, 5, 6, 7, 8]).toContain(result.orientation);
            expect(result.frames).toBeGreaterThanOrEqual(1);
          }
        },
      ),
      runs,
    );
  });

  test('nothing outside the given bytes has an influence', () => {
    fc.assert(
      fc.property(files, fc.constantFrom(0x00, 0xff, 0x2c), fc.nat(9), (bytes, filling, before) => {
        const memory = Buffer.alloc(before + bytes.length + 4096, filling);
        bytes.copy(memory, before);
        const inside = memory.subarray(before, before + bytes.length);
        for (const whole of [true, false]) expect(scan(inside, { whole })).toEqual(scan(bytes, { whole }));
        for (const [format, frame] of CUTS) {
          const cut = Buffer.from(withoutMetadata(bytes, format, frame));
          expect(cut.equals(withoutMetadata(inside, format, frame))).toBe(true);
        }
      }),
      runs,
    );
  });

  test('a prefix never gives another size or orientation than the whole file', () => {
    fc.assert(
      fc.property(files, fraction, (bytes, at) => {
        const totalBytes = bytes.length;
        const early = scan(bytes.subarray(0, place(at, bytes)), { whole: false, totalBytes });
        const late = scan(bytes, { whole: true });
        if (early.kind !== 'image' || late.kind === 'suspicious') return;
        // Only the end of a frame shows that a row is missing.
        if (early.format === 'gif' && late.kind === 'corrupt' && late.reason.includes('rows')) return;
        expect(late).toMatchObject({
          width: early.width,
          height: early.height,
          orientation: early.orientation,
        });
      }),
      runs,
    );
  });

  test('a cut adds at most an ending and a control block, never changes the given file, and leaves nothing for a second cut', () => {
    fc.assert(
      fc.property(files, (bytes) => {
        const before = Buffer.from(bytes);
        for (const [format, frame] of CUTS) {
          const once = withoutMetadata(bytes, format, frame);
          // It may add an ending (two bytes), and a control block for a frame of a GIF (eight bytes).
          expect(once.length).toBeLessThanOrEqual(bytes.length + 2 + 8);
          expect(Buffer.from(withoutMetadata(once, format, frame)).equals(once)).toBe(true);
        }
        expect(bytes.equals(before)).toBe(true);
      }),
      runs,
    );
  });

  test("after a cut, an image still has the same size or isn't an image any more", () => {
    fc.assert(
      fc.property(files, (bytes) => {
        const before = scan(bytes, { whole: true });
        if (before.kind !== 'image') return;
        const { format, width, height } = before;
        const after = scan(withoutMetadata(bytes, format), { whole: true });
        if (after.kind !== 'corrupt') expect(after).toMatchObject({ kind: 'image', format, width, height });
      }),
      runs,
    );
  });

  test('the work grows linearly with the length of any input: at most twelve steps per byte', () => {
    fc.assert(
      fc.property(files, (bytes) => {
        expect(countReads(() => scan(bytes, { whole: true }))).toBeLessThanOrEqual(12 * bytes.length + 64);
        for (const format of FORMATS) {
          expect(countReads(() => withoutMetadata(bytes, format))).toBeLessThanOrEqual(
            12 * bytes.length + 64,
          );
        }
      }),
      runs,
    );
  });
}
