import { greyCurve } from '../../../../functions/lib/image/grey-profile';

/** A profile with one tag. */
function profileWith(name: string, type: string, ...words: [bytes: 2 | 4, value: number][]): Buffer {
  const data = Buffer.concat(
    words.map(([bytes, value]) => {
      const word = Buffer.alloc(bytes);
      word.writeIntBE(value > 0x7fff && bytes === 2 ? value - 0x10000 : value, 0, bytes);
      return word;
    }),
  );
  const table = Buffer.alloc(16);
  table.writeUInt32BE(1, 0);
  table.write(name, 4, 'latin1');
  table.writeUInt32BE(144, 8);
  table.writeUInt32BE(8 + data.length, 12);
  return Buffer.concat([Buffer.alloc(128), table, Buffer.from(`${type}\0\0\0\0`, 'latin1'), data]);
}

const fixed = (value: number): [4, number] => [4, Math.round(value * 0x10000)];
const parametric = (type: number, ...values: number[]) =>
  profileWith('kTRC', 'para', [2, type], [2, 0], ...values.map(fixed));

test.each<[string, Buffer, [sample: number, light: number][]]>([
  ['samples that are light', profileWith('kTRC', 'curv', [4, 0]), [[0.3, 0.3]]],
  ['an exponent', profileWith('kTRC', 'curv', [4, 1], [2, 2 * 256]), [[0.5, 0.25]]],
  [
    'a table',
    profileWith('kTRC', 'curv', [4, 3], [2, 0], [2, 0x3333], [2, 0xffff]),
    [
      [0, 0],
      [0.25, 0.1],
      [0.5, 0.2],
      [0.75, 0.6],
      [1, 1],
    ],
  ],
  ['a power', parametric(0, 2), [[0.5, 0.25]]],
  [
    'a power of a line, which is 0 below its start',
    parametric(1, 2, 2, -1),
    [
      [0.25, 0],
      [0.75, 0.25],
    ],
  ],
  [
    'the same on a base',
    parametric(2, 2, 0.5, -0.25, 0.125),
    [
      [0.25, 0.125],
      [1, 0.1875],
    ],
  ],
  [
    'the curve of sRGB',
    parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
    [
      [0.02, 0.001548],
      [0.5, 0.214041],
    ],
  ],
  [
    'the same with two bases',
    parametric(4, 2, 1, 0, 0.5, 0.5, 0.125, 0.25),
    [
      [0.25, 0.375],
      [0.5, 0.375],
    ],
  ],
])('%s', (_, profile, points) => {
  const curve = greyCurve(profile);
  for (const [sample, light] of points) expect(curve?.(sample)).toBeCloseTo(light, 4);
});

test.each([
  ['has no curve for grey', profileWith('rTRC', 'curv', [4, 0])],
  ['has a curve of another kind', profileWith('kTRC', 'mft2', [4, 0])],
  ['has a function that the standard does not list', parametric(5, 1)],
  ['ends within its table', profileWith('kTRC', 'curv', [4, 1_000], [2, 0])],
  ['ends before its tags', Buffer.alloc(128)],
  ['divides by zero', parametric(0, -1)],
])('a profile that %s gives no curve', (_, profile) => {
  expect(greyCurve(profile)).toBeUndefined();
});
