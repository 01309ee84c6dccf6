/**
 * Files with traits that people reported as problems. Each must give the thumbnail that a person would call right, or the
 * correct error.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptImage, UnsupportedFormat } from '../../../../contract/errors';
import { asImage } from '../../../../functions/lib/image/image';
import { assertDimensions } from '../../../../functions/lib/image/limits';
import { render } from '../../../../functions/lib/image/render';
import { scan, withoutMetadata } from '../../../../functions/lib/prescan';
import { parseSettings } from '../../../../stacks/settings/load';
import { chartPng, iccp, patchesIn, profile, worstDifference } from '../../../fixtures/chart';
import { withSegment } from '../../../fixtures/images';
import sharp from '../../../fixtures/sharp';
import { directory, tiffFile } from '../../../fixtures/tiff';
import { variantOf } from '../../support';
import * as build from '../prescan/build';
import { at, decoded, INPUTS, OPTIONS, thumbnail, thumbnails } from './pixels';

const file = (name: string) => readFileSync(join(__dirname, '../../../fixtures/pictures', name));

type Colour = [number, number, number];
const CHART: Record<string, Colour> = {
  red: [255, 0, 0],
  green: [0, 192, 0],
  blue: [0, 0, 255],
  white: [255, 255, 255],
};
const EXCHANGED = { ...CHART, red: CHART['blue'] as Colour, blue: CHART['red'] as Colour };

/** The corners of the chart that the files show, and its white centre. */
async function colours(bytes: Uint8Array): Promise<Record<string, number[]>> {
  const made = await decoded(await thumbnail(bytes, { format: 'png' }));
  const opaque = (across: number, down: number) => at(made, across, down).slice(0, 3);
  return { red: opaque(0.1, 0.1), green: opaque(0.9, 0.1), blue: opaque(0.1, 0.9), white: opaque(0.56, 0.6) };
}

function differs(one: Record<string, number[]>, other: Record<string, number[]>): number {
  return Math.max(
    ...Object.keys(one).flatMap((name) =>
      one[name]!.map((value, i) => Math.abs(value - (other[name]![i] as number))),
    ),
  );
}

/** Judges and renders as Thumbnail does. */
async function made(bytes: Uint8Array) {
  const found = asImage(scan(bytes, { whole: true }), INPUTS);
  return render(bytes, found, [{ variant: variantOf(), format: 'png' }], OPTIONS);
}

let warnings: jest.SpyInstance;
beforeEach(() => {
  warnings = jest.spyOn(console, 'warn').mockImplementation();
});
afterEach(() => warnings.mockRestore());

