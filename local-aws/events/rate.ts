/** Seconds of each unit of a rate: docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
const UNITS: Record<string, number> = { minute: 60, hour: 3_600, day: 86_400 };

/**
 * @param expression for example `rate(5 minutes)`
 * @returns seconds
 * @throws Error for an expression that AWS would refuse, and for `cron(…)`, which doesn't run here
 */
export function parseRate(expression: string): number {
  const [, digits, unit = '', plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const count = Number(digits);
  // AWS accepts "1 minute" and "2 minutes", but neither "1 minutes" nor "2 minute".
  if (!(count >= 1) || (count === 1) !== (plural === '')) {
    throw new Error(
      `Expected rate(1 minute) or rate(N minutes), in minutes, hours or days, but received ${expression}`,
    );
  }
  return count * UNITS[unit]!;
}
