import { psnr, ssim } from '../../bench/images/quality';

const SIDE = 16;
const picture = (value: (at: number) => number) =>
  Uint8Array.from({ length: SIDE * SIDE }, (_, at) => value(at));
const ramp = picture((at) => at % 256);

test('a picture is equal to itself', () => {
  expect(psnr(ramp, ramp)).toBe(Number.POSITIVE_INFINITY);
  expect(ssim(ramp, ramp, SIDE)).toBeCloseTo(1, 12);
});

test('one step of grey everywhere is 48.13 dB', () => {
  expect(
    psnr(
      picture(() => 100),
      picture(() => 101),
    ),
  ).toBeCloseTo(20 * Math.log10(255), 10);
});

test('structure counts more than brightness', () => {
  const brighter = picture((at) => Math.min(255, (at % 200) + 10));
  const even = picture((at) => at % 200);
  const scrambled = picture((at) => (at * 97) % 200);
  expect(ssim(even, brighter, SIDE)).toBeGreaterThan(0.95);
  expect(ssim(even, scrambled, SIDE)).toBeLessThan(0.5);
});

test('pictures of different sizes cannot be compared', () => {
  expect(() => psnr(ramp, ramp.subarray(1))).toThrow('Expected two pictures of the same size');
});
