/** What the options of the commands mean, beyond text. */
import { UsageError } from './arguments';

/** Options every command that works on a deployed stack has. */
export const TARGET = {
  local: { type: 'boolean', default: false },
  data: { type: 'string', default: '.local' },
} as const;

/** @throws UsageError when it is no number above zero */
export function positive(text: string, option: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`Expected a positive number for ${option} but received "${text}"`);
}

/** @throws UsageError when it is no whole number from 1 */
export function count(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`Expected a positive whole number for ${option} but received "${text}"`);
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
