import { type ImageScan, scan } from '../../../../functions/lib/prescan';
import { readHevc } from '../../../../functions/lib/prescan/hevc';
import { Reader } from '../../../../functions/lib/prescan/reader';
import {
  displayP3,
  encoded,
  grid,
  heif,
  iphonePhoto,
  ispe,
  itemOf,
  phonePicture,
  picture,
} from '../../../fixtures/heic';
import * as build from './build';
import { countReads } from './count-reads';

const { box, fullBox, latin1, patched, u16be, u32be } = build;
const whole = { whole: true };

const codePoints = (primaries: number, transfer: number) =>
  box('colr', latin1('nclx'), u16be(primaries), u16be(transfer), u16be(6), Buffer.from([0x80]));

function image(bytes: Buffer): ImageScan {
  const result = scan(bytes, whole);
  expect(result).toMatchObject({ kind: 'image', format: 'heic', orientation: 1, frames: 1 });
  return result as ImageScan;
}

describe('a HEIC as an iPhone writes it', () => {
  test('has the size of the upright picture, a preview and a profile', () => {
    const { profile, ...found } = image(phonePicture());
    expect(found).toMatchObject({ width: 96, height: 128, preview: { item: 6, width: 66, height: 88 } });
    expect(found).not.toHaveProperty('colours');
    expect(Buffer.from(profile as Uint8Array)).toEqual(displayP3().subarray(12));
  });

  test('is known by its head alone', () => {
    const bytes = phonePicture();
    const head = bytes.subarray(0, bytes.indexOf('mdat') + 4);
    expect(scan(head, { whole: false })).toMatchObject({ kind: 'image', width: 96, complete: false });
    expect(scan(head.subarray(0, head.length - 20), { whole: false })).toMatchObject({ kind: 'more' });
  });

  test('has no profile if that is a program without end', () => {
    const tags = Buffer.concat([Buffer.alloc(128), u32be(101)]);
    const { profile } = image(phonePicture({ profile: box('colr', latin1('prof'), tags) }));
    expect(profile).toBeUndefined();
  });

  test('has colours by their code points without one', () => {
    expect(image(phonePicture({ profile: codePoints(9, 16) })).colours).toMatchObject({ transfer: 'pq' });
  });

  test('has the colours of its first tile if it names none', () => {
    const tileProfile = displayP3();
    expect(image(phonePicture({ profile: null, tileProfile }))).toHaveProperty('profile');
    expect(image(phonePicture({ profile: codePoints(2, 2), tileProfile }))).toHaveProperty('profile');
    const srgb = image(phonePicture({ profile: codePoints(1, 13), tileProfile }));
    expect(srgb).not.toHaveProperty('profile');
    const tilesOnly = image(phonePicture({ profile: null, tileProfile: codePoints(9, 16) }));
    expect(tilesOnly.colours).toMatchObject({ transfer: 'pq' });
    const tile = { type: 'av01', data: Buffer.alloc(4), properties: [ispe(96, 128), codePoints(9, 16)] };
    const avif = heif([grid(1, 1, 96, 128), tile], [{ type: 'dimg', from: 1, to: [2] }], 'avif');
    expect(scan(avif, whole)).toMatchObject({ format: 'avif', colours: { transfer: 'pq' } });
  });

  test('has no preview if that has other colours', () => {
    expect(image(phonePicture({ previewProfile: null }))).toHaveProperty('preview');
    const other = Buffer.from(displayP3());
    other[other.length - 1]! ^= 1;
    for (const previewProfile of [codePoints(1, 13), other])
      expect(image(phonePicture({ previewProfile }))).not.toHaveProperty('preview');
    expect(image(phonePicture({ profile: null }))).toHaveProperty('preview');
    expect(image(phonePicture({ profile: null, previewProfile: displayP3() }))).not.toHaveProperty('preview');
  });
});

test('a photo by an iPhone 8 Plus has its profile, which only its tiles name, and its preview', () => {
  const { profile, ...found } = image(iphonePhoto());
  expect(found).toMatchObject({ width: 3024, height: 4032, preview: { item: 50, width: 240, height: 320 } });
  expect(Buffer.from(profile as Uint8Array).toString('latin1')).toContain('Display P3');
});

describe('the memory that a decoder needs follows from bits, colours and transparency', () => {
  test.each([
    ['8-bit', 14.25],
    ['10-bit', 28.5],
    ['lossless', 18],
    ['alpha', 20.25],
  ] as const)('%s: %d bytes per pixel', (name, bytesPerPixel) => {
    expect(image(encoded(name))).toMatchObject({ width: 96, height: 128, bytesPerPixel });
  });

  test.each([
    'urn:mpeg:hevc:2015:auxid:1',
    'urn:mpeg:avc:2015:auxid:1',
    'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha',
  ])('a preview of a picture with transparency is not used, since it may have none: %s', (name) => {
    const [colour, alpha] = [picture('8-bit'), picture('lossless')];
    alpha.properties.push(fullBox('auxC', 0, latin1(`${name}\0`)));
    const bytes = heif(
      [colour, alpha, picture('preview')],
      [
        { type: 'auxl', from: 2, to: [1] },
        { type: 'thmb', from: 3, to: [1] },
      ],
    );
    expect(image(bytes)).not.toHaveProperty('preview');
    expect(image(bytes)).toHaveProperty('bytesPerPixel', 24);
  });
});

