import { BT_709, DISPLAY_P3, fromCodePoints, fromGamma } from '../../../../functions/lib/prescan/colours';

const BT_601 = [
  [0.63, 0.34],
  [0.31, 0.595],
  [0.155, 0.07],
  [0.3127, 0.329],
];

describe('code points', () => {
  test.each([
    [1, 13],
    [1, 1],
    [2, 2],
    [0, 0],
    [1, 6],
    [99, 99],
  ])('%d and %d amount to sRGB', (primaries, transfer) => {
    expect(fromCodePoints(primaries, transfer)).toBeUndefined();
  });

  test.each([
    [
      4,
      [
        [0.67, 0.33],
        [0.21, 0.71],
        [0.14, 0.08],
        [0.31, 0.316],
      ],
    ],
    [
      5,
      [
        [0.64, 0.33],
        [0.29, 0.6],
        [0.15, 0.06],
        [0.3127, 0.329],
      ],
    ],
    [6, BT_601],
    [7, BT_601],
    [
      9,
      [
        [0.708, 0.292],
        [0.17, 0.797],
        [0.131, 0.046],
        [0.3127, 0.329],
      ],
    ],
    [
      11,
      [
        [0.68, 0.32],
        [0.265, 0.69],
        [0.15, 0.06],
        [0.314, 0.351],
      ],
    ],
    [12, DISPLAY_P3],
  ])('primaries %d are those of ITU-T H.273, with the curve of sRGB', (code, primaries) => {
    expect(fromCodePoints(code, 13)).toEqual({ transfer: 'srgb', primaries });
  });

  test.each([
    [4, 2.2],
    [5, 2.8],
    [8, 1],
    [16, 'pq'],
    [18, 'hlg'],
  ])('transfer %d is %s, with the primaries of sRGB', (code, transfer) => {
    expect(fromCodePoints(1, code)).toEqual({ transfer, primaries: BT_709 });
  });
});

describe('a gamma', () => {
  test.each([45_455, 43_300, 47_800])('of %d is that of sRGB', (gamma) => {
    expect(fromGamma(gamma)).toBeUndefined();
  });

  test.each([
    [100_000, 1],
    [50_000, 2],
    [43_200, 100_000 / 43_200],
    [47_900, 100_000 / 47_900],
  ])('of %d is a power', (gamma, transfer) => {
    expect(fromGamma(gamma)).toEqual({ transfer, primaries: BT_709 });
  });

  test('of 0 says nothing', () => {
    expect(fromGamma(0)).toBeUndefined();
  });

  // White, red, green and blue, as the chunk has them.
  const P3 = [31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000];
  const changed = (at: number, value: number) => P3.with(at, value);

  test('comes with chromaticities in the order of the chunk', () => {
    expect(fromGamma(45_455, P3)).toEqual({ transfer: 'srgb', primaries: DISPLAY_P3 });
  });

  test.each([
    ['a colour below zero', changed(2, -1)],
    ['a white without light', changed(1, 0)],
    ['a colour beyond the spectrum', changed(2, 68_001)],
    ['no triangle', [31_270, 32_900, 10_000, 10_000, 20_000, 20_000, 30_000, 30_000]],
    ['too few values', P3.slice(0, 7)],
    ['nothing', []],
  ])('ignores chromaticities with %s', (_, chromaticities) => {
    expect(fromGamma(45_455, chromaticities)).toBeUndefined();
  });

  test('takes chromaticities on the edge of what exists', () => {
    expect(fromGamma(45_455, changed(2, 0))?.primaries[0]).toEqual([0, 0.32]);
    expect(fromGamma(45_455, changed(0, 0))?.primaries[3]).toEqual([0, 0.329]);
  });

  test.each([
    [190, undefined],
    [-190, undefined],
    [210, 'srgb'],
    [-210, 'srgb'],
  ])('with chromaticities %d off those of sRGB has colours of its own: %s', (by, transfer) => {
    const own = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
    for (const at of own.keys()) {
      expect(fromGamma(45_455, own.with(at, own[at]! + by))?.transfer).toBe(transfer);
    }
  });
});
