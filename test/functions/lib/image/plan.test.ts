import fc from 'fast-check';
import { type Plan, plan, type Size } from '../../../../functions/lib/image/plan';
import type { Variant } from '../../../../functions/lib/image/presets';

type Fit = Variant['fit'];

const size = (text: string): Size => {
  const [width, height] = text.split('x').map(Number) as [number, number];
  return { width, height };
};

/** "200x" gives only a width, "x200" only a height. */
const box = (text: string): Partial<Size> => {
  const [width, height] = text.split('x').map((side) => (side ? Number(side) : undefined));
  return { width, height };
};

test.each<[Fit, string, string, string, string]>([
  // fit, image, box, scaled, size
  ['inside', '4000x3000', '200x200', '200x150', '200x150'],
  ['inside', '3000x4000', '200x200', '150x200', '150x200'],
  ['inside', '100x50', '200x200', '100x50', '100x50'],
  ['inside', '200x200', '200x200', '200x200', '200x200'],
  ['inside', '400x100', '200x200', '200x50', '200x50'],
  ['inside', '10000x3', '200x200', '200x1', '200x1'],
  ['inside', '1x1', '200x200', '1x1', '1x1'],
  ['inside', '1920x1088', '16x16', '16x9', '16x9'],
  ['inside', '4000x2667', '200x', '200x133', '200x133'],
  ['inside', '4000x2672', '200x', '200x134', '200x134'],
  ['inside', '10000x74', '200x', '200x1', '200x1'],
  ['inside', '100x50', '200x', '100x50', '100x50'],
  ['inside', '4000x3000', 'x150', '200x150', '200x150'],
  ['cover', '4000x3000', '200x200', '267x200', '200x200'],
  ['cover', '3000x4000', '200x200', '200x267', '200x200'],
  ['cover', '300x200', '300x300', '300x200', '200x200'],
  ['cover', '400x100', '200x200', '400x100', '100x100'],
  ['cover', '100x50', '200x200', '100x50', '50x50'],
  ['cover', '100x50', '200x300', '100x50', '33x50'],
  ['cover', '1x1', '400x300', '1x1', '1x1'],
  ['cover', '4000x2667', '200x', '200x133', '200x133'],
  ['contain', '4000x3000', '200x200', '200x150', '200x200'],
  ['contain', '100x50', '200x200', '100x50', '200x200'],
  ['contain', '4000x2667', '200x', '200x133', '200x133'],
  ['fill', '4000x3000', '200x200', '200x200', '200x200'],
  ['fill', '400x100', '200x200', '200x100', '200x100'],
  ['fill', '100x50', '200x200', '100x50', '100x50'],
  ['fill', '4000x2667', 'x133', '199x133', '199x133'],
])('%s: %s into %s is scaled to %s and ends as %s', (fit, image, into, scaled, end) => {
  expect(plan(size(image), { fit, ...box(into) })).toEqual<Plan>({ scaled: size(scaled), size: size(end) });
});

test.each<[Fit, string, string, string, string]>([
  ['inside', '100x50', '200x200', '200x100', '200x100'],
  ['cover', '100x50', '200x200', '400x200', '200x200'],
  ['contain', '100x50', '200x200', '200x100', '200x200'],
  ['fill', '100x50', '200x200', '200x200', '200x200'],
  ['cover', '4000x3000', '200x200', '267x200', '200x200'],
])('%s with enlarge: %s into %s is scaled to %s and ends as %s', (fit, image, into, scaled, end) => {
  const made = plan(size(image), { fit, enlarge: true, ...box(into) });
  expect(made).toEqual<Plan>({ scaled: size(scaled), size: size(end) });
});

describe('any image into any box', () => {
  const side = fc.oneof(fc.integer({ min: 1, max: 16_384 }), fc.integer({ min: 1, max: 20 }));
  const images = fc.record({ width: side, height: side });
  const boxes = fc
    .record({ width: fc.option(side, { nil: undefined }), height: fc.option(side, { nil: undefined }) })
    .filter(({ width, height }) => width !== undefined || height !== undefined);

  function always(fits: Fit[], rule: (image: Size, into: Partial<Size>, made: Plan) => boolean): void {
    fc.assert(
      fc.property(images, boxes, fc.constantFrom(...fits), (image, into, fit) =>
        rule(image, into, plan(image, { fit, ...into })),
      ),
      { numRuns: 2_000 },
    );
  }

  const ANY = Number.POSITIVE_INFINITY;
  const isWithin = (inner: Size, { width = ANY, height = ANY }: Partial<Size>) =>
    inner.width <= width && inner.height <= height;
  const isSame = (one: Size, other: Size) => one.width === other.width && one.height === other.height;

  test('is never enlarged, and is at least 1 × 1', () => {
    always(
      ['inside', 'cover', 'contain', 'fill'],
      (image, _, { scaled }) => isWithin(scaled, image) && isWithin({ width: 1, height: 1 }, scaled),
    );
  });

  test('ends within the box', () => {
    always(['inside', 'cover', 'contain', 'fill'], (_, into, { size: end }) => isWithin(end, into));
  });

  test('keeps its proportions to within a pixel, unless it is stretched on purpose', () => {
    always(['inside', 'cover', 'contain'], (image, _, { scaled }) => {
      const [short, long] =
        image.width < image.height ? (['width', 'height'] as const) : (['height', 'width'] as const);
      return Math.abs(scaled[short] - (scaled[long] * image[short]) / image[long]) <= 1;
    });
  });

  test('touches the box in one direction if it is larger', () => {
    always(['inside'], (image, into, { size: end }) => {
      const larger =
        image.width > (into.width ?? image.width) || image.height > (into.height ?? image.height);
      const fits = larger || image.width === into.width || image.height === into.height;
      return (end.width === into.width || end.height === into.height) === fits;
    });
  });

  test('has the proportions of the box to within a pixel if it covers it', () => {
    always(['cover'], (_, into, { size: end }) => {
      if (!into.width || !into.height) return true;
      const difference = Math.abs(end.width - (end.height * into.width) / into.height);
      return difference <= Math.max(1, into.width / into.height);
    });
  });

  test('is cut by cover, padded by contain, and neither by the others', () => {
    always(['cover'], (_, __, { scaled, size: end }) => isWithin(end, scaled));
    always(
      ['contain'],
      (_, into, { scaled, size: end }) =>
        isWithin(scaled, end) &&
        (!into.width || !into.height || isSame(end, { width: into.width, height: into.height })),
    );
    always(['inside', 'fill'], (_, __, { scaled, size: end }) => isSame(end, scaled));
  });
});
