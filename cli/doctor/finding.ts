/** One thing that was checked, and the result. */
export interface Finding {
  /** `warning`: images are processed, but something is not as it should be. */
  level: 'ok' | 'warning' | 'problem';
  /** What was found, in one sentence. */
  what: string;
  /** What to do about it. */
  advice?: string;
}

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const warning = (what: string, advice: string): Finding => ({ level: 'warning', what, advice });
export const problem = (what: string, advice: string): Finding => ({ level: 'problem', what, advice });

const MARKS: Record<Finding['level'], string> = { ok: '✓', warning: '!', problem: '✗' };

export function describe({ level, what, advice }: Finding): string {
  return `${MARKS[level]} ${what}${advice ? `\n${advice.replace(/^(?=.)/gm, '    ')}` : ''}`;
}
