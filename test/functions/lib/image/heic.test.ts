import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CorruptImage, ImageTooLarge, SuspiciousImage } from '../../../../contract/errors';
import { configureSharp } from '../../../../functions/lib/image/decode';
import { decodeHeic } from '../../../../functions/lib/image/heic';
import { render } from '../../../../functions/lib/image/render';
import { type ImageScan, scan } from '../../../../functions/lib/prescan';
import {
  clap,
  displayP3,
  encoded,
  heif,
  imir,
  iphonePhoto,
  irot,
  ispe,
  type PhonePicture,
  phonePicture,
  picture,
  portrait,
} from '../../../fixtures/heic';
import sharp, { type Sharp } from '../../../fixtures/sharp';
import { variantOf } from '../../support';
import { heic7000 } from '../prescan/bombs';
import { exif, fullBox, latin1, patched, u32be } from '../prescan/build';
import { type Decoded, decoded, OPTIONS, rms, thumbnail } from './pixels';

/** As a PNG, at its own size unless a variant says otherwise. */
const made = async (bytes: Buffer, variant = {}) =>
  decoded(await thumbnail(bytes, { format: 'png', width: 500, ...variant }));

const pixels = async (image: Sharp): Promise<Decoded> => decoded(await image.png().toBuffer());

/** The mean of each channel. */
const average = ({ data, channels }: Decoded): number[] =>
  Array.from({ length: channels }, (_, c) => {
    const values = data.filter((_value, i) => i % channels === c);
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });

/** How much the encoder changes the portrait, whose details are of a pixel or two, at these qualities: 33 dB. */
const CODEC = 5.6;

let warnings: jest.SpyInstance;
beforeEach(() => {
  warnings = jest.spyOn(console, 'warn').mockImplementation();
});
afterEach(() => warnings.mockRestore());

describe('a HEIC is the picture that went into it', () => {
  test.each(['8-bit', '10-bit', 'display-p3'] as const)('%s', async (name) => {
    expect(rms(await made(encoded(name)), await pixels(portrait()))).toBeLessThan(CODEC);
  });

  test('without loss, but for rounding', async () => {
    expect(rms(await made(encoded('lossless')), await pixels(portrait()))).toBeLessThan(0.6);
  });

  test.each(['alpha', 'premultiplied'] as const)('with transparency: %s', async (name) => {
    const { data, channels } = await made(encoded(name));
    const expected = await pixels(portrait());
    expect(channels).toBe(4);
    const worst = { alpha: 0, colour: 0 };
    for (let i = 0; i < data.length / 4; i++) {
      const alpha = Math.round((255 * (i % 96)) / 95);
      worst.alpha = Math.max(worst.alpha, Math.abs((data[4 * i + 3] as number) - alpha));
      if (alpha < 128) continue;
      for (let c = 0; c < 3; c++) {
        const difference = (data[4 * i + c] as number) - (expected.data[3 * i + c] as number);
        worst.colour += difference ** 2 / (data.length / 4) / 3;
      }
    }
    expect(worst.alpha).toBeLessThanOrEqual(6);
    expect(Math.sqrt(worst.colour)).toBeLessThan(CODEC);
  });
});

