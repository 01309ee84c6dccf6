/** What a check found before anything is changed in an account. */
export interface Finding {
  /**
   * `stop`: the deploy would fail or would not do what was intended. `ask`: it would do what hardly anyone intends.
   * `note`: worth knowing.
   */
  level: 'stop' | 'ask' | 'note';
  /** What was found, and what to do about it. */
  text: string;
}

export const stop = (text: string): Finding => ({ level: 'stop', text });
export const note = (text: string): Finding => ({ level: 'note', text });
export const ask = (text: string): Finding => ({ level: 'ask', text });

const SIGNS = { stop: '✗', ask: '?', note: '•' };

/** Prints each finding on a line of its own. */
export function print(findings: Finding[]): void {
  for (const { level, text } of findings) console.error(`${SIGNS[level]} ${text}`);
}
