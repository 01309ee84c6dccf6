/** `npm run bench`: prints the tables of docs/performance.md and docs/reliability.md. */
import { defineCommand, UsageError } from '../cli/lib/command';
import { count } from '../cli/lib/options';
import { main } from '../cli/lib/run-command';
import type { BenchOptions } from './options';

/** The measurements, by their flags. */
const PARTS = {
  cold: async () => import('./cold.ts'),
  memory: async () => import('./memory.ts'),
  'end-to-end': async () => import('./end-to-end.ts'),
  delivery: async () => import('./delivery.ts'),
  hostile: async () => import('./hostile.ts'),
  overload: async () => import('./overload.ts'),
  bytes: async () => import('./bytes.ts'),
  placeholders: async () => import('./placeholders.ts'),
  heic: async () => import('./heic.ts'),
  animation: async () => import('./animation.ts'),
  console: async () => import('./console.ts'),
  backfill: async () => import('./backfill.ts'),
};

const NAMES = Object.keys(PARTS) as (keyof typeof PARTS)[];

export const bench = defineCommand({
  name: 'bench',
  summary:
    'Measures this project against other tools and prints the tables of docs/performance.md and docs/reliability.md.',
  options: {
    cold: { help: 'measure cold starts instead of CPU; about two minutes' },
    memory: { help: 'measure memory, on Linux only; about three minutes' },
    'end-to-end': { help: 'measure the whole workflow; about four minutes' },
    bytes: { help: 'measure bytes at equal SSIMULACRA2 against other encoders; about ten minutes' },
    placeholders: { help: 'measure what placeholders cost; about a minute' },
    heic: { help: 'measure what HEIC costs, compared with programs of the system; about a minute' },
    animation: { help: 'measure what an animated GIF of 60 frames costs; about a minute' },
    console: { help: 'measure the console with 10,000 runs, which takes Chromium; about three minutes' },
    delivery: { help: 'measure the delivery of thumbnails; about a minute' },
    hostile: { help: 'measure what hostile files cost with and without the guards; about 15 minutes' },
    overload: {
      help: 'simulate bursts of uploads beyond the concurrency of the functions; about two minutes',
    },
    backfill: { help: 'simulate backfills of up to a billion objects, for docs/scale.md; a second' },
    runs: {
      value: 'N',
      read: count,
      help: 'how often to measure each, in turns',
      defaultHelp: '7, with --cold 15, --end-to-end 3, --delivery 9, --placeholders 15, --console 5',
    },
    images: { value: 'FOLDER', help: 'also measure with these pictures; not with --cold or --delivery' },
    count: {
      value: 'N',
      read: count,
      help: 'with --end-to-end: number of images in the longest run',
      defaultHelp: '1000',
    },
    hazard: { value: 'TEXT', help: 'with --hostile: measure only the hazards whose names contain this' },
  },
  details: [
    'Without a flag it measures how much CPU time thumbnails cost and how good they are, in about five minutes. Other tools are included if they are installed.',
  ],
  exit: { 0: 'measured', 1: 'a measurement failed' },
  run: async (values) => {
    const asked = NAMES.filter((name) => values[name]);
    if (asked.length > 1) throw new UsageError(`Expected one of --${asked.join(' and --')}`);
    const [part] = asked;
    const { run } = part ? await PARTS[part]() : await import('./images.ts');
    await run(values satisfies BenchOptions);
    return { ok: true };
  },
});

if (require.main === module) void main(bench);