describe('as an iPhone stores it', () => {
  test('it is put together from its tiles, upright, in the colours of its profile', async () => {
    const result = await made(phonePicture());
    expect(result).toMatchObject({ width: 96, height: 128, channels: 3 });
    expect(rms(result, await pixels(portrait()))).toBeLessThan(CODEC);
    // On average, the codec's noise has gone.
    const expected = average(await pixels(portrait()));
    const differences = (one: Decoded) => average(one).map((value, c) => Math.abs(value - expected[c]!));
    expect(Math.max(...differences(result))).toBeLessThan(0.5);
    const small = await made(phonePicture(), { width: 33 });
    expect(Math.max(...differences(small))).toBeLessThan(1);
    const unprofiled = await made(phonePicture({ profile: null }));
    expect(Math.max(...differences(unprofiled))).toBeGreaterThan(2);
    const byTiles = await made(phonePicture({ profile: null, tileProfile: displayP3() }));
    expect(byTiles.data).toEqual(result.data);
  });

  test('a small thumbnail of a photo by an iPhone is made of its preview', async () => {
    const { data, ...small } = await made(iphonePhoto(), { width: 120 });
    expect(small).toMatchObject({ width: 120, height: 160, channels: 3 });
    // An arrow that points up, drawn in black on lined paper.
    const at = (x: number, y: number) => data[(y * 120 + x) * 3] as number;
    const darkest = (xs: number[], y: number) => Math.min(...xs.map((x) => at(x, y)));
    const across = Array.from({ length: 100 }, (_, n) => n + 10);
    const top = across.filter((x) => at(x, 30) < 100);
    const below = across.filter((x) => at(x, 60) < 100);
    expect(darkest(across, 5)).toBeGreaterThan(100);
    expect(Math.max(...below) - Math.min(...below)).toBeGreaterThan(Math.max(...top) - Math.min(...top));
  });

  /** The picture without any transformation: the portrait, turned to the left. */
  const stored = async () => sharp(await portrait().rotate(270).png().toBuffer());

  test.each<[string, Buffer[], (image: Sharp) => Sharp]>([
    ['not turned', [], (image) => image],
    ['turned to the left', [irot(1)], (image) => image.rotate(270)],
    ['turned by 180°', [irot(2)], (image) => image.rotate(180)],
    ['turned to the right', [irot(3)], (image) => image.rotate(90)],
    ['top and bottom swapped', [imir(0)], (image) => image.flip()],
    ['left and right swapped', [imir(1)], (image) => image.flop()],
    ['cropped', [clap(64, 48)], (image) => image.extract({ left: 32, top: 24, width: 64, height: 48 })],
  ])('%s', async (_, transformations, transform) => {
    const result = await made(phonePicture({ transformations, hasPreview: false }));
    expect(rms(result, await pixels(transform(await stored())))).toBeLessThan(CODEC);
  });

  test('cropped, turned and mirrored, in that order', async () => {
    const result = await made(
      phonePicture({ transformations: [clap(64, 48), irot(3), imir(1)], hasPreview: false }),
    );
    const cropped = (await stored()).extract({ left: 32, top: 24, width: 64, height: 48 });
    const turned = sharp(await cropped.png().toBuffer()).rotate(90);
    expect(rms(result, await pixels(sharp(await turned.png().toBuffer()).flop()))).toBeLessThan(CODEC);
  });

  test.each([
    ['depth map', 'urn:mpeg:hevc:2015:auxid:2'],
    ['HDR gain map', 'urn:com:apple:photo:2020:aux:hdrgainmap'],
  ])('its %s changes nothing', async (_, urn) => {
    const map = picture('tile-1');
    map.properties.push(fullBox('auxC', 0, latin1(`${urn}\0`)));
    const result = await made(heif([picture('8-bit'), map], [{ type: 'auxl', from: 2, to: [1] }]));
    expect(result.channels).toBe(3);
    expect(rms(result, await pixels(portrait()))).toBeLessThan(CODEC);
  });

  test('its EXIF orientation does not turn it a second time', async () => {
    const { type, data, properties } = picture('8-bit');
    const block = { type: 'Exif', data: Buffer.concat([u32be(0), exif(6)]), properties: [] };
    const bytes = heif([{ type, data, properties }, block], [{ type: 'cdsc', from: 2, to: [1] }]);
    expect(rms(await made(bytes), await pixels(portrait()))).toBeLessThan(CODEC);
  });
});

describe('the preview', () => {
  /** Files whose tiles are damaged, so that only the preview can be decoded, or the other way round. */
  const damaged = (part: 'tile-1' | 'preview', options?: PhonePicture) => {
    const bytes = phonePicture(options);
    return patched(bytes, bytes.indexOf(picture(part).data), Buffer.alloc(4, 0xff));
  };

  test('is what a small thumbnail is made of', async () => {
    const small = await made(damaged('tile-1'), { width: 33 });
    expect(small).toMatchObject({ width: 33, height: 44 });
    expect(rms(small, await pixels(portrait().resize(33, 44)))).toBeLessThan(2 * CODEC);
  });

  test('is too small for a larger one', async () => {
    await expect(made(damaged('tile-1'), { width: 34 })).rejects.toBeInstanceOf(CorruptImage);
  });

  test.each<[string, Buffer]>([
    ['that is damaged', damaged('preview')],
    ['of another shape', damaged('tile-1', { previewTransformations: [irot(0)] })],
  ])('%s is not used', async (name, bytes) => {
    const small = made(bytes, { width: 33 });
    if (name === 'that is damaged') expect((await small).height).toBe(44);
    else await expect(small).rejects.toBeInstanceOf(CorruptImage);
  });
});

