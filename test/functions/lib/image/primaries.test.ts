import { toLinearSrgb } from '../../../../functions/lib/image/primaries';
import { BT_709, DISPLAY_P3 } from '../../../../functions/lib/prescan/colours';

const rounded = (matrix: ReturnType<typeof toLinearSrgb>) =>
  matrix.map((row) => row.map((value) => Number(value.toFixed(4)) + 0));

test('the primaries of sRGB stay as they are', () => {
  expect(rounded(toLinearSrgb(BT_709))).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
});

test('those of Display P3 give the matrix that is published for them', () => {
  // CSS Color Module Level 4, section 19: P3 to XYZ, and XYZ to linear sRGB.
  expect(rounded(toLinearSrgb(DISPLAY_P3))).toEqual([
    [1.2249, -0.2249, 0],
    [-0.0421, 1.0421, 0],
    [-0.0196, -0.0786, 1.0983],
  ]);
});

test('white stays white from any other white', () => {
  const [red, green, blue] = BT_709;
  for (const white of [
    [0.3457, 0.3585],
    [0.314, 0.351],
    [1 / 3, 1 / 3],
  ] as const) {
    const sums = toLinearSrgb([red, green, blue, white]).map((row) =>
      row.reduce((sum, value) => sum + value),
    );
    for (const sum of sums) expect(sum).toBeCloseTo(1, 10);
  }
});

test('a warmer white is adapted as Bradford says', () => {
  // ROMM RGB (ISO 22028-2), whose white is D50, with the matrix that colour libraries publish for it.
  const ROMM = [
    [0.7347, 0.2653],
    [0.1596, 0.8404],
    [0.0366, 0.0001],
    [0.3457, 0.3585],
  ] as const;
  const expected = [
    [2.0342, -0.7274, -0.3068],
    [-0.2288, 1.2317, -0.0029],
    [-0.0086, -0.1533, 1.1618],
  ];
  toLinearSrgb(ROMM).forEach((row, i) => {
    row.forEach((value, j) => {
      expect(Math.abs(value - expected[i]![j]!)).toBeLessThan(0.0005);
    });
  });
});
