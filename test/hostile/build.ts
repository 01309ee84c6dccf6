/** Parts of files that cost a decoder far more than their size suggests. docs/reliability.md says what each does. */
import { deflateSync } from 'node:zlib';
import * as build from '../functions/lib/prescan/build';

const { box, boxOf, fullBox, latin1, times, u16be, u32be } = build;

// ICC profiles

const float = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return bytes;
};
const fixed = (...values: number[]): Buffer =>
  Buffer.concat([latin1('XYZ '), u32be(0), ...values.map((value) => u32be(Math.round(value * 65_536)))]);

/**
 * A display profile whose device-to-connection transform is a chain of `elements`, alternating between a matrix and a curve
 * (lcms would merge neighbours of the same kind). All elements point at the same two.
 */
export function iccOfElements(elements: number): Buffer {
  const matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0].map(float);
  const curve = [latin1('parf'), u32be(0), u16be(0), u16be(0), ...[1.0001, 1, 0, 0].map(float)];
  const segments = Buffer.concat([latin1('curf'), u32be(0), u16be(1), u16be(0), ...curve]);
  const positions = Array.from({ length: 3 }, () => [u32be(36), u32be(segments.length)]).flat();
  const bodies = [
    Buffer.concat([latin1('matf'), u32be(0), u16be(3), u16be(3), ...matrix]),
    Buffer.concat([latin1('cvst'), u32be(0), u16be(3), u16be(3), ...positions, segments]),
  ] as const;
  const first = 16 + 8 * elements;
  const places = bodies.map((body, i) =>
    Buffer.concat([u32be(first + i * bodies[0].length), u32be(body.length)]),
  );
  const table = Array.from({ length: elements }, (_, i) => places[i % 2] as Buffer);
  const head = [latin1('mpet'), u32be(0), u16be(3), u16be(3), u32be(elements)];
  return iccProfile({ D2B0: Buffer.concat([...head, ...table, ...bodies]) });
}

/** An RGB display profile with three primaries and a gamma of one, plus further tags. */
export function iccProfile(more: Record<string, Buffer> = {}): Buffer {
  const text = Buffer.concat([latin1('text'), u32be(0), latin1('Private profile\0')]);
  const linear = Buffer.concat([latin1('curv'), u32be(0), u32be(0)]);
  const tags = Object.entries({
    desc: text,
    cprt: text,
    wtpt: fixed(0.9642, 1, 0.8249),
    rXYZ: fixed(0.4361, 0.2225, 0.0139),
    gXYZ: fixed(0.3851, 0.7169, 0.0971),
    bXYZ: fixed(0.1431, 0.0606, 0.7141),
    rTRC: linear,
    gTRC: linear,
    bTRC: linear,
    ...more,
  });
  let offset = 128 + 4 + 12 * tags.length;
  const table: Buffer[] = [];
  const bodies: Buffer[] = [];
  for (const [name, body] of tags) {
    table.push(latin1(name), u32be(offset), u32be(body.length));
    bodies.push(body, Buffer.alloc(-body.length & 3));
    offset += body.length + (-body.length & 3);
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(offset, 0);
  header.writeUInt32BE(0x04400000, 8); // version 4.4
  for (const [at, name] of [
    [12, 'mntr'],
    [16, 'RGB '],
    [20, 'XYZ '],
    [36, 'acsp'],
  ] as const) {
    header.write(name, at, 'latin1');
  }
  fixed(0.9642, 1, 0.8249).copy(header, 68, 8); // the illuminant
  return Buffer.concat([header, u32be(tags.length), ...table, ...bodies]);
}

/** The APP2 segments of a JPEG that hold a profile. */
export function app2Profile(profile: Buffer): Buffer[] {
  const size = 65_519;
  const count = Math.ceil(profile.length / size);
  return Array.from({ length: count }, (_, i) => {
    const part = profile.subarray(i * size, (i + 1) * size);
    return build.segment(0xe2, Buffer.concat([latin1('ICC_PROFILE\0'), Buffer.from([i + 1, count]), part]));
  });
}

export const iccpChunk = (profile: Buffer): Buffer =>
  build.pngChunk('iCCP', Buffer.concat([latin1('x\0\0'), deflateSync(profile, { level: 9 })]));

/** A little-endian TIFF with this profile at its end, instead of the one its encoder wrote. */
export function tiffWithProfile(tiff: Buffer, profile: Buffer): Buffer {
  const entry = tiff.indexOf(Buffer.concat([build.u16le(34_675), build.u16le(7)]));
  const field = Buffer.concat([build.u32le(profile.length), build.u32le(tiff.length)]);
  return Buffer.concat([build.patched(tiff, entry + 4, field), profile]);
}

/** A TIFF whose tiles are all the same 16×16 JPEG. */
export function tiffOfTiles(side: number, jpeg: Buffer): Buffer {
  const tiles = Math.ceil(side / 16) ** 2;
  const entries = 10;
  const bits = 8 + 2 + 12 * entries + 4;
  const offsets = bits + 6;
  const data = offsets + 8 * tiles;
  const entry = (tag: number, type: 3 | 4, count: number, value: number) =>
    Buffer.concat([build.u16le(tag), build.u16le(type), build.u32le(count), build.u32le(value)]);
  return Buffer.concat([
    latin1('II*\0'),
    build.u32le(8),
    build.u16le(entries),
    entry(256, 4, 1, side), // width
    entry(257, 4, 1, side), // height
    entry(258, 3, 3, bits), // bits per sample
    entry(259, 3, 1, 7), // JPEG
    entry(262, 3, 1, 6), // YCbCr
    entry(277, 3, 1, 3), // samples per pixel
    entry(322, 3, 1, 16), // tile width
    entry(323, 3, 1, 16), // tile length
    entry(324, 4, tiles, offsets),
    entry(325, 4, tiles, offsets + 4 * tiles), // bytes of each
    build.u32le(0),
    ...[8, 8, 8].map(build.u16le),
    times(tiles, build.u32le(data)),
    times(tiles, build.u32le(jpeg.length)),
    jpeg,
  ]);
}

// JPEG

/** A JPEG with arithmetic coding: `scans` scans of one component each, all made of the same few bytes. */
export function arithmeticJpeg(side: number, scans: number): Buffer {
  const quantization = build.segment(0xdb, Buffer.concat([Buffer.from([0]), Buffer.alloc(64, 1)]));
  const components = [1, 2, 3].flatMap((id) => [id, 0x11, 0]);
  const frame = Buffer.concat([Buffer.from([8]), u16be(side), u16be(side), Buffer.from([3, ...components])]);
  const scan = (id: number) =>
    Buffer.concat([build.segment(0xda, Buffer.from([1, id, 0, 0, 63, 0])), Buffer.alloc(1_000, 0x55)]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    quantization,
    build.segment(0xc9, frame),
    ...Array.from({ length: scans }, (_, i) => scan(1 + (i % 3))),
    Buffer.from([0xff, 0xd9]),
  ]);
}

