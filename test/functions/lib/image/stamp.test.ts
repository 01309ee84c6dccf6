import type { OutputFormat } from '../../../../contract/formats';
import { stamp } from '../../../../functions/lib/image/stamp';
import { picture } from '../../../fixtures/images';
import sharp from '../../../fixtures/sharp';

const FORMATS: OutputFormat[] = ['jpeg', 'png', 'webp', 'gif', 'avif'];

/** As long as a sequencer and a preset's hash, and one character shorter, because containers pad odd lengths. */
const TEXTS = ['0'.repeat(32), '0'.repeat(31), `${'0'.repeat(32)} 0123456789ab`];

describe.each(FORMATS)('a stamp in a %s', (format) => {
  test.each(TEXTS)('%s is found in its bytes, and leaves every pixel as it was', async (text) => {
    const image = await picture({ width: 16, height: 12, format });
    const stamped = stamp(image, format, text);
    expect(stamped.includes(text)).toBe(true);
    const strict = sharp(stamped, { failOn: 'warning' });
    expect(await strict.metadata()).toMatchObject(shape(await sharp(image).metadata()));
    expect(await strict.raw().toBuffer()).toEqual(await sharp(image).raw().toBuffer());
  });

  test('makes files with the same pixels differ, but not repeats of one version', async () => {
    const image = await picture({ width: 16, height: 12, format });
    expect(stamp(image, format, '1')).not.toEqual(stamp(image, format, '2'));
    expect(stamp(image, format, '1')).toEqual(stamp(image, format, '1'));
  });

  test('does not show as metadata in viewers', async () => {
    const stamped = stamp(await picture({ format }), format, TEXTS[0] as string);
    const facts = await sharp(stamped).metadata();
    for (const kind of ['exif', 'icc', 'iptc', 'xmp']) expect(facts).not.toHaveProperty(kind);
  });
});

/** What a decoder says about a file, without its size, which the stamp changes. */
function shape({ format, width, height, channels, hasAlpha }: sharp.Metadata) {
  return { format, width, height, channels, hasAlpha };
}

test('a WebP has its new length in its header', async () => {
  for (const text of TEXTS) {
    const stamped = stamp(await picture({ format: 'webp' }), 'webp', text);
    expect(stamped.readUInt32LE(4)).toBe(stamped.length - 8);
    expect(stamped.length % 2).toBe(0);
  }
});

test("a JPEG's JFIF header stays first, and a JPEG without one works too", async () => {
  const bare = await picture();
  const header = Buffer.from('ffe000104a46494600010100000100010000', 'hex');
  const image = Buffer.concat([bare.subarray(0, 2), header, bare.subarray(2)]);
  const pixels = await sharp(bare).raw().toBuffer();
  expect(stamp(image, 'jpeg', 'x').subarray(2, 20)).toEqual(header);
  expect(
    await sharp(stamp(image, 'jpeg', 'x'))
      .raw()
      .toBuffer(),
  ).toEqual(pixels);
  expect(
    await sharp(stamp(bare, 'jpeg', 'x'))
      .raw()
      .toBuffer(),
  ).toEqual(pixels);
});
