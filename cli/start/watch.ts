/** Rebuilds functions while the engine runs, and has it use the new code: `npm start -- --watch`. */

import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Engine, Stack } from '../../local-aws';

/** Milliseconds to wait after a change: an editor that saves several files makes several changes. */
const SETTLE = 100;

export interface WatchOptions {
  engine: Pick<Engine, 'replaceFunction'>;
  /** Folders in which any change of a file counts. */
  folders: string[];
  /** Path of the `cdk.tf.json` that the engine runs. */
  stackFile: string;
  /** Builds the stack again into a folder. @returns path of its `cdk.tf.json` @throws Error saying what is wrong */
  build: (folder: string) => Promise<string>;
  load: (stackFile: string) => Stack;
  log: (text: string) => void;
}

export interface Watch {
  /** Stops to watch. Resolves when a build that is under way has ended. */
  close(): Promise<void>;
}

export async function watchFunctions(options: WatchOptions): Promise<Watch> {
  const before = await read(options, options.stackFile);
  let timer: NodeJS.Timeout | undefined;
  let building: Promise<void> = Promise.resolve();
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      building = building.then(() => rebuild(options, before));
    }, SETTLE);
  };
  const watchers = options.folders.map((folder) => watch(folder, { recursive: true }, changed));
  return {
    async close() {
      for (const watcher of watchers) watcher.close();
      clearTimeout(timer);
      await building;
    },
  };
}

/** What of a stack a build can change. */
interface Built {
  functions: { name: string; arn: string; zip: string; hash: string }[];
  /** Everything else, to be compared. */
  rest: string;
}

/** @param before what the engine uses; it becomes what was built */
async function rebuild(options: WatchOptions, before: Built): Promise<void> {
  const { engine, build, log } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'rebuilt-'));
  try {
    const now = await read(options, await build(folder));
    const rebuilt = now.functions.filter(({ arn, hash }) =>
      before.functions.some((old) => old.arn === arn && old.hash !== hash),
    );
    for (const { arn, zip } of rebuilt) await engine.replaceFunction(arn, zip);
    if (rebuilt.length > 0)
      log(`Rebuilt ${rebuilt.map(({ name }) => name).join(', ')}: in use from the next call on.`);
    if (now.rest !== before.rest) {
      log('More than the code of functions has changed. Stop and start the engine to run the new stack.');
    }
    Object.assign(before, now);
  } catch (error) {
    log(`Not rebuilt, so the code from before stays in use:\n${(error as Error).message}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function read({ load }: WatchOptions, stackFile: string): Promise<Built> {
  const { functions, ...rest } = load(stackFile);
  const built = functions.map(async ({ name, arn, zip }) => {
    const hash = createHash('sha256')
      .update(await readFile(zip))
      .digest('hex');
    return { name, arn, zip, hash };
  });
  const settings = functions.map(({ zip: _, ...others }) => others);
  return { functions: await Promise.all(built), rest: JSON.stringify([settings, rest]) };
}
