/** Which settings the engine on a data folder was started with, and whether a command would start it with others. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { PROJECT, synthesize } from './synthesize';

type Settings = Record<string, unknown>;

/** A settings file as it is now. */
export interface SettingsFile {
  file: string;
  /** What it holds. */
  settings?: Settings;
  /** Why it can't be read. */
  problem?: string;
}

/** @param file absolute path; without it, the file that synth takes by itself */
export function readSettings(
  file = path.resolve(PROJECT, process.env['SETTINGS'] ?? 'settings.json'),
): SettingsFile {
  try {
    const { $schema: _, ...settings } = JSON.parse(
      readFileSync(file, 'utf8').replace(/^\uFEFF/, ''),
    ) as Settings;
    return { file, settings };
  } catch (error) {
    return { file, problem: (error as Error).message };
  }
}

const inUse = (dataDir: string) => path.join(dataDir, 'synth', 'settings.json');

/** Notes in the data folder which settings its stack was synthesized from. */
export function noteSettings(dataDir: string, { settings }: SettingsFile): void {
  writeFileSync(inUse(dataDir), JSON.stringify(settings));
}

/** How the settings of a command compare to those of the engine that is running. */
export type Comparison =
  /** They are the same, or nobody knows which ones the engine has. */
  | { kind: 'same' | 'unknown' }
  /** The names of those at the top of the file that differ. */
  | { kind: 'different'; names: string[] }
  | { kind: 'unreadable'; problem: string };

export function compareSettings(dataDir: string, { settings, problem }: SettingsFile): Comparison {
  if (!settings) return { kind: 'unreadable', problem: problem ?? 'it is empty' };
  let used: Settings;
  try {
    used = JSON.parse(readFileSync(inUse(dataDir), 'utf8')) as Settings;
  } catch {
    return { kind: 'unknown' };
  }
  const names = [...new Set([...Object.keys(used), ...Object.keys(settings)])].filter(
    (name) => !isDeepStrictEqual(used[name], settings[name]),
  );
  return names.length === 0 ? { kind: 'same' } : { kind: 'different', names };
}

/**
 * Says that the engine has other settings than the file that a command would take by itself, and what is wrong with that file.
 *
 * @param problemsWith synthesizes with a settings file. @returns what synth says if it fails
 * @returns lines; none if there is nothing to say
 */
export async function otherSettings(
  dataDir: string,
  endpoint: string,
  now: SettingsFile,
  problemsWith: (file: string) => Promise<string | undefined> = synthesisProblems,
): Promise<string[]> {
  const comparison = compareSettings(dataDir, now);
  const short = path.relative('', now.file);
  const name = short.startsWith('..') ? now.file : short;
  const goesOn = `The engine at ${endpoint} goes on with the settings it was started with.`;
  if (comparison.kind === 'unreadable') return [`${name} can't be read: ${comparison.problem}`, goesOn];
  if (comparison.kind !== 'different') return [];
  const differs = `${name} has other settings than the engine was started with (${comparison.names.join(', ')}).`;
  const problems = await problemsWith(now.file);
  return problems === undefined
    ? [`${differs} ${goesOn} Stop and start it to use the new ones.`]
    : [`${differs} They are not valid:`, problems, goesOn];
}

async function synthesisProblems(file: string): Promise<string | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'settings-'));
  try {
    await synthesize(folder, file);
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
