/** Runs each measurement in a separate process. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import type { BareLoop, BareResult } from './bare';
import type { Lap, Round } from './round';

const run = promisify(execFile);

const PROJECT = path.resolve(__dirname, '../..');

/** As the stack sets it for Thumbnail: stacks/functions/thumbnail.ts. */
const ONE_ARENA = { MALLOC_ARENA_MAX: '1' };

/** Uploads images to a new engine. @returns one result for each lap */
export async function runRound(round: Round): Promise<Lap[]> {
  const args = ['--import', 'tsx', path.join(__dirname, 'round.ts'), JSON.stringify(round)];
  const { stdout } = await run(process.execPath, args, { cwd: PROJECT });
  return lines<Lap>(stdout);
}

/**
 * Makes thumbnails of files without a workflow.
 *
 * @param folder where to put the compiled program
 */
export async function runBare(folder: string, loop: BareLoop): Promise<BareResult> {
  const program = path.join(folder, 'bare.cjs');
  buildSync({
    entryPoints: [path.join(__dirname, 'bare.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    external: ['sharp'],
    logLevel: 'silent',
  });
  const env = {
    ...process.env,
    NODE_PATH: path.join(PROJECT, 'node_modules'),
    ...(loop.configured !== false && ONE_ARENA),
  };
  const { stdout } = await run(process.execPath, [program, JSON.stringify(loop)], { env });
  return lines<BareResult>(stdout)[0] as BareResult;
}

/** The same in several processes at once, each with its share of the files. */
export async function runBareAtOnce(folder: string, loop: BareLoop, processes: number): Promise<BareResult> {
  const parts = Array.from({ length: processes }, (_, part) =>
    loop.files.filter((__, n) => n % processes === part),
  );
  const results = await Promise.all(parts.map((files) => runBare(folder, { ...loop, files })));
  return {
    seconds: Math.max(...results.map(({ seconds }) => seconds)),
    cpu: results.reduce((sum, { cpu }) => sum + cpu, 0),
    peak: Math.max(...results.map(({ peak }) => peak)),
  };
}

const lines = <T>(text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