// AVIF

export interface Derived {
  /** `grid` places tiles side by side; `iovl` overlays pictures. */
  type: 'grid' | 'iovl';
  /** Size of the whole picture. */
  width: number;
  height: number;
  /** How often the one tile is used; in a grid, the columns of one row. */
  uses: number;
  /** Makes the picture derive from itself instead of the tile. */
  loop?: boolean;
  profile?: Buffer;
}

/** An AVIF whose picture is composed of one tile, which is stored once. */
export function derivedAvif(tile: Buffer, { type, width, height, uses, loop, profile }: Derived): Buffer {
  const data = tile.subarray(tile.indexOf('mdat') + 4);
  const layout =
    type === 'grid'
      ? Buffer.concat([Buffer.from([0, 1, 0, uses - 1]), u32be(width), u32be(height)])
      : Buffer.concat([
          Buffer.from([0, 1]),
          Buffer.alloc(8),
          u32be(width),
          u32be(height),
          Buffer.alloc(8 * uses),
        ]);
  const size = fullBox('ispe', 0, u32be(width), u32be(height));
  const properties = [size, ...['ispe', 'av1C', 'pixi'].map((name) => boxOf(tile, name))];
  if (profile) properties.push(box('colr', latin1('prof'), profile));
  const own = profile ? [1, 4, 5] : [1, 4];
  const item = (id: number, name: string) => fullBox('infe', 2, u16be(id), u16be(0), latin1(`${name}\0`));
  const place = (id: number, method: number, at: number, length: number) =>
    Buffer.concat([u16be(id), u16be(method), u16be(0), u16be(1), u32be(at), u32be(length)]);
  const references = Array.from({ length: uses }, () => u16be(loop ? 1 : 2));
  const meta = (dataAt: number) =>
    fullBox(
      'meta',
      0,
      fullBox('hdlr', 0, u32be(0), latin1('pict'), Buffer.alloc(13)),
      fullBox('pitm', 0, u16be(1)),
      fullBox(
        'iloc',
        1,
        Buffer.from([0x44, 0, 0, 2]), // offsets and lengths of 4 bytes, two items
        place(1, 1, 0, layout.length), // in idat
        place(2, 0, dataAt, data.length),
      ),
      fullBox('iinf', 0, u16be(2), item(1, type), item(2, 'av01')),
      fullBox('iref', 0, box('dimg', u16be(1), u16be(uses), ...references)),
      box(
        'iprp',
        box('ipco', ...properties),
        fullBox(
          'ipma',
          0,
          u32be(2),
          u16be(1),
          Buffer.from([own.length, ...own]),
          u16be(2),
          Buffer.from([3, 2, 3, 4]),
        ),
      ),
      box('idat', layout),
    );
  const brand = box('ftyp', latin1('avif\0\0\0\0avifmif1miaf'));
  return Buffer.concat([brand, meta(brand.length + meta(0).length + 8), box('mdat', data)]);
}