describe('colours', () => {
  test.each([
    ['16bit-srgb-profile.png', CHART, 1],
    ['10bit-srgb-profile.avif', CHART, 3],
    ['gama-1.png', CHART, 1],
    // Its numbers are meant as BT.2020, whose green is more saturated.
    ['cicp-pq.png', { ...CHART, green: [0, 203, 0] as Colour }, 1],
    ['pq-bt2020.avif', { ...CHART, green: [0, 203, 0] as Colour }, 5],
    ['iccp-without-adler32.png', EXCHANGED, 1],
    ['iccp-wrong-adler32.png', EXCHANGED, 1],
    ['icc-chunks-out-of-order.jpg', EXCHANGED, 3],
    ['icc-profile-twice.jpg', EXCHANGED, 3],
  ])('of %s', async (name, expected, most) => {
    expect(differs(await colours(file(name)), expected)).toBeLessThanOrEqual(most);
  });

  test('with a profile whose start is missing are those of sRGB', async () => {
    const parts = file('icc-chunks-out-of-order.jpg');
    const first = parts.indexOf(Buffer.from('ICC_PROFILE\0\x01', 'latin1')) - 4;
    const length = 2 + parts.readUInt16BE(first + 2);
    const without = Buffer.concat([parts.subarray(0, first), parts.subarray(first + length)]);
    expect(differs(await colours(without), CHART)).toBeLessThanOrEqual(3);
  });

  describe('with a profile that has both processing elements and a matrix follow the matrix', () => {
    const chain = ['D2B0', Buffer.from('mpet\0\0\0\0\0\x03\0\x03\0\0\xff\xff', 'latin1')] as const;
    const icc = profile('p3', 'srgb', [chain]);
    const patches = patchesIn('p3', 'srgb');
    const plain = () => sharp(chartPng(patches, 8));
    const embedded = (format: 'webp' | 'avif') => {
      const image = plain().withIccProfile('p3');
      return (
        format === 'webp' ? image.webp({ lossless: true }) : image.avif({ lossless: true, effort: 0 })
      ).toBuffer();
    };

    test('in a PNG', async () => {
      const bytes = chartPng(patches, 8, iccp(icc));
      expect(Buffer.from(withoutMetadata(bytes, 'png')).equals(bytes)).toBe(false);
      expect(await worstDifference(await thumbnail(bytes, { format: 'png' }))).toBeLessThanOrEqual(2);
    });

    test('in a JPEG', async () => {
      const jpeg = await plain().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
      const bytes = withSegment(
        jpeg,
        0xe2,
        Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), icc]),
      );
      expect(await worstDifference(await thumbnail(bytes, { format: 'png' }))).toBeLessThanOrEqual(2.5);
    });

    test.each(['webp', 'avif'] as const)('in a %s, where the tag is renamed in place', async (format) => {
      const bytes = await embedded(format);
      // Any tag that the conversion doesn't need.
      const tag = bytes.indexOf('chad');
      const offset = bytes.indexOf('acsp') - 36 + bytes.readUInt32BE(tag + 4);
      const hostile = build.patched(bytes, offset, Buffer.from('mpet'));
      const cut = Buffer.from(withoutMetadata(hostile, format));
      expect(cut.length).toBe(hostile.length);
      expect(cut.toString('latin1', tag, tag + 4)).toBe('none');
    });
  });
});

