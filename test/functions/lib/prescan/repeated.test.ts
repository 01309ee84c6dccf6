/** What a file may repeat is work once, or is refused, however often the file has it. None of these tests measures time. */
import zlib from 'node:zlib';
import { scan, withoutMetadata } from '../../../../functions/lib/prescan';
import { heif, parametersOf, picture } from '../../../fixtures/heic';
import * as build from './build';

const { box, latin1, times, u16be, u32be } = build;
const whole = { whole: true };

/** A profile with a chain of elements without end, whose tag has to be renamed. */
const CHAIN = Buffer.concat([
  Buffer.alloc(128),
  ...[u32be(1), latin1('A2B0'), u32be(144), u32be(8), latin1('mpet'), u32be(0)],
]);

afterEach(() => jest.restoreAllMocks());

/** How often a function of Node copies or inflates. */
function countOf<Owner extends object>(owner: Owner, name: keyof Owner, run: () => void): number {
  const spy = jest.spyOn(owner, name as never);
  run();
  return spy.mock.calls.length;
}

describe('PNG: a profile that is none', () => {
  const bad = build.pngChunk('iCCP', latin1('x\0\0no zlib stream'));
  const good = build.pngChunk('iCCP', Buffer.concat([latin1('x\0\0'), zlib.deflateSync(Buffer.alloc(200))]));
  const gamma = build.pngChunk('gAMA', u32be(100_000));

  test('is inflated once to scan the file and once to cut it, of a thousand', () => {
    const bytes = build.blackPng({ width: 16, height: 12 }, times(1_000, bad));
    expect(countOf(zlib, 'inflateRawSync', () => scan(bytes, whole))).toBe(1);
    expect(countOf(zlib, 'inflateRawSync', () => withoutMetadata(bytes, 'png'))).toBe(2);
  });

  test('is what counts, as for the decoder, even if a profile follows', () => {
    const bytes = build.blackPng({ width: 16, height: 12 }, bad, good, gamma);
    expect(scan(bytes, whole)).toMatchObject({ colours: expect.anything() });
    expect(withoutMetadata(bytes, 'png')).not.toContain('iCCP');
  });
});

describe('a profile that many tags name is copied with its file, once', () => {
  test('TIFF', () => {
    const bytes = tiffOfProfiles(3_000);
    expect(scan(bytes, whole)).toMatchObject({ kind: 'image' });
    let cut = bytes as Uint8Array;
    expect(countOf(Uint8Array, 'from', () => (cut = withoutMetadata(bytes, 'tiff')))).toBe(1);
    expect(Buffer.from(cut).includes('mpet')).toBe(true);
    expect(Buffer.from(cut).includes('A2B0')).toBe(false);
  });

  test('AVIF', async () => {
    const bytes = await avifOfProfiles(3_000);
    expect(scan(bytes, whole)).toMatchObject({ kind: 'image' });
    let cut = bytes as Uint8Array;
    expect(countOf(Uint8Array, 'from', () => (cut = withoutMetadata(bytes, 'avif')))).toBe(1);
    expect(Buffer.from(cut).includes('A2B0')).toBe(false);
  });
});

test('BigTIFF: a directory has at most as many entries as libtiff reads', () => {
  const entries = Buffer.alloc(70_000 * 20, 1);
  // The width and the height come after more entries than there can be.
  for (const [n, tag] of [256, 257].entries()) {
    const at = (69_000 + n) * 20;
    entries.writeUInt16LE(tag, at);
    entries.writeUInt16LE(3, at + 2);
    entries.writeBigUInt64LE(1n, at + 4);
  }
  const header = Buffer.concat([latin1('II'), ...[43, 8, 0].map(build.u16le), u64le(16), u64le(70_000)]);
  expect(scan(Buffer.concat([header, entries, u64le(0)]), whole)).toMatchObject({ kind: 'corrupt' });
});

describe('HEIC', () => {
  const refused = {
    kind: 'suspicious',
    what: 'chunks',
    reason: expect.stringMatching(/^Expected at most 50,000 chunks in a HEIC but found [\d,]+ or more\.$/),
  };

  test('of 60,000 items without a property is refused', () => {
    const bytes = heif([picture('8-bit')]);
    const at = bytes.indexOf('ipma') - 4;
    const end = at + bytes.readUInt32BE(at);
    const items = times(60_000, Buffer.from([0xff, 0xfe, 0]));
    const longer = Buffer.concat([bytes.subarray(0, at + 16), items, bytes.subarray(at + 16)]);
    for (const type of ['ipma', 'iprp', 'meta']) {
      const start = longer.indexOf(type) - 4;
      longer.writeUInt32BE(longer.readUInt32BE(start) + items.length, start);
    }
    expect(end).toBeLessThan(longer.length);
    expect(scan(longer, whole)).toMatchObject(refused);
  });

  test('of 131,070 sets of parameters is refused before they are read', () => {
    const item = picture('8-bit');
    const [size, parameters] = item.properties as [Buffer, Buffer];
    const set = parametersOf(parameters).find((unit) => (unit[0]! >> 1) % 64 === 33) as Buffer;
    const sets = [Buffer.from([33]), u16be(65_535), times(65_535, Buffer.concat([u16be(set.length), set]))];
    const many = box('hvcC', parameters.subarray(8, 30), Buffer.from([2]), ...sets, ...sets);
    expect(scan(heif([{ ...item, properties: [size, many] }]), whole)).toMatchObject(refused);
  });
});

function u64le(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function tiffOfProfiles(count: number): Buffer {
  const PROFILE = 0x8773;
  const bytes = build.tiff(Array.from({ length: count }, () => ({ tag: PROFILE, type: 7, value: 0 })));
  for (let at = 10; at < bytes.length - 12; at += 12) {
    if (bytes.readUInt16LE(at) !== PROFILE) continue;
    bytes.writeUInt32LE(CHAIN.length, at + 4);
    bytes.writeUInt32LE(bytes.length, at + 8);
  }
  return Buffer.concat([bytes, CHAIN]);
}

/** Each `iprp` has an `ipco` that reaches over all that follows, to the same profile. */
async function avifOfProfiles(count: number): Promise<Buffer> {
  const avif = await build.flat(64, 48).avif({ effort: 0 }).toBuffer();
  const at = avif.indexOf('meta') - 4;
  const end = at + avif.readUInt32BE(at);
  const profile = box('colr', latin1('prof'), CHAIN);
  const lists = Array.from({ length: count }, (_, n) => {
    const after = (count - 1 - n) * 24;
    const sizes = [24, 16 + after + profile.length, 8 + after].map(u32be) as [Buffer, Buffer, Buffer];
    return Buffer.concat([sizes[0], latin1('iprp'), sizes[1], latin1('ipco'), sizes[2], latin1('free')]);
  });
  const meta = Buffer.concat([avif.subarray(at, end), ...lists, profile]);
  meta.writeUInt32BE(meta.length, 0);
  return Buffer.concat([avif.subarray(0, at), meta, avif.subarray(end)]);
}
