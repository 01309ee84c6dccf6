/**
 * Measures how long functions take from the start of their process to their first result, and how large their packages are.
 *
 * Prints the tables of docs/performance.md, "Cold start and size". To compare with Python, set the environment variable
 * PYTHON to one that has boto3 and Pillow.
 */
import { spawn, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleFunctions } from '../bundling/bundle-functions';
import { type Bundle, ours, prepare, ROOT, stock } from './cold/bundles';
import { type Storage, startStorage, THUMBNAILS, UPLOADS } from './cold/storage';
import { type Goal, goals, machine, table } from './end-to-end/report';
import { type Contender, inTurns, type Measured } from './images/measure';
import { makePictures } from './images/pictures';
import type { BenchOptions } from './options';

const NAMES = ['thumbnail', 'validate', 'store-metadata', 'notify'] as const;
type Name = (typeof NAMES)[number];

const PYTHON_KEY = 'python.jpeg';

const PYTHON = process.env['PYTHON'] ?? 'python3';

/** The environment variables of the functions, as the stack sets them by default. */
const ENVIRONMENT = {
  TABLE_NAME: 'records',
  THUMBNAILS_BUCKET: THUMBNAILS,
  TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:processed',
  CACHE_CONTROL: 'public, max-age=1209600',
  ACCEPTED_FORMATS: 'jpeg,png,webp,gif',
  BACKGROUND: '#ffffff',
  MAX_BYTES: '50000000',
  MAX_PIXELS: '50000000',
  MAX_SIDE: '16384',
  PRESETS: JSON.stringify([
    {
      name: 'default',
      prefix: '',
      variants: [{ name: 'small', width: 200, height: 200, fit: 'inside', format: 'jpeg', quality: 80 }],
    },
  ]),
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

export async function run({ runs = 15 }: BenchOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const storage = await startStorage(folder);
  try {
    prepare(folder);
    const bundles = { ours: ours(folder, NAMES), stock: stock(folder, NAMES) };
    console.log(`${machine()}; ${runs} runs of each in turns; medians, and in brackets the middle half.`);
    const met = [
      ...(await firstImage(folder, storage, bundles, runs)),
      ...(await loading(storage, bundles, runs)),
    ];
    goals([...met, ...sizes(bundles)]);
  } finally {
    storage.close();
    await rm(folder, { recursive: true });
  }
}

type Bundles = Record<'ours' | 'stock', Record<Name, Bundle>>;

/** From the start of a process to the end of its first thumbnail: one GET, one PUT. */
async function firstImage(folder: string, storage: Storage, bundles: Bundles, runs: number): Promise<Goal[]> {
  const [picture] = await makePictures(folder, ['jpeg-2mp']);
  const body = await readFile(picture!.file);
  let count = 0;
  /** A new upload each time: a second run of the same upload would find its thumbnail. */
  const upload = async (): Promise<string> => {
    const key = `picture-${count++}.jpeg`;
    return JSON.stringify(eventOf(key, await storage.put(key, body), body.length));
  };
  const node =
    ({ file, flags }: Bundle): Contender =>
    async () =>
      (await invoke(storage, file, flags, await upload())).total;
  const python = hasPython();
  await storage.put(PYTHON_KEY, body);
  const times = await inTurns<string>(
    {
      ours: node(bundles.ours.thumbnail),
      stock: node(bundles.stock.thumbnail),
      empty: async () => (await start(storage, process.execPath, ['-e', ''])).total,
      ...(python && {
        python: async () =>
          (
            await start(storage, PYTHON, [
              path.join(__dirname, 'cold/pillow.py'),
              ...[storage.url, UPLOADS, PYTHON_KEY, THUMBNAILS],
            ])
          ).total,
      }),
    },
    runs,
  );
  const rows: [string, string][] = [
    ['an empty Node', 'empty'],
    ['ours', 'ours'],
    ["esbuild's defaults, sharp installed", 'stock'],
    ['Python, boto3, Pillow', 'python'],
  ];
  table(
    ['process start to first thumbnail of 2 MP, 200 px', 'ms', 'ours / it'],
    rows
      .filter(([, name]) => times[name])
      .map(([text, name]) => [text, shown(times[name]!), ratio(times['ours']!, times[name]!).toFixed(2)]),
  );
  if (!python) {
    console.log(
      `\nWithout Python: python3 -m venv venv && venv/bin/pip install boto3 pillow, then PYTHON=venv/bin/python.`,
    );
  }
  return [
    goal('init and first image ≤ 0.6 × the stock bundle', ratio(times['ours']!, times['stock']!), 0.6),
    ...(python
      ? [goal('the same ≤ 0.3 × Python, boto3 and Pillow', ratio(times['ours']!, times['python']!), 0.3)]
      : []),
  ];
}

/** How long loading takes, without the start of Node. */
async function loading(storage: Storage, bundles: Bundles, runs: number): Promise<Goal[]> {
  const all: Goal[] = [];
  const rows: string[][] = [];
  for (const name of NAMES) {
    const load =
      ({ file, flags }: Bundle): Contender =>
      async () =>
        (await invoke(storage, file, flags)).load;
    const times = await inTurns({ ours: load(bundles.ours[name]), stock: load(bundles.stock[name]) }, runs);
    const share = ratio(times.ours, times.stock);
    rows.push([name, shown(times.ours), shown(times.stock), share.toFixed(2)]);
    if (name !== 'thumbnail') all.push(goal(`${name} loads in ≤ 0.4 × the stock bundle`, share, 0.4));
  }
  table(['loading, ms', 'ours', 'stock', 'ours / stock'], rows);
  return all;
}

/** How large the code is, which Node has to compile, and how large the package for Lambda is. */
function sizes(bundles: Bundles): Goal[] {
  const kilobytes = (file: string) => `${Math.round(statSync(file).size / 1_000)} KB`;
  const packages = forLambda();
  table(
    ['size', 'code', 'code of the stock bundle', 'zip for arm64'],
    NAMES.map((name) => [
      name,
      kilobytes(bundles.ours[name].file),
      kilobytes(bundles.stock[name].file),
      packages ? kilobytes(packages[name].path) : '–',
    ]),
  );
  if (!packages) return [];
  const megabytes = statSync(packages.thumbnail.path).size / 1e6;
  return [
    { goal: 'zip for arm64 with sharp ≤ 9 MB', measured: `${megabytes.toFixed(2)} MB`, met: megabytes <= 9 },
  ];
}

function forLambda() {
  try {
    return bundleFunctions({ root: ROOT, folder: 'functions', names: NAMES, target: 'lambda' });
  } catch (error) {
    console.log(`\nWithout packages for Lambda: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
}

interface Started {
  /** Milliseconds of wall time, from the start of the process to its end. */
  total: number;
  stdout: string;
}

async function invoke(storage: Storage, file: string, flags: string[], event?: string) {
  const script = path.join(__dirname, 'cold/invoke.mjs');
  const { total, stdout } = await start(storage, process.execPath, [
    ...flags,
    script,
    file,
    ...(event ? [event] : []),
  ]);
  return { total, load: (JSON.parse(stdout.split('\n')[0]!) as { wall: number }).wall };
}

function start({ environment }: Storage, program: string, args: string[]): Promise<Started> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    // Pass on nothing of this process's environment: a profiler or a flag in it would be measured too.
    const env = { PATH: process.env['PATH'], HOME: tmpdir(), ...ENVIRONMENT, ...environment };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve({ total: performance.now() - began, stdout })
        : reject(new Error(`Expected ${program} to succeed but its exit code is ${code}:\n${stderr}`)),
    );
  });
}

const hasPython = () => spawnSync(PYTHON, ['-c', 'import boto3, PIL']).status === 0;

function eventOf(key: string, etag: string, bytes: number) {
  return {
    state: {
      image: {
        schema: 1,
        source: { bucket: UPLOADS, key, version: null, etag, sequencer: '1'.padStart(32, '0') },
        format: 'jpeg',
        width: 1920,
        height: 1080,
        orientation: 1,
        frames: 1,
        bytes,
        preset: { name: 'default', hash: '' },
        isNew: true,
      },
    },
    execution: 'bench',
  };
}

const ratio = (one: Measured, other: Measured) => one.median / other.median;

const goal = (text: string, measured: number, most: number): Goal => ({
  goal: text,
  measured: measured.toFixed(2),
  met: measured <= most,
});

const shown = ({ median, quartiles: [low, high] }: Measured) =>
  `${median.toFixed(0)} (${low.toFixed(0)}–${high.toFixed(0)})`;