describe('endings', () => {
  test.each(['no-eoi.jpg', 'no-terminator.gif', 'first-frame-transparent.gif', 'animated-avis.avif'])(
    '%s is a whole picture',
    async (name) => {
      expect(differs(await colours(file(name)), CHART)).toBeLessThanOrEqual(3);
    },
  );

  test('a truncated JPEG with an end marker is corrupt', async () => {
    await expect(made(file('cut-then-eoi.jpg'))).rejects.toMatchObject({
      name: 'CorruptImage',
      message: 'The image ends before its last row: it was cut off. Upload the whole file.',
    });
    expect(warnings).toHaveBeenCalledWith(expect.stringContaining('premature end of data segment'));
  });

  test('a JPEG that lost the data between two restart markers is corrupt', async () => {
    const noisy = await sharp(file('cicp-pq.png')).resize(640, 480).jpeg({ quality: 95 }).toBuffer();
    const restarts = withRestarts(noisy);
    await expect(made(restarts)).rejects.toBeInstanceOf(CorruptImage);
  });

  test('a JPEG whose scan header has no coefficient range is accepted: some phones write panoramas like that', async () => {
    const jpeg = file('no-eoi.jpg');
    const end = jpeg.indexOf(Buffer.from([0xff, 0xda])) + 2 + 12;
    const samsung = build.patched(jpeg, end - 3, Buffer.from([0, 0, 0]));
    await expect(sharp(samsung, { failOn: 'warning' }).stats()).rejects.toThrow('Invalid SOS parameters');
    expect(differs(await colours(samsung), CHART)).toBeLessThanOrEqual(3);
  });

  test('a JPEG that libjpeg warns about for another reason is accepted', async () => {
    const jpeg = file('no-eoi.jpg');
    const revised = build.patched(jpeg, jpeg.indexOf('JFIF\0') + 5, Buffer.from([9]));
    const closed = Buffer.concat([revised, Buffer.from([0xff, 0xd9])]);
    await expect(sharp(closed, { failOn: 'warning' }).stats()).rejects.toThrow('unknown JFIF revision');
    expect(differs(await colours(closed), CHART)).toBeLessThanOrEqual(3);
    expect(warnings).not.toHaveBeenCalled();
  });

  test('a GIF that was cut between two blocks and has a trailer is corrupt', async () => {
    const gif = file('no-terminator.gif');
    const first = gif.indexOf(Buffer.from([0x2c, 0, 0, 0, 0])) + 11;
    let end = first;
    for (let n = 0; n < 30; n++) end += 1 + (gif[end] as number);
    const cut = Buffer.concat([gif.subarray(0, end), Buffer.from([0, 0x3b])]);
    await expect(made(cut)).rejects.toThrow(/^The GIF is damaged: its picture ends after \d+ of 120 rows\./);
  });

  test.each(['png', 'webp'] as const)('a truncated %s with an end marker is corrupt', async (format) => {
    const whole = await sharp(file('cicp-pq.png')).toFormat(format).toBuffer();
    const cut = format === 'png' ? cutPng(whole) : cutWebp(whole);
    await expect(made(cut)).rejects.toBeInstanceOf(CorruptImage);
  });

  test('an animated WebP begins with the first frame that shows something', async () => {
    const frame = (background: { r: number; g: number; b: number; alpha: number }) =>
      sharp({ create: { width: 20, height: 10, channels: 4, background } })
        .png()
        .toBuffer();
    const clear = { r: 0, g: 0, b: 0, alpha: 0 };
    const frames = [await frame(clear), await frame(clear), await frame({ r: 200, g: 30, b: 30, alpha: 1 })];
    const webp = await sharp(frames, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    const [red = 0, , , alpha] = at(await decoded(await thumbnail(webp, { format: 'webp' })), 0.5, 0.5);
    expect([Math.abs(red - 200) <= 6, alpha ?? 255]).toEqual([true, 255]);
  });

  test('a GIF whose frame does not cover its canvas is transparent around it', async () => {
    const gif = build.gif([40, 30], build.gifFrame(20, 15));
    const pixels = await decoded(await thumbnail(gif, { format: 'png' }));
    expect([at(pixels, 0.2, 0.2)[3], at(pixels, 0.9, 0.9)[3]]).toEqual([255, 0]);
  });

  function cutPng(png: Buffer): Buffer {
    const data = png.indexOf('IDAT');
    const half = png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4) / 2);
    return Buffer.concat([png.subarray(0, data - 4), build.pngChunk('IDAT', half), build.pngChunk('IEND')]);
  }

  function cutWebp(webp: Buffer): Buffer {
    const half = webp.subarray(20, 20 + (webp.readUInt32LE(16) >> 2) * 2);
    return build.webp(build.riffChunk(webp.toString('latin1', 12, 16), Buffer.from(half)));
  }

  /** The restart intervals of one row of blocks without their data: only the markers. */
  function withRestarts(jpeg: Buffer): Buffer {
    const scanStart = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    const interval = build.segment(0xdd, build.u16be(40));
    const cut = jpeg.subarray(0, scanStart + 2_000);
    return Buffer.concat([
      jpeg.subarray(0, scanStart),
      interval,
      cut.subarray(scanStart),
      Buffer.from([0xff, 0xd3]),
      jpeg.subarray(scanStart + 2_000),
    ]);
  }
});

describe('sizes that cameras make', () => {
  const { limits } = parseSettings({}, 'settings.json');
  test.each([
    ['a Pixel', 8_160, 6_144],
    ['a phone of 50 megapixels', 8_192, 6_144],
    ['a phone of 64 megapixels', 9_280, 6_944],
    ['a phone of 108 megapixels', 12_032, 9_024],
    ['a panorama', 20_000, 2_000],
    ['the longest JPEG', 65_535, 1_600],
  ])('of %s are within the limits', async (_, width, height) => {
    const jpeg = build.jpegOfSize(await build.flat(16, 16).jpeg().toBuffer(), width, height);
    const found = asImage(scan(jpeg, { whole: true }), ['jpeg']);
    expect(found).toMatchObject({ width, height });
    expect(() => assertDimensions(found, limits)).not.toThrow();
  });
});

