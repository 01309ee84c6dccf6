/** Known colours in every format, depth, profile and gamma, compared with values computed in test/fixtures/chart.ts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CHART,
  CURVES,
  type Curve,
  chartPng,
  chrm,
  cicp,
  GREYS,
  gama,
  greyPng,
  greyProfile,
  greySamples,
  iccp,
  PATCHES,
  patchesIn,
  profile,
  type Space,
  samples,
  shownBy,
  worstDifference,
} from '../../../fixtures/chart';
import { withSegment } from '../../../fixtures/images';
import sharp from '../../../fixtures/sharp';
import { directory, greyDirectory, tiffFile } from '../../../fixtures/tiff';
import * as build from '../prescan/build';
import { thumbnail } from './pixels';

/** A viewer would hardly see this difference with both pictures side by side. */
const BARELY_SEEN = 2;

async function expectTheChart(bytes: Buffer, expected = PATCHES): Promise<void> {
  const made = await thumbnail(bytes, { format: 'png', width: 2_000, height: 2_000 });
  expect(await worstDifference(made, expected)).toBeLessThanOrEqual(BARELY_SEEN);
}

const SPACES: [Exclude<Space, 'bt2020'>, 'srgb' | number, 'srgb' | 'linear' | 'adobe'][] = [
  ['srgb', 'srgb', 'srgb'],
  ['srgb', 1, 'linear'],
  ['p3', 'srgb', 'srgb'],
  ['adobe', 563 / 256, 'adobe'],
];

describe.each(SPACES)('with an ICC profile of %s and a curve of %s', (space, power, curve) => {
  const icc = profile(space, power);
  const patches = patchesIn(space, curve);
  // Eight bits of linear light can't distinguish dark shades.
  const depths = curve === 'linear' ? ([16] as const) : ([8, 16] as const);

  test.each(depths)('a PNG of %d bits', async (bits) => {
    await expectTheChart(chartPng(patches, bits, iccp(icc)));
  });

  test.each(depths)('a TIFF of %d bits', async (bits) => {
    const values = samples(patches, 2 ** bits - 1);
    const data = bits === 16 ? Buffer.from(Uint16Array.from(values).buffer) : Buffer.from(values);
    await expectTheChart(tiffFile([directory({ ...CHART, bits, tags: [[34_675, 7, [...icc]]] }, data)]));
  });

  if (curve === 'linear') return;

  test('a WebP without loss', async () => {
    const raw = { raw: { ...CHART, channels: 3 as const } };
    const plain = await sharp(Buffer.from(samples(patches, 255)), raw)
      .webp({ lossless: true })
      .toBuffer();
    const { width, height } = CHART;
    const header = build.vp8x(build.VP8X.icc, width, height);
    await expectTheChart(build.webp(header, build.riffChunk('ICCP', icc), plain.subarray(12)));
  });

  test.each([8, 10, 12] as const)('an AVIF of %d bits', async (bitdepth) => {
    const folder = await mkdtemp(join(tmpdir(), 'chart-'));
    try {
      const file = join(folder, 'profile.icc');
      await writeFile(file, icc);
      const raw = { raw: { ...CHART, channels: 3 as const } };
      const avif = await sharp(Buffer.from(samples(patchesIn('srgb', 'srgb'), 255)), raw)
        .withIccProfile(file)
        .avif({ lossless: true, bitdepth, effort: 0 })
        .toBuffer();
      expect((await sharp(avif).metadata()).icc?.equals(icc)).toBe(true);
      await expectTheChart(avif);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a JPEG', async () => {
    const raw = { raw: { ...CHART, channels: 3 as const } };
    const jpeg = await sharp(Buffer.from(samples(patches, 255)), raw)
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const part = Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), icc]);
    // What the encoder changed is no error of the thumbnail.
    const shown = shownBy(await sharp(jpeg).raw().toBuffer(), space, curve);
    await expectTheChart(withSegment(jpeg, 0xe2, part), shown);
  });
});

describe.each([
  ['sRGB', 'srgb', 'srgb'],
  ['old Macs', 1.8, 'mac'],
  ['linear light', 1, 'linear'],
] as const)('grey with a profile of the curve of %s', (_, power, curve) => {
  const icc = greyProfile(power);
  // Eight bits of linear light can't distinguish dark shades.
  const depths = curve === 'linear' ? ([16] as const) : ([8, 16] as const);
  const expectTheGreys = async (bytes: Buffer) => {
    const made = await thumbnail(bytes, { format: 'png', width: 2_000, height: 2_000 });
    expect(await worstDifference(made, GREYS)).toBeLessThanOrEqual(BARELY_SEEN);
  };

  test.each(depths)('a PNG of %d bits', async (bits) => {
    await expectTheGreys(greyPng(curve, bits, iccp(icc)));
  });

  test.each(depths)('a TIFF of %d bits', async (bits) => {
    const values = greySamples(curve, 2 ** bits - 1);
    const data = bits === 16 ? Buffer.from(Uint16Array.from(values).buffer) : Buffer.from(values);
    await expectTheGreys(tiffFile([greyDirectory({ ...CHART, bits, tags: [[34_675, 7, [...icc]]] }, data)]));
  });
});

