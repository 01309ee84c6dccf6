/**
 * Measures how long functions take from the start of their process to their first result, and how large their packages are.
 *
 * Prints the tables of docs/performance.md, "Cold start and size". To measure with other versions of Node, list their
 * executables in the environment variable NODES, separated as in PATH. To compare with Python, set PYTHON to one that has
 * boto3 and Pillow.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleFunctions } from '../bundling/bundle-functions';
import { type Bundle, ours, prepare, ROOT, stock } from './cold/bundles';
import { eventOf, THUMBNAILS, UPLOADS } from './cold/environment';
import { type Cost, invoke, type Runtime, start } from './cold/process';
import { ratio, rounds, shown } from './cold/rounds';
import { type Storage, startStorage } from './cold/storage';
import { type Goal, goals, machine, table } from './end-to-end/report';
import { makePictures } from './images/pictures';
import type { BenchOptions } from './options';

const NAMES = ['thumbnail', 'validate', 'store-metadata', 'notify'] as const;
type Name = (typeof NAMES)[number];
type Bundles = Record<'ours' | 'stock', Record<Name, Bundle>>;

const SAME_KEY = 'same.jpeg';

const PYTHON = process.env['PYTHON'] ?? 'python3';

/** With which Lambda is said to start Node for 512 MB; the size of the heap follows the function's memory. */
const HEAP_FLAGS = ['--max-semi-space-size=25', '--max-old-space-size=460'];

/** A pair of the same contender that differs by more than this was measured on a busy machine. */
const MOST_NOISE = 0.05;

export async function run({ runs = 15 }: BenchOptions): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const storage = await startStorage(folder);
  const nodes = (process.env['NODES'] ?? process.execPath).split(path.delimiter);
  try {
    prepare(folder);
    const bundles = { ours: ours(folder, NAMES), stock: stock(folder, NAMES) };
    console.log(`${machine()}; ${runs} rounds; medians, and in brackets the middle half.`);
    const met: Goal[] = [];
    for (const node of nodes) {
      for (const flags of [[], HEAP_FLAGS]) {
        const runtime = { node, flags };
        met.push(...(await firstImage(folder, storage, bundles, runtime, runs)));
        met.push(...(await loading(storage, bundles, runtime, runs)));
      }
    }
    goals([...met, ...sizes(bundles)]);
  } finally {
    storage.close();
    await rm(folder, { recursive: true });
  }
}

/** From the start of a process to its end, with one thumbnail: one GET, one PUT. */
async function firstImage(
  folder: string,
  storage: Storage,
  bundles: Bundles,
  runtime: Runtime,
  runs: number,
): Promise<Goal[]> {
  const [picture] = await makePictures(folder, ['jpeg-2mp']);
  const body = await readFile(picture!.file);
  let count = 0;
  /** A new upload each time: a second run of the same upload would find its thumbnail. */
  const upload = async (): Promise<string> => {
    const key = `picture-${count++}.jpeg`;
    return JSON.stringify(eventOf(key, await storage.put(key, body), body.length));
  };
  const first = (bundle: Bundle) => async () =>
    (await invoke(storage, runtime, bundle, await upload())).whole;
  const node = (...args: string[]) => start(storage, runtime.node, [...runtime.flags, ...args]);
  const script = (name: string) => path.join(__dirname, 'cold', name);
  const places = [storage.url, UPLOADS, SAME_KEY, THUMBNAILS];
  const python = hasPython();
  await storage.put(SAME_KEY, body);
  const costs = await rounds<string>(
    {
      empty: async () => (await node('-e', '')).cost,
      bare: async () => (await node(script('bare.mjs'), folder, ...places)).cost,
      ours: first(bundles.ours.thumbnail),
      again: first(bundles.ours.thumbnail),
      stock: first(bundles.stock.thumbnail),
      ...(python && {
        python: async () => (await start(storage, PYTHON, [script('pillow.py'), ...places])).cost,
      }),
    },
    runs,
  );
  const rows: [string, string][] = [
    ['an empty Node', 'empty'],
    ['sharp, and a GET and a PUT without an SDK', 'bare'],
    ['ours', 'ours'],
    ['ours again, for the noise', 'again'],
    ["esbuild's defaults, sharp installed", 'stock'],
    ['Python, boto3, Pillow', 'python'],
  ];
  table(
    [
      `first thumbnail of 2 MP, 200 px; ${named(runtime)}`,
      'CPU ms',
      'wall ms',
      'CPU, it / stock',
      'ours / it',
    ],
    rows
      .filter(([, name]) => costs[name])
      .map(([text, name]) => [
        text,
        shown(costs[name]!, 'cpu'),
        shown(costs[name]!, 'wall'),
        ratio(costs[name]!, costs['stock']!).toFixed(2),
        ratio(costs['ours']!, costs[name]!).toFixed(2),
      ]),
  );
  const noise = Math.abs(ratio(costs['ours']!, costs['again']!) - 1);
  if (noise > MOST_NOISE)
    console.log(`\nThe machine was busy: the same bundle differs by ${percent(noise)}.`);
  if (!python) {
    console.log(
      '\nWithout Python: python3 -m venv venv && venv/bin/pip install boto3 pillow, then PYTHON=venv/bin/python.',
    );
  }
  return [
    goal(
      `first image ≤ 0.55 × the stock bundle; ${named(runtime)}`,
      ratio(costs['ours']!, costs['stock']!),
      0.55,
    ),
    ...(python
      ? [
          goal(
            `the same ≤ 0.35 × Python, boto3 and Pillow; ${named(runtime)}`,
            ratio(costs['ours']!, costs['python']!),
            0.35,
          ),
        ]
      : []),
  ];
}

/** What loading costs, without the start of Node. */
async function loading(storage: Storage, bundles: Bundles, runtime: Runtime, runs: number): Promise<Goal[]> {
  const all: Goal[] = [];
  const rows: string[][] = [];
  for (const name of NAMES) {
    const load = (bundle: Bundle) => async (): Promise<Cost> => (await invoke(storage, runtime, bundle)).load;
    const costs = await rounds({ ours: load(bundles.ours[name]), stock: load(bundles.stock[name]) }, runs);
    const share = ratio(costs.ours, costs.stock);
    rows.push([name, shown(costs.ours, 'cpu'), shown(costs.stock, 'cpu'), share.toFixed(2)]);
    if (name !== 'thumbnail')
      all.push(goal(`${name} loads in ≤ 0.4 × the stock bundle; ${named(runtime)}`, share, 0.4));
  }
  table([`loading, ms of CPU; ${named(runtime)}`, 'ours', 'stock', 'ours / stock'], rows);
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

const hasPython = () => spawnSync(PYTHON, ['-c', 'import boto3, PIL']).status === 0;

function named({ node, flags }: Runtime): string {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  return `Node ${version.slice(1)}${flags.length > 0 ? " with Lambda's heap" : ''}`;
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

const goal = (text: string, measured: number, most: number): Goal => ({
  goal: text,
  measured: measured.toFixed(2),
  met: measured <= most,
});
