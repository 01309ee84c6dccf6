/** One image in buckets and a table, with a workflow that follows deletions and uploads: what an erasure works on. */
import type { ErasePorts } from '../../../cli/erase/erase';
import type { Clock } from '../../../cli/lib/clock';
import type { StoredRecord } from '../../../cli/lib/records';
import type { Left, Version } from '../../../cli/lib/versions';

export const KEY = 'a.jpg';

type Bucket = 'uploads' | 'thumbnails' | 'quarantine';

export class World implements ErasePorts {
  readonly calls: string[] = [];
  record_: StoredRecord | null = null;
  versions: Version[] = [];
  /** Called before each call: it may change the world, or throw. */
  before: (call: string) => void = () => {};
  /** Whether the workflow follows events. */
  isFollowed = true;
  /** Ids of versions that may not be removed. */
  locked = new Set<string>();
  private second = 0;
  private ids = 0;

  constructor(private readonly isVersioned = true) {}

  /** A clock on which time passes only by waiting. */
  readonly clock: Clock = (() => {
    let now = 0;
    return {
      now: () => now,
      wait: async (milliseconds: number) => {
        now += milliseconds;
      },
    };
  })();

  /** Uploads the image, and processes it. */
  upload(): void {
    this.add('uploads', KEY);
    this.note('DONE');
    this.add('thumbnails', `${KEY}/small.jpg`, false);
  }

  /** Copies the original to quarantine. */
  copy(): void {
    this.add('quarantine', KEY);
  }

  /** Versions that are left of a bucket. */
  in(bucket: Bucket): Version[] {
    return this.versions.filter((each) => each.bucket === bucket);
  }

  async record(): Promise<StoredRecord | null> {
    this.call('record');
    return this.record_ && { ...this.record_ };
  }

  async originals(): Promise<Version[]> {
    this.call('originals');
    return this.in('uploads').map((each) => ({ ...each }));
  }

  async made() {
    this.call('made');
    return { thumbnails: this.in('thumbnails'), copies: this.in('quarantine') };
  }

  async hide(): Promise<void> {
    this.call('hide');
    if (this.isVersioned) this.add('uploads', KEY, true, true);
    else this.versions = this.versions.filter(({ bucket }) => bucket !== 'uploads');
    this.deleted(this.in('uploads').find(({ isLatest }) => isLatest)?.id ?? null);
  }

  async remove(versions: readonly Version[]): Promise<Left[]> {
    const left: Left[] = [];
    for (const { bucket, key, id, isMarker } of versions) {
      this.call(`remove ${bucket}${isMarker ? ' marker' : ''}`);
      if (this.locked.has(id)) {
        left.push({ what: `version ${id} of s3://${bucket}/${key}`, why: 'locked' });
        continue;
      }
      const gone = this.versions.find((each) => each.bucket === bucket && each.id === id);
      if (!gone) continue;
      this.versions = this.versions.filter((each) => each !== gone);
      const rest = this.versions.filter((each) => each.bucket === bucket);
      if (gone.isLatest && rest.length > 0) rest.at(-1)!.isLatest = true;
      if (bucket === 'uploads') this.deleted(id);
    }
    return left;
  }

  async removeRecord({ sequencer }: StoredRecord): Promise<boolean> {
    this.call('remove record');
    if (this.record_?.sequencer !== sequencer) return false;
    this.record_ = null;
    return true;
  }

  isProcessed(): boolean {
    return true;
  }

  private call(name: string): void {
    this.before(name);
    this.calls.push(name);
  }

  private add(bucket: Bucket, key: string, isVersioned = this.isVersioned, isMarker = false): void {
    for (const each of this.in(bucket)) each.isLatest = false;
    if (!isVersioned) this.versions = this.versions.filter((each) => each.bucket !== bucket);
    const id = isVersioned ? `${bucket}-${++this.ids}` : 'null';
    const modified = new Date(++this.second * 1_000);
    this.versions.push({ bucket, key, id, isMarker, isLatest: true, modified });
  }

  /** The workflow follows a deletion, unless the object is there. */
  private deleted(version: string | null): void {
    const latest = this.in('uploads').find(({ isLatest }) => isLatest);
    if (!this.isFollowed || (latest && !latest.isMarker)) return;
    this.note('DELETED', version);
    this.versions = this.versions.filter(({ bucket }) => bucket !== 'thumbnails');
  }

  private note(status: StoredRecord['status'], version: string | null = null): void {
    const sequencer = String(++this.second).padStart(4, '0');
    const updatedAt = new Date(this.second * 1_000).toISOString();
    this.record_ = { bucket: 'uploads', key: KEY, version, sequencer, status, execution: 'x', updatedAt };
  }
}
