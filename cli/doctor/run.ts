import type { Result } from '../lib/command';
import { interruptible } from '../lib/interruption';
import type { TargetValues } from '../lib/options';
import { openTarget, type Target } from '../lib/target';
import { Examination } from './examination';
import { describe, type Finding } from './finding';

/** @param values `timeout` in seconds */
export async function examine({ timeout, ...place }: TargetValues & { timeout: number }): Promise<Result> {
  const target = await openTarget(place);
  try {
    return await interruptible((signal) => report(target, timeout, signal));
  } finally {
    await target.close();
  }
}

/** Prints each finding as it is made. */
async function report(target: Target, seconds: number, signal: AbortSignal): Promise<Result> {
  let wrong = false;
  const show = (finding: Finding) => {
    console.log(describe(finding));
    wrong ||= finding.level === 'problem';
  };
  const examination = new Examination(target, { seconds, signal });
  for await (const finding of examination.look()) show(finding);
  for await (const finding of examination.try()) show(finding);
  return { ok: !wrong, summary: wrong ? '\nSomething is wrong: see above.' : '\nIt works.' };
}
