import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a running engine leaves in its data folder, so that other commands find it. */
export interface Running {
  pid: number;
  endpoint: string;
}

const RUNNING = 'engine.json';

/** The engine that is using a data folder now, if any. */
export function runningEngine(dataDir: string): Running | null {
  let running: Running;
  try {
    running = JSON.parse(readFileSync(path.join(dataDir, RUNNING), 'utf8'));
  } catch {
    return null;
  }
  try {
    process.kill(running.pid, 0);
    return running;
  } catch {
    return null;
  }
}

/**
 * Takes a data folder for this process.
 *
 * @throws Error when another engine is using it, or it can't be written
 */
export function occupy(dataDir: string, endpoint: string): void {
  const other = runningEngine(dataDir);
  if (other && other.pid !== process.pid) {
    throw new Error(
      `The data folder ${dataDir} is in use by an engine at ${other.endpoint} (process ${other.pid}). ` +
        'Stop that one, or choose another data folder',
    );
  }
  try {
    makeFolder(dataDir);
    writeFileSync(path.join(dataDir, RUNNING), JSON.stringify({ pid: process.pid, endpoint }));
  } catch (error) {
    throw new Error(
      `Expected a data folder that can be written but received ${dataDir} (${(error as Error).message})`,
    );
  }
}

/**
 * Makes a folder and those above it, if they are missing. Node's own `recursive` never returns below a folder that takes no
 * entries, such as /proc: it tries again and again.
 *
 * @throws Error of the system, for example ENOENT, EACCES, or EEXIST if there is a file in the way
 */
export function makeFolder(folder: string): void {
  const isFolder = () => statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (isFolder()) return;
  const above = path.dirname(folder);
  if (above !== folder) makeFolder(above);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Someone else may have made it in the meantime.
    if (!isFolder()) throw error;
  }
}

export function leave(dataDir: string): void {
  rmSync(path.join(dataDir, RUNNING), { force: true });
}

/** What the engine writes into its data folder. Anything else in there belongs to someone else. */
const OURS = new Set([
  RUNNING,
  'dynamodb',
  'events',
  'executions',
  'functions',
  'logs',
  'mail',
  'messages',
  's3',
  'sqs',
  'ssm',
  'synth',
  'tokens',
]);

/**
 * Removes what earlier runs left.
 *
 * @throws Error when the folder is in use, or has files that no engine wrote
 */
export function empty(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  const other = runningEngine(dataDir);
  if (other) throw new Error(`The data folder ${dataDir} is in use by process ${other.pid}: stop it first`);
  const foreign = readdirSync(dataDir).filter((name) => !OURS.has(name));
  if (foreign.length > 0) {
    throw new Error(
      `Expected ${dataDir} to contain only what the local engine wrote, but it also contains ${foreign.slice(0, 3).join(', ')}. ` +
        'Choose another data folder',
    );
  }
  rmSync(dataDir, { recursive: true });
}