describe('shapes', () => {
  test('of an AVIF with a clean aperture are cropped, but the limits apply to what is decoded', async () => {
    const bytes = file('clap-40x120.avif');
    expect(scan(bytes, { whole: true })).toMatchObject({
      width: 40,
      height: 120,
      coded: { width: 160, height: 120 },
    });
    const [thumb] = await thumbnails(bytes, [{ format: 'png' }]);
    expect(thumb).toMatchObject({ width: 40, height: 120 });
    expect(at(await decoded(thumb!.data), 0.5, 0.1)).toEqual([255, 0, 0].map((v) => expect.closeTo(v, -1)));
  });

  const rgb = (width: number, height: number, colour: Colour) =>
    Buffer.from(Array.from({ length: width * height }, () => colour).flat());

  test('of a TIFF are those of the first page that is neither a preview nor a mask', async () => {
    const bytes = tiffFile([
      directory({ width: 4, height: 3, tags: [[254, 4, [1]]] }, rgb(4, 3, [0, 0, 0])),
      directory({ width: 40, height: 30, tags: [[254, 4, [4]]] }, rgb(40, 30, [0, 0, 0])),
      directory({ width: 40, height: 30 }, rgb(40, 30, [10, 200, 30])),
      directory({ width: 9, height: 9 }, rgb(9, 9, [0, 0, 0])),
    ]);
    expect(scan(bytes, { whole: true })).toMatchObject({ width: 40, height: 30, frames: 4 });
    expect(at(await decoded(await thumbnail(bytes, { format: 'png' })), 0.5, 0.5)).toEqual([10, 200, 30]);
    expect((await sharp(withoutMetadata(bytes, 'tiff')).metadata()).pages ?? 1).toBe(1);
  });

  test('of a TIFF that has only previews are those of the first', () => {
    const preview = directory({ width: 4, height: 3, tags: [[254, 4, [1]]] }, rgb(4, 3, [0, 0, 0]));
    expect(scan(tiffFile([preview]), { whole: true })).toMatchObject({ width: 4, height: 3 });
  });

  test('of a fax have square pixels', async () => {
    const resolution = [
      [282, 5, [204, 1]],
      [283, 5, [98, 1]],
    ] as const;
    const bytes = tiffFile([
      directory({ width: 204, height: 98, tags: resolution }, rgb(204, 98, [9, 9, 9])),
    ]);
    expect(scan(bytes, { whole: true })).toMatchObject({
      width: 98,
      height: 98,
      coded: { width: 204, height: 98 },
    });
    expect((await thumbnails(bytes, [{ format: 'png' }]))[0]).toMatchObject({ width: 98, height: 98 });
  });
});

describe('a format without a decoder here is called by its name', () => {
  const samples = Buffer.alloc(4 * 3 * 3 * 4);
  test.each([
    ['12bit.jpg', file('12bit.jpg'), 'a JPEG image with 12 bits a colour'],
    ['jpegls.jpg', file('jpegls.jpg'), 'a JPEG-LS image'],
    ['a lossless JPEG', withFrame(0xc3), 'a lossless JPEG image'],
    ['a hierarchical JPEG', withFrame(0xc5), 'a hierarchical JPEG image'],
    ['a JPEG with arithmetic coding', withFrame(0xc9), 'a JPEG image with arithmetic coding'],
    [
      'a TIFF of 32 bits',
      tiffFile([directory({ width: 4, height: 3, bits: 32 }, samples)]),
      'a TIFF image with 32 bits a sample',
    ],
    ['a zipped JPEG', Buffer.from('1f8b0800', 'hex'), 'a gzip archive'],
  ])('%s', async (_, bytes, found) => {
    await expect(made(bytes)).rejects.toThrow(
      new UnsupportedFormat(
        `Only JPEG, PNG, WebP, GIF, AVIF, and TIFF images are accepted; this file is ${found}. Convert it and upload it again.`,
      ),
    );
  });

  function withFrame(marker: number): Buffer {
    const jpeg = file('no-eoi.jpg');
    return build.patched(jpeg, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 1, Buffer.from([marker]));
  }
});
