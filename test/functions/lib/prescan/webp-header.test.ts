import { scan } from '../../../../functions/lib/prescan';
import { riffChunk, u16le, u32le, VP8X, vp8x, webp } from './build';

const whole = { whole: true } as const;
const lossless = (width: number, height: number, { signature = 0x2f, alpha = 0 } = {}) =>
  riffChunk(
    'VP8L',
    Buffer.concat([
      Buffer.from([signature]),
      u32le(((width - 1) | ((height - 1) << 14) | (alpha << 28)) >>> 0),
      Buffer.alloc(5),
    ]),
  );
const lossy = (width: number, height: number, start = [0x9d, 0x01, 0x2a]) =>
  riffChunk('VP8 ', Buffer.concat([Buffer.from([0, 0, 0, ...start]), u16le(width), u16le(height)]));

test.each([
  [1, 1],
  [16_384, 1],
  [1, 16_384],
  [300, 200],
])('the size %d x %d of a lossless picture has 14 bits for each side', (width, height) => {
  for (const alpha of [0, 1]) {
    expect(scan(webp(lossless(width, height, { alpha })), whole)).toMatchObject({
      kind: 'image',
      width,
      height,
    });
  }
});

test.each([
  [1, 1],
  [16_383, 1],
  [1, 16_383],
  [300, 200],
])(
  'the size %d x %d of a lossy picture has 14 bits, and two more that scale it are ignored',
  (width, height) => {
    for (const scale of [0, 0x4000, 0xc000]) {
      const file = webp(lossy(width | scale, height | scale));
      expect(scan(file, whole)).toMatchObject({ kind: 'image', width, height });
    }
  },
);

test.each([
  ['a lossless picture without its signature', lossless(3, 2, { signature: 0x2e })],
  ['a lossy picture without its start code', lossy(3, 2, [0x9d, 0x01, 0x2b])],
  ['a lossy picture with half of its start code', lossy(3, 2, [0x9c, 0x01, 0x2a])],
  ['another chunk', riffChunk('ANIM', Buffer.alloc(10))],
  [
    'another chunk with what a lossy picture has',
    Buffer.concat([Buffer.from('VP8?'), lossy(3, 2).subarray(4)]),
  ],
])('%s is no header', (_, chunk) => {
  expect(scan(webp(chunk, lossy(3, 2)), whole)).toMatchObject({
    kind: 'corrupt',
    reason: expect.stringContaining('no VP8, VP8L or VP8X header'),
  });
});

test.each([
  [0, 1],
  [VP8X.alpha, 1],
  [VP8X.animation, 3],
])('the frames of a file whose header has the flags %d are %d', (flags, frames) => {
  const frame = riffChunk('ANMF', Buffer.concat([Buffer.alloc(16), lossy(30, 20)]));
  const file = webp(
    vp8x(flags, 30, 20),
    lossy(30, 20),
    ...(flags & VP8X.animation ? [frame, frame, frame] : []),
  );
  expect(scan(file, whole)).toMatchObject({ kind: 'image', width: 30, height: 20, frames });
});

test('a chunk of odd length is followed by a byte that belongs to none', () => {
  const odd = riffChunk('XXXX', Buffer.alloc(3, 1));
  expect(scan(webp(vp8x(0, 30, 20), odd, lossy(30, 20)), whole)).toMatchObject({ kind: 'image', width: 30 });
});