test('a grey PNG without a profile is shown by its gamma', async () => {
  const bytes = greyPng('linear', 16, gama(1));
  const made = await thumbnail(bytes, { format: 'png', width: 2_000, height: 2_000 });
  expect(await worstDifference(made, GREYS)).toBeLessThanOrEqual(BARELY_SEEN);
});

describe('a PNG without a profile', () => {
  const P3 = [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06];
  test.each<[string, Space, Curve, 8 | 16, Buffer[]]>([
    ['that says nothing', 'srgb', 'srgb', 8, []],
    ['with the gamma of sRGB', 'srgb', 'srgb', 8, [gama(0.45455)]],
    ['with the gamma of old Macs', 'srgb', 'mac', 8, [gama(1 / 1.8)]],
    ['of 16 bits with that', 'srgb', 'mac', 16, [gama(1 / 1.8)]],
    ['of linear light', 'srgb', 'linear', 16, [gama(1)]],
    ['with linear light and the primaries of P3', 'p3', 'linear', 16, [chrm(...P3), gama(1)]],
    ['with the primaries of P3', 'p3', 'srgb', 8, [chrm(...P3), gama(0.45455)]],
    ['with primaries but no gamma, which browsers ignore', 'srgb', 'srgb', 8, [chrm(...P3)]],
    ['whose sRGB chunk overrides its gamma', 'srgb', 'srgb', 8, [pngSrgb(), gama(1)]],
    ['of P3 by code points', 'p3', 'srgb', 8, [cicp(12, 13)]],
    ['with the code points of BT.2020', 'bt2020', 'srgb', 16, [cicp(9, 13)]],
    ['of BT.2020 and PQ', 'bt2020', 'pq', 16, [cicp(9, 16)]],
    [
      'with code points, which override a profile',
      'p3',
      'srgb',
      8,
      [cicp(12, 13), iccp(profile('adobe', 2.2))],
    ],
  ])('%s', async (_, space, curve, bits, chunks) => {
    await expectTheChart(chartPng(patchesIn(space, curve), bits, ...chunks));
  });

  function pngSrgb(): Buffer {
    return Buffer.from('0000000173524742' + '00' + 'aece1ce9', 'hex');
  }
});

describe('HDR', () => {
  const { pq } = CURVES;
  const grey = (...light: number[]) => light.map((v) => [pq(v), pq(v), pq(v)] as const);
  const shown = async (bytes: Buffer) => {
    const { data, info } = await sharp(await thumbnail(bytes, { format: 'png', width: 2_000, height: 2_000 }))
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return (n: number) => data[(n * 8 + 4) * info.channels] as number;
  };

  test('brighter than white is compressed: the peak becomes white, black stays black, and every step stays visible', async () => {
    const steps = [0, 0.1, 0.5, 1, 2, 4, 4, 4, 4, 4, 4, 4, 4];
    const at = await shown(chartPng(grey(...steps), 16, cicp(9, 16)));
    expect(at(0)).toBe(0);
    expect(at(5)).toBeGreaterThanOrEqual(253);
    for (let n = 1; n < 6; n++) expect(at(n)).toBeGreaterThan(at(n - 1) + 5);
  });

  test('with HLG has black, white, and diffuse white in between', async () => {
    const signal = [0, 0.5, 0.75, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1].map((v) => [v, v, v] as const);
    const at = await shown(chartPng(signal, 16, cicp(9, 18)));
    expect(at(0)).toBe(0);
    expect(at(3)).toBeGreaterThanOrEqual(253);
    // BT.2408: diffuse white, which is 1, is at 75 % of the signal. Reinhard's curve with a peak of 1000/203 maps it to
    // 0.52.
    expect(Math.abs(at(2) - 188)).toBeLessThanOrEqual(3);
  });
});

test('CMYK without a profile is converted as browsers do: each channel is what its ink and black leave', async () => {
  const raw = { raw: { ...CHART, channels: 3 as const } };
  const jpeg = await sharp(Buffer.from(samples(patchesIn('srgb', 'srgb'), 255)), raw)
    .toColourspace('cmyk')
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer();
  const bare = await sharp(jpeg).pipelineColourspace('cmyk').toColourspace('cmyk').raw().toBuffer();
  const expected = PATCHES.map((_, n) => {
    const at = ((CHART.height >> 1) * CHART.width + n * 8 + 4) * 4;
    const [c, m, y, k] = [...bare.subarray(at, at + 4)].map((ink) => 1 - ink / 255) as [
      number,
      number,
      number,
      number,
    ];
    return [c * k * 255, m * k * 255, y * k * 255] as const;
  });
  expect((await sharp(jpeg).metadata()).hasProfile).toBe(false);
  const made = await thumbnail(jpeg, { format: 'png', width: 2_000, height: 2_000 });
  expect(await worstDifference(made, expected)).toBeLessThanOrEqual(BARELY_SEEN);
});
