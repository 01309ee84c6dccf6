/** Options that several commands share, and how the text of an option becomes a value. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from './command';

export const DATA = {
  value: 'DIR',
  default: '.local',
  help: 'where the local engine keeps its data',
  read: (text: string) => path.resolve(text),
} as const;

export const SETTINGS = {
  value: 'FILE',
  help: 'settings file to synthesize with',
  defaultHelp: 'settings.json, or the environment variable SETTINGS',
  read: settingsFile,
} as const;

export const FAULTS = {
  value: 'FILE',
  help: 'calls and functions that are to fail: docs/local-engine.md',
} as const;

/** Options of every command that works on a deployed stack. */
export const TARGET = {
  local: {
    help: 'work on the engine on this machine, which is started when it is not running, instead of AWS. Without it, an engine that is running is used when nothing is deployed',
  },
  data: { ...DATA, help: 'where the engine keeps its data' },
  settings: {
    ...SETTINGS,
    help: 'with --local, when the engine is not running: settings file to start it with',
  },
} as const;

/** What {@link TARGET} reads. */
export interface TargetValues {
  local: boolean;
  /** Absolute path. */
  data: string;
  /** Absolute path. */
  settings?: string;
}

/** @throws UsageError unless the text is a number above zero */
export function positive(text: string, option: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`Expected a positive number for ${option} but received "${text}"`);
}

/** @throws UsageError unless the text is a whole number from 1 */
export function count(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`Expected a positive whole number for ${option} but received "${text}"`);
}

/** @returns a reader of numbers, which throws UsageError outside of these bounds */
export const within =
  (least: number, most: number) =>
  (text: string, option: string): number => {
    const value = text.trim() ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new UsageError(`Expected a number from ${least} to ${most} for ${option} but received "${text}"`);
  };

/** @throws UsageError unless the text is a port number */
export function port(text: string, option: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new UsageError(`Expected a port from 0 to 65535 for ${option} but received "${text}"`);
}

/**
 * @returns the absolute path
 * @throws UsageError when there is no such file
 */
export function settingsFile(text: string, option: string): string {
  const file = path.resolve(text);
  if (existsSync(file)) return file;
  throw new UsageError(`Expected a settings file for ${option} but there is nothing at ${file}`);
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/**
 * A moment in the past, as ISO 8601 text in UTC: `2026-11-21`, `2026-11-21T05:00Z`, or how long ago, `90m`, `2h`, `3d`.
 *
 * @throws UsageError for anything else, and for the future
 */
export function moment(text: string, option: string, now = new Date()): string {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const time = unit
    ? now.getTime() - Number(amount) * (UNITS[unit] as number) * 1_000
    : /^\d{4}-\d{2}-\d{2}/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  const valid = new Date(time);
  if (Number.isNaN(valid.getTime())) {
    throw new UsageError(
      `Expected a date, a time such as 2026-11-21T05:00Z, or a duration such as 2h or 3d for ${option} but received "${text}"`,
    );
  }
  if (valid > now) throw new UsageError(`Expected a time in the past for ${option} but received "${text}"`);
  return valid.toISOString();
}

/** What {@link moment} reads, for the help. */
export const MOMENTS = '2026-11-21, 2026-11-21T05:00Z, 90m, 2h or 3d';
