/** Reads and validates the settings file. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { formatPath, type Problem, problemsOf } from './problems';
import type { Rule } from './rule';
import { conflictsIn } from './rules';
import { type Settings, settingsSchema } from './schema';

/** The settings can't be used. The message lists every problem, one per line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * @param values what the file holds
 * @param file name for the error message
 * @param rules besides those of the settings themselves
 * @throws SettingsError naming every wrong key, what was expected and what it got
 */
export function parseSettings(values: unknown, file: string, rules: readonly Rule[] = []): Settings {
  const parsed = settingsSchema.safeParse(values);
  const problems = parsed.success ? conflictsIn(parsed.data, rules) : problemsOf(parsed.error);
  if (!parsed.success || problems.length > 0) {
    throw new SettingsError(problems.map((problem) => line(file, problem)).join('\n'));
  }
  return parsed.data;
}

/**
 * @param path of a JSON file
 * @param rules besides those of the settings themselves
 * @throws SettingsError when it can't be read, is no JSON, or breaks the schema
 */
export function loadSettings(path: string, rules: readonly Rule[] = []): Settings {
  return parseSettings(readJson(path), basename(path), rules);
}

function readJson(path: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SettingsError(`${path}: expected a readable settings file: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new SettingsError(`${path}: expected JSON: ${(error as Error).message}`);
  }
}

function line(file: string, { path, message }: Problem): string {
  return path.length === 0 ? `${file}: ${message}` : `${file}: ${formatPath(path)}: ${message}`;
}