describe('the parameters of the coding', () => {
  const parameters = (hvcC: Buffer) =>
    readHevc(new Reader(hvcC), { type: 'hvcC', start: 0, body: 8, end: hvcC.length });
  const box8 = () => picture('8-bit').properties[1] as Buffer;

  test.each([
    ['8-bit', { area: 96 * 128, bits: 8, samples: 1.5 }],
    ['10-bit', { area: 96 * 128, bits: 10, samples: 1.5 }],
    ['lossless', { area: 96 * 128, bits: 8, samples: 3 }],
    ['preview', { area: 88 * 72, bits: 8, samples: 1.5 }], // in blocks of 8×8
  ])('of %s', (name, expected) => {
    expect(parameters(picture(name).properties[1] as Buffer)).toEqual(expected);
  });

  test('are those of the larger set, if there are two', () => {
    const [small, large] = [box8(), itemOf(encoded('10-bit')).properties[1] as Buffer];
    const both = Buffer.concat([small, large.subarray(31)]);
    both[30] = (small[30] as number) + (large[30] as number);
    expect(parameters(both)).toEqual({ area: 96 * 128, bits: 10, samples: 1.5 });
  });

  test('that end early or never are none', () => {
    for (let length = 8; length < box8().length; length++) {
      const found = parameters(box8().subarray(0, length));
      expect([undefined, 96 * 128]).toContain(found?.area);
    }
    const zeros = patched(box8(), box8().indexOf(Buffer.from([0x42, 0x01])) + 2, Buffer.alloc(60));
    expect(parameters(zeros)).toBeUndefined();
  });
});

describe('a sequence', () => {
  test('with a picture is that picture', () => {
    const bytes = heif([picture('8-bit')], [], 'hevc');
    expect(image(bytes)).toMatchObject({ width: 96, height: 128 });
  });

  test('without one says so', () => {
    const bytes = Buffer.concat([box('ftyp', latin1('hevc\0\0\0\0msf1hevc')), box('moov')]);
    expect(scan(bytes, whole)).toEqual({
      kind: 'unsupported',
      found: 'a HEIC video without a still picture',
    });
  });
});

describe('what a camera never writes', () => {
  /** A file with this box instead of its own one of the same type. */
  function withBox(type: string, replacement: Buffer): Buffer {
    const bytes = phonePicture();
    const at = bytes.indexOf(type) - 4;
    const longer = Buffer.concat([bytes.subarray(0, at), replacement]);
    const rest = bytes.subarray(at + bytes.readUInt32BE(at));
    const meta = bytes.indexOf('meta') - 4;
    const grown = patched(longer, meta, u32be(longer.length + rest.indexOf('mdat') - 4 - meta));
    return Buffer.concat([grown, rest]);
  }

  test('20,000 previews, each of 65,535 pictures', () => {
    const preview = box('thmb', u16be(6), u16be(0xffff), u16be(2));
    const tiles = box('dimg', ...[1, 4, 2, 3, 4, 5].map(u16be));
    const bytes = withBox('iref', fullBox('iref', 0, build.times(20_000, preview), tiles));
    expect(countReads(() => image(bytes))).toBeLessThan(12 * bytes.length);
  });

  test('60,000 items', () => {
    const item = fullBox('infe', 2, u16be(9), u16be(0), latin1('hvc1\0'));
    const items = Array.from({ length: 60_000 }, (_, n) => patched(item, 12, u16be(n)));
    expect(scan(withBox('iinf', fullBox('iinf', 0, u16be(0), ...items)), whole)).toMatchObject({
      kind: 'suspicious',
      what: 'chunks',
      reason: 'Expected at most 50,000 chunks in a HEIC but found 50,001 or more.',
    });
  });

  test.each([
    ['unci', 'whose coding is "unci"'],
    ['\x1b[2J', 'with an unknown coding'],
  ])('a coding other than HEVC: %j', (type, words) => {
    const bytes = heif([{ ...picture('8-bit'), type }]);
    expect(scan(bytes, whole)).toEqual({ kind: 'unsupported', found: `a HEIF image ${words}` });
  });

  test('an alpha channel of another coding, which the decoder would reach', () => {
    const withAuxiliary = (name: string) => {
      const mask = { ...picture('8-bit'), type: 'mski' };
      mask.properties.push(fullBox('auxC', 0, latin1(`${name}\0`)));
      return heif([picture('8-bit'), mask], [{ type: 'auxl', from: 2, to: [1] }]);
    };
    expect(scan(withAuxiliary('urn:mpeg:hevc:2015:auxid:1'), whole)).toEqual({
      kind: 'unsupported',
      found: 'a HEIF image whose coding is "mski"',
    });
    // A depth map, which is never decoded.
    expect(scan(withAuxiliary('urn:mpeg:hevc:2015:auxid:2'), whole)).toMatchObject({ kind: 'image' });
  });
});
