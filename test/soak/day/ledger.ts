import type { Content } from '../../order/contents';

/** What was last acknowledged for a key: an upload, or a deletion. */
export interface Acknowledged {
  content: Content | null;
  /** Version id of the object, or of the delete marker. */
  version: string;
}

/** What the engine has acknowledged, and nothing else. */
export class Ledger {
  readonly keys = new Map<string, Acknowledged>();
  readonly counts = { uploads: 0, overwrites: 0, deletions: 0 };
  /** How often requests were refused or cut off, by the name of the error. Each was tried again until it was acknowledged. */
  readonly refusals = new Map<string, number>();

  acknowledge(key: string, acknowledged: Acknowledged): void {
    if (acknowledged.content === null) this.counts.deletions++;
    else if (this.keys.has(key)) this.counts.overwrites++;
    else this.counts.uploads++;
    this.keys.set(key, acknowledged);
  }

  refuse(name: string): void {
    this.refusals.set(name, (this.refusals.get(name) ?? 0) + 1);
  }

  get total(): number {
    const { uploads, overwrites, deletions } = this.counts;
    return uploads + overwrites + deletions;
  }
}
