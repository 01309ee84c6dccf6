import { assert, integer, property, record, uniqueArray } from 'fast-check';
import { type Candidate, srcsets } from '../../../functions/get-image/srcset';
import { plan } from '../../../functions/lib/image/plan';

const canyon = { width: 4000, height: 3000 };

const candidate = (width: number, height: number, format: Candidate['format'] = 'jpeg'): Candidate => ({
  width,
  height,
  format,
  url: `https://cdn.example/${width}x${height}.${format}`,
});

test('one format gives one srcset, the narrowest first', () => {
  expect(srcsets(canyon, [candidate(1600, 1200), candidate(320, 240)])).toEqual({
    srcset: 'https://cdn.example/320x240.jpeg 320w, https://cdn.example/1600x1200.jpeg 1600w',
  });
});

test('several formats give sources for <picture>, the smallest files first and the best known for <img>', () => {
  const formats = ['jpeg', 'avif', 'webp'] as const;
  expect(
    srcsets(
      canyon,
      formats.map((format) => candidate(320, 240, format)),
    ),
  ).toEqual({
    srcset: 'https://cdn.example/320x240.jpeg 320w',
    sources: [
      { type: 'image/avif', srcset: 'https://cdn.example/320x240.avif 320w' },
      { type: 'image/webp', srcset: 'https://cdn.example/320x240.webp 320w' },
      { type: 'image/jpeg', srcset: 'https://cdn.example/320x240.jpeg 320w' },
    ],
  });
});

test('every format is offered, from the smallest files to the one that all programs show', () => {
  const formats = ['gif', 'jpeg', 'png', 'webp', 'avif'] as const;
  const { srcset, sources } = srcsets(
    canyon,
    formats.map((format) => candidate(320, 240, format)),
  );
  expect(sources?.map(({ type }) => type)).toEqual(formats.map((format) => `image/${format}`).toReversed());
  expect(srcset).toBe('https://cdn.example/320x240.gif 320w');
});

test('a crop is not offered in place of the whole image, however wide it is', () => {
  const { srcset } = srcsets(canyon, [candidate(2000, 2000), candidate(320, 240), candidate(640, 480)]);
  expect(srcset).toBe('https://cdn.example/320x240.jpeg 320w, https://cdn.example/640x480.jpeg 640w');
});

test('if every variant is cropped, those with the proportions of the widest are offered', () => {
  const { srcset } = srcsets(canyon, [candidate(100, 100), candidate(800, 400), candidate(200, 100)]);
  expect(srcset).toBe('https://cdn.example/200x100.jpeg 200w, https://cdn.example/800x400.jpeg 800w');
});

test('stills are not offered beside thumbnails that move', () => {
  const moving = { ...candidate(320, 240, 'webp'), animated: true as const };
  const stills = [candidate(640, 480, 'webp'), candidate(320, 240)];
  expect(srcsets(canyon, [...stills, moving])).toEqual({ srcset: 'https://cdn.example/320x240.webp 320w' });
});

test('of two thumbnails with the same width and format, the first is offered', () => {
  const small = candidate(320, 240);
  expect(srcsets(canyon, [small, { ...small, url: 'https://cdn.example/other' }]).srcset).toBe(
    `${small.url} 320w`,
  );
});

test('every size that an image can be scaled to shows the whole image', () => {
  const side = integer({ min: 1, max: 16_384 });
  const box = record({ width: side, height: side });
  assert(
    property(box, uniqueArray(box, { minLength: 1, maxLength: 5 }), (image, boxes) => {
      const sizes = boxes.map((one) => plan(image, { ...one, fit: 'inside' }).size);
      const { srcset } = srcsets(
        image,
        sizes.map(({ width, height }) => candidate(width, height)),
      );
      expect(srcset.split(', ')).toHaveLength(new Set(sizes.map(({ width }) => width)).size);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['a side one pixel off the exact height', canyon, candidate(400, 301), true],
  ['two pixels off', canyon, candidate(400, 302), false],
  ['a side one pixel off the exact width', { width: 3000, height: 4000 }, candidate(301, 400), true],
  ['two pixels off the exact width', { width: 3000, height: 4000 }, candidate(302, 400), false],
  ['an enlarged side one pixel off', { width: 40, height: 30 }, candidate(400, 301), true],
  ['an enlarged side two pixels off', { width: 40, height: 30 }, candidate(400, 302), false],
])('%s: only a rounded size has the same shape', (_, image, near, isAlike) => {
  const exact = candidate(image.width / 20, image.height / 20);
  expect(srcsets(image, [exact, near]).srcset.includes(near.url)).toBe(isAlike);
});
