import { lanczos } from '../../bench/images/lanczos';

const picture = (width: number, height: number, value: (x: number, y: number) => number) => ({
  data: Float32Array.from({ length: width * height }, (_, n) => value(n % width, Math.floor(n / width))),
  width,
  height,
});

test('a single colour is unchanged, up to the edges', () => {
  const { data } = lanczos(
    picture(30, 20, () => 77),
    7,
    3,
  );
  expect(data).toHaveLength(21);
  for (const value of data) expect(value).toBeCloseTo(77, 3);
});

test('a gradient stays a gradient: each pixel has the value in the middle of those it replaces', () => {
  const { data } = lanczos(
    picture(80, 40, (x) => 2 * x),
    20,
    10,
  );
  // Not at the edges, where half of the kernel has nothing to weigh.
  for (let x = 4; x < 16; x++) expect(data[5 * 20 + x]).toBeCloseTo(2 * (4 * x + 1.5), 1);
});

test('a pattern too fine to be visible becomes its mean', () => {
  const { data } = lanczos(
    picture(160, 160, (x, y) => ((x + y) % 2) * 200),
    20,
    20,
  );
  for (const value of data) expect(value).toBeCloseTo(100, 0);
});
