/**
 * Measures what hostile files cost with the guards and without: time, and peak resident memory of the whole process. Each
 * file is processed twice, in new processes: by the code of Validate and Thumbnail, and by sharp as most programs use it,
 * `autoOrient().resize().jpeg()`. After 100 s, a process is killed.
 *
 * Prints the table of docs/reliability.md, "Hostile images".
 */
import { cpus } from 'node:os';
import sharp from 'sharp';
import { flat } from '../test/functions/lib/prescan/build';
import { type Hazard, hazards } from '../test/hostile/catalogue';
import { DEFAULTS, type Report, Sandbox } from '../test/hostile/sandbox';
import type { BenchOptions } from './options';

const DEADLINE = 100_000;

/** Each guard, and the hazards that it protects from, by their names in the test. */
const ROWS: [guard: string, names: string[]][] = [
  [
    'EXIF is cut before a decoder sees it; the orientation is read without following pointers',
    [
      'JPEG with an EXIF pointer loop',
      'PNG with an EXIF pointer loop',
      'WebP with an EXIF pointer loop',
      'AVIF with an EXIF pointer loop',
    ],
  ],
  [
    'a profile of processing elements is dropped',
    [
      'JPEG with a profile of 10,000 processing elements',
      'PNG with a profile of 10,000 processing elements',
      'WebP with a profile of 10,000 processing elements',
      'AVIF with a profile of 10,000 processing elements',
      'TIFF with a profile of 10,000 processing elements',
    ],
  ],
  [
    'at most 100 scans',
    ['JPEG of 7000×7000, progressive, 10,000 scans', 'JPEG of 7000×7000, progressive, 100 scans'],
  ],
  ['arithmetic coding is not accepted', ['JPEG of 7000×7000 with arithmetic coding, 100 scans']],
  ['one frame is kept', ['WebP of 100,000 frames', 'GIF of 100,000 frames']],
  ['at most 50,000 chunks', ['PNG of a million text chunks', 'JPEG of 100,000 segments']],
  [
    "pixels of all an AVIF's pictures in proportion to the one shown",
    ['AVIF of 20 tiles of 7000×7000 that are one', 'AVIF of 100×100 laid together from 7000×7000 five times'],
  ],
  [
    'pixels by the parameters of the coding, not by what the container says',
    ['HEIC of 7000×7000 that declares 100×100', 'HEIC of 100 tiles of 7000×7000 that are one'],
  ],
  [
    "the decoder's memory grows only to what the header asks for",
    ['HEIC of 7000×7000 that declares 96×128 in every header'],
  ],
  ['at most 20,000 strips or tiles of a TIFF', ['TIFF of 191,844 tiles that are one JPEG of 90 scans']],
  [
    'pixels and sides, from the header',
    [
      'PNG of 30000×30000, 1 bit',
      'PNG of 16383×16383, RGBA of 16 bits, interlaced',
      'GIF with a frame of 16383×16383 whose data is one pixel',
      'WebP of 16383×16383 in 40 bytes',
    ],
  ],
  [
    'within the limits: the most that an accepted image costs',
    [
      'PNG of 7000×7000, RGBA of 16 bits, interlaced',
      'GIF with a frame of 7000×7000 whose data is one pixel',
      'WebP of 7000×7000 in 40 bytes',
      'AVIF of 7000×7000 in 1.4 KB',
      'AVIF of 7000×7000, 12 bits, 4:4:4, with alpha',
      'HEIC of 7000×7000 in 12 KB',
    ],
  ],
  [
    'text is cut before a decoder sees it',
    ['PNG with a text of 200 MB', 'PNG with an ICC profile of 2 GB', 'PNG of 900 compressed texts of 7 MB'],
  ],
  [
    'the first bytes decide, and no other loader is open',
    ['SVG of a billion laughs', 'SVG of a billion uses'],
  ],
];

/** Not among the test's hazards, because it takes too long to make. */
const deepest: Hazard = {
  name: 'AVIF of 7000×7000, 12 bits, 4:4:4, with alpha',
  outcome: 'thumbnail',
  build: () =>
    flat(7_000, 7_000)
      .ensureAlpha(0.5)
      .avif({ effort: 0, bitdepth: 12, chromaSubsampling: '4:4:4' })
      .toBuffer(),
};

const settings = {
  ...DEFAULTS,
  accepted: [...DEFAULTS.accepted, 'avif' as const, 'tiff' as const, 'heic' as const],
};

export async function run({ hazard: part = '' }: BenchOptions): Promise<void> {
  const sandbox = new Sandbox({ cpu: DEADLINE, elapsed: DEADLINE });
  console.log(`${cpus()[0]?.model}, Node ${process.version}, sharp ${sharp.versions.sharp}\n`);
  console.log('| hazard | bytes | guard | outcome | with guards | without |');
  console.log('|---|--:|---|---|--:|--:|');
  try {
    for (const [guard, names] of ROWS) {
      for (const name of names.filter((candidate) => candidate.includes(part))) {
        const hazard = [...hazards, deepest].find((candidate) => candidate.name === name);
        if (!hazard) throw new Error(`Expected a hazard named "${name}"`);
        const bytes = await hazard.build();
        const guarded = await sandbox.run(bytes, { settings });
        await sandbox.stop();
        const plain = await sandbox.run(bytes, { by: 'plain sharp' });
        await sandbox.stop();
        const size = bytes.length.toLocaleString('en-US');
        console.log(
          `| ${name} | ${size} | ${guard} | ${hazard.outcome} | ${cost(guarded)} | ${cost(plain)} |`,
        );
      }
    }
  } finally {
    await sandbox.close();
  }
}

function cost({ outcome, milliseconds, peakMegabytes }: Report): string {
  const memory = peakMegabytes === null ? '' : `, ${Math.round(peakMegabytes)} MB`;
  switch (outcome.kind) {
    case 'killed':
      return `killed after ${DEADLINE / 1000} s${memory}`;
    case 'crashed':
      return `crashed: ${outcome.how}`;
    case 'refused':
      return `${time(milliseconds)}${memory}, refused`;
    case 'thumbnails':
      return `${time(milliseconds)}${memory}`;
  }
}

const time = (milliseconds: number) =>
  milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
