/** What a check found before anything is changed in an account. */
export interface Finding {
  /** `stop`: the deploy would fail or would not do what was intended. `note`: worth knowing. */
  level: 'stop' | 'note';
  /** What was found, and what to do about it. */
  text: string;
}

export const stop = (text: string): Finding => ({ level: 'stop', text });
export const note = (text: string): Finding => ({ level: 'note', text });