describe('a decoder that is taken over from inside', () => {
  /** A module that exports a memory and `f`, which calls the import of this name and returns its answer. */
  const calling = (name: string) =>
    Buffer.concat([
      Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7f]), // () → i32
      Buffer.from([2, 7, 1, 1, 0x61, 1, name.charCodeAt(0), 0, 0]), // import of `a`
      Buffer.from([3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 9, 2, 1, 0x66, 0, 1, 1, 0x6d, 2, 0]),
      Buffer.from([10, 6, 1, 4, 0, 0x10, 0, 0x0b]),
    ]);

  /** Stands in for libheif's own JavaScript, and gives the module functions that answer with 42. */
  const library = `module.exports = ({ instantiateWasm }) => {
    const answer = () => 42;
    let f;
    instantiateWasm({ a: { z: answer, I: answer } }, (instance) => { f = instance.exports.f; });
    const atStart = f();
    return { _malloc: () => { throw new Error(atStart + ' at first, then ' + f()); } };
  };`;

  test.each([
    ['z', '42 at first, then 8'],
    ['I', '42 at first, then 42'],
  ])('can call nothing but what decoding takes: %s', async (name, error) => {
    const folder = mkdtempSync(join(tmpdir(), 'heic-'));
    const file = join(folder, 'library.cjs');
    writeFileSync(file, library);
    const code = await WebAssembly.compile(calling(name));
    const worker = new Worker(require.resolve('../../../../functions/lib/image/heic-worker.cjs'), {
      workerData: { library: file, code, bytes: Buffer.alloc(0), expected: {}, mostMemory: 1e9 },
    });
    const [reply] = await once(worker, 'message');
    expect(reply).toEqual({ error });
    rmSync(folder, { recursive: true });
  });
});

describe('a decoder', () => {
  const options = (timeLeft: number) => ({ ...OPTIONS, timeLeft: () => timeLeft });
  const rendered = (bytes: Buffer, timeLeft: number) =>
    render(
      bytes,
      scan(bytes, { whole: true }) as ImageScan,
      [{ variant: variantOf({ width: 500 }), format: 'png' }],
      options(timeLeft),
    );

  test('that takes too long is ended, with enough time left to say so', async () => {
    const ended = jest.spyOn(Worker.prototype, 'terminate');
    await expect(rendered(encoded('8-bit'), 2_000)).rejects.toEqual(
      new ImageTooLarge('The image takes more than 0 s to decode. Upload a smaller image or a JPEG.'),
    );
    expect(await Promise.all(ended.mock.results.map(({ value }) => value))).toHaveLength(1);
    ended.mockRestore();
    expect(await rendered(encoded('8-bit'), 20_000)).toHaveLength(1);
  });

  test('gets no more memory than it may use', async () => {
    const size = { width: 96, height: 128 };
    await expect(
      decodeHeic(heic7000(), { width: 7_000, height: 7_000 }, { memory: 100e6 }),
    ).rejects.toBeInstanceOf(SuspiciousImage);
    expect(await decodeHeic(encoded('8-bit'), size, { memory: 100e6 })).toMatchObject({
      width: 96,
      height: 128,
    });
  });

  test('whose result has another size than the header says is not believed', async () => {
    const one = picture('8-bit');
    const bytes = heif([{ ...one, properties: [ispe(96, 120), ...one.properties.slice(1)] }]);
    await expect(made(bytes)).rejects.toBeInstanceOf(CorruptImage);
    expect(warnings).toHaveBeenCalledWith(expect.stringMatching(/96×1\d\d pixels|size/));
  });

  test('keeps its words to the log', async () => {
    const bytes = encoded('8-bit');
    const cut = bytes.subarray(0, bytes.length - 100);
    await expect(made(cut)).rejects.toMatchObject({
      name: 'CorruptImage',
      message: expect.stringMatching(/^The image (is damaged|ends before)/),
    });
    expect(warnings).toHaveBeenCalledWith(expect.stringMatching(/^The decoder refused the image: /));
  });

  test('reads nothing but HEIC, and sharp nothing but what it has made of one', async () => {
    configureSharp(['heic']);
    try {
      expect(await made(encoded('8-bit')).catch((error: Error) => error)).toMatchObject({ width: 96 });
      const webp = await portrait()
        .toBuffer()
        .catch((error: Error) => error.message);
      expect(webp).toMatch(/unsupported image format/);
    } finally {
      sharp.unblock({ operation: ['VipsForeignLoad'] });
    }
  });
});
