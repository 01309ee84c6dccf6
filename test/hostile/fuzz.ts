import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { encoded, phonePicture } from '../fixtures/heic';
import { animation, picture } from '../fixtures/images';
import { mutations } from '../fixtures/mutations';
import * as build from '../functions/lib/prescan/build';
import { derivedAvif, iccOfElements, iccpChunk } from './build';
import { DEADLINE, DEFAULTS, GROWN, MEMORY, type Report, Sandbox } from './sandbox';

export interface FuzzOptions {
  /** @default taken from the clock; the result contains it */
  seed?: number;
  /** How many images. If undefined, as many as possible in `minutes`. */
  runs?: number;
  minutes?: number;
  /** Called after each image. */
  report?(progress: FuzzProgress): void;
}

export interface FuzzProgress {
  runs: number;
  /** How many images ended as `thumbnail`, and how many with each error. */
  outcomes: Record<string, number>;
}

export interface FuzzResult extends FuzzProgress {
  seed: number;
  /**
   * Null if every image had an allowed outcome. Otherwise the image is saved in `file`; with the same seed, it is again the
   * last of `runs`.
   */
  failure: { file: string; what: string } | null;
}

/** The permanent errors that an image can cause. */
const PERMANENT = new Set([
  'UnsupportedFormat',
  'ImageTooLarge',
  'CorruptImage',
  'SuspiciousImage',
  'EmptyObject',
]);

const settings: typeof DEFAULTS = {
  ...DEFAULTS,
  accepted: ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff', 'heic'],
  presets: [
    {
      name: 'default',
      prefix: '',
      variants: [
        { name: 'same', width: 32, height: 32, fit: 'inside', format: 'same', quality: 80 },
        { name: 'padded', width: 24, height: 24, fit: 'contain', format: 'jpeg', quality: 80 },
      ],
    },
  ],
};

/**
 * Takes mutated images through Validate and Thumbnail in a process that is killed if it exceeds a deadline or a memory
 * limit. Every image must end as thumbnails or with a permanent error.
 *
 * @example const { seed, failure } = await fuzzImages({ minutes: 10 });
 */
export async function fuzzImages(options: FuzzOptions = {}): Promise<FuzzResult> {
  const { seed = Date.now() % 2 ** 31, report = () => {} } = options;
  const progress: FuzzProgress = { runs: 0, outcomes: {} };
  let failure: FuzzResult['failure'] = null;
  const seeds = await images();
  const mutated = fc
    .tuple(fc.nat(seeds.length - 1), mutations)
    .map(([index, mutate]) => mutate(seeds[index] as Buffer, seeds));
  const sandbox = new Sandbox();
  try {
    const property = fc.asyncProperty(mutated, async (bytes) => {
      const result = await sandbox.run(bytes, { settings });
      if (Number(result.peakMegabytes) > GROWN) await sandbox.stop();
      progress.runs++;
      const { name, wrong } = judge(result);
      progress.outcomes[name] = (progress.outcomes[name] ?? 0) + 1;
      if (wrong) failure = { file: keep(bytes, seed), what: wrong };
      report(progress);
      return wrong === null;
    });
    await fc.check(property, {
      seed,
      numRuns: options.runs ?? Number.MAX_SAFE_INTEGER,
      interruptAfterTimeLimit: options.minutes && options.minutes * 60_000,
      endOnFailure: true,
    });
  } finally {
    await sandbox.close();
  }
  return { ...progress, seed, failure };
}

function judge({ outcome, peakMegabytes }: Report): { name: string; wrong: string | null } {
  switch (outcome.kind) {
    case 'killed':
      return { name: 'killed', wrong: `Expected an end within ${DEADLINE / 1000} s` };
    case 'crashed':
      return { name: 'crashed', wrong: `Expected the process to live on; it ended by ${outcome.how}` };
    case 'refused': {
      const { name, message } = outcome;
      if (!PERMANENT.has(name))
        return { name, wrong: `Expected a permanent error but received ${name}: ${message}` };
      return { name, wrong: beyond(peakMegabytes) };
    }
    case 'thumbnails':
      return { name: 'thumbnail', wrong: beyond(peakMegabytes) };
  }
}

function beyond(megabytes: number | null): string | null {
  if (megabytes === null || megabytes <= MEMORY.anyFormat) return null;
  return `Expected at most ${MEMORY.anyFormat} MB of memory but received ${Math.round(megabytes)}`;
}

function keep(bytes: Buffer, seed: number): string {
  const folder = join(tmpdir(), 'thumbnail-workflow-fuzz');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${seed}.bin`);
  writeFileSync(file, bytes);
  return file;
}

/** Small valid images of every format and of many kinds, which are then mutated. */
async function images(): Promise<Buffer[]> {
  const colours = [
    [200, 0, 0],
    [0, 200, 0],
    [0, 0, 200],
  ] as const;
  const size = { width: 40, height: 30 };
  const avif = await picture({ format: 'avif', ...size });
  return [
    await picture(size),
    await picture({ ...size, progressive: true, metadata: true, orientation: 6 }),
    await picture({ ...size, colourspace: 'cmyk', profile: 'cmyk' }),
    await picture({ ...size, colourspace: 'b-w' }),
    build.withSegments(await picture(size), build.app1Exif(build.exifLoop(20))),
    await build.jpegWithScans(40, 90),
    await picture({ ...size, format: 'png', opacity: 0.5, metadata: true }),
    await picture({ ...size, format: 'png', palette: true, progressive: true }),
    await picture({ ...size, format: 'png', colourspace: 'rgb16', profile: 'p3' }),
    build.withChunks(await picture({ ...size, format: 'png' }), iccpChunk(iccOfElements(200))),
    build.apng(40, 30, 3),
    build.blackPng({ width: 40, height: 30, colour: 6, depth: 16, interlaced: true }),
    await picture({ ...size, format: 'webp', opacity: 0.5, metadata: true, orientation: 3 }),
    build.webp(await build.vp8l(40, 30)),
    await animation('webp', colours),
    await picture({ ...size, format: 'gif' }),
    await animation('gif', colours),
    build.gif([8, 6], build.gifComment('x'), build.gifFrame(8, 6), build.gifFrame(2, 2)),
    avif,
    await picture({ ...size, format: 'avif', opacity: 0.5, metadata: true }),
    derivedAvif(avif, { type: 'grid', width: 120, height: 30, uses: 3 }),
    derivedAvif(avif, { type: 'iovl', width: 40, height: 30, uses: 2 }),
    await picture({ ...size, format: 'tiff', metadata: true, orientation: 6 }),
    await picture({ ...size, format: 'tiff', colourspace: 'rgb16' }),
    build.tiff([], { next: 8 }),
    phonePicture(),
    encoded('alpha'),
  ];
}
