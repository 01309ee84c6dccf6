import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { openSync, statSync } from 'node:fs';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, withRoom, writeDurably } from '../../durable';
import { KeyedMutex } from '../../keyed-mutex';
import { AwsError } from '../../service';
import { loadVersions, readJson } from './load';
import type { Sequencer } from './sequencer';
import { SortedKeys } from './sorted-keys';
import {
  type DeleteMarker,
  type Description,
  IndexedVersion,
  type ObjectVersion,
  type Tags,
  type Version,
} from './version';

/** What a delete did: it removed a version permanently, or added a delete marker. */
export interface Deletion {
  version: Version;
  sequencer: string;
  permanent: boolean;
}

/**
 * Makes the event of a change durable before the change itself. Otherwise a crash between the two would leave a change that
 * nobody hears of.
 */
export type Announce<Change> = (change: Change) => Promise<Announcement | undefined>;

/** An event that waits for its change. One that is neither released nor cancelled is looked at again at the next start. */
export interface Announcement {
  /** The change is durable: from now on the event is delivered. */
  release(): void;
  /** The change did not happen. */
  cancel(): Promise<void>;
}

/** Decides on the version that is current at the moment of the change; throws to refuse. A marker counts as absent. */
export type Precondition = (current: ObjectVersion | undefined) => void;

/**
 * The versions of the objects of one bucket, on disk:
 *
 *     objects/<SHA-256 of the key>/<version id>.json   metadata; its rename into place is the commit
 *     objects/<SHA-256 of the key>/<UUID>.data         the bytes, never changed once they are there
 *     incoming/<UUID>                                  what is still being received; emptied at the start
 *
 * No name on disk comes from a caller. An index of all versions is held in memory, without their headers and tags.
 */
export class BucketStore {
  readonly #versions: Map<string, Version[]>;
  readonly #mutex = new KeyedMutex();
  readonly #objects: string;
  readonly #incoming: string;
  readonly keys: SortedKeys;
  /** When the bucket was first opened. */
  readonly created: Date;
  versioning: 'Enabled' | 'Suspended' | undefined;

  constructor(
    directory: string,
    versioning: boolean,
    private readonly sequencer: Sequencer,
  ) {
    this.#objects = join(directory, 'objects');
    this.#incoming = join(directory, 'incoming');
    this.#versions = loadVersions(this.#objects, this.#incoming);
    this.created = statSync(directory).birthtime;
    this.keys = new SortedKeys(this.#versions.keys());
    for (const versions of this.#versions.values()) {
      for (const [n, version] of versions.entries()) versions[n] = this.#indexed(version);
    }
    const versions = [...this.#versions.values()].flat();
    for (const version of versions) sequencer.observe(version.sequencer);
    // A bucket that once had versions can only suspend them.
    const off = versions.some(({ id }) => id !== 'null') ? 'Suspended' : undefined;
    this.versioning = versioning ? 'Enabled' : off;
  }

  /** All versions of a key, the newest first. */
  versionsOf(key: string): readonly Version[] {
    return this.#versions.get(key) ?? [];
  }

  /** The current version, which may be a delete marker. */
  current(key: string): Version | undefined {
    return this.versionsOf(key)[0];
  }

  find(key: string, versionId: string): Version | undefined {
    return this.versionsOf(key).find(({ id }) => id === versionId);
  }

  /**
   * Opens the bytes of a version. Once open they stay readable, whatever happens to the version.
   *
   * @returns file descriptor
   * @throws AwsError `InternalError`, which callers retry, when the version has just been replaced or deleted
   */
  open(version: ObjectVersion): number {
    try {
      return openSync(join(this.#directoryOf(version.key), version.file), 'r');
    } catch (error) {
      if (this.find(version.key, version.id) === version) throw error;
      throw new AwsError(
        'InternalError',
        'The object was replaced while it was being read. Please try again.',
        500,
      );
    }
  }

  /** Calls a function with a path to write bytes to, and removes whatever is left there afterwards. */
  async staged<T>(use: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.#incoming, randomUUID());
    try {
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  /**
   * Makes a staged file the current version of a key. When this resolves, the version survives a crash.
   *
   * @param path staged file; it is moved
   */
  put(
    key: string,
    path: string,
    description: Description,
    precondition: Precondition,
    announce: Announce<ObjectVersion>,
  ): Promise<ObjectVersion> {
    return this.#mutex.run(key, async () => {
      precondition(this.#live(key));
      const version: ObjectVersion = {
        ...this.#entry(key),
        deleteMarker: false,
        file: `${randomUUID()}.data`,
        ...description,
      };
      return announced(announce, version, async () => {
        await this.#makeDirectory(key);
        await rename(path, join(this.#directoryOf(key), version.file));
        await this.#commit(version).catch(async (error) => {
          await this.#removeData(version);
          throw error;
        });
      });
    });
  }

  /**
   * Deletes as S3 does: permanently with a version id; otherwise by adding a delete marker if the bucket has versions.
   *
   * @returns undefined if there was nothing to delete
   */
  delete(
    key: string,
    versionId: string | undefined,
    precondition: Precondition,
    announce: Announce<Deletion>,
  ): Promise<Deletion | undefined> {
    return this.#mutex.run(key, async () => {
      precondition(this.#live(key));
      if (versionId === undefined && this.versioning) {
        const marker: DeleteMarker = { ...this.#entry(key), deleteMarker: true };
        const deletion = { version: marker, sequencer: marker.sequencer, permanent: false };
        return announced(announce, deletion, async () => {
          await this.#makeDirectory(key);
          await this.#commit(marker);
        });
      }
      const version = versionId === undefined ? this.current(key) : this.find(key, versionId);
      if (!version) return undefined;
      const sequencer = this.sequencer.next();
      return announced(announce, { version, sequencer, permanent: true }, async () => {
        await this.sequencer.remember(sequencer);
        await this.#remove(version);
      });
    });
  }

  /** Replaces the tags of a version. */
  async setTags(version: ObjectVersion, tags: Tags): Promise<void> {
    await this.#mutex.run(version.key, async () => {
      // It may have been deleted while this waited for its turn. Then there is nothing to tag.
      if (!this.versionsOf(version.key).includes(version)) return;
      await this.#write({ ...this.#details(version), tags });
    });
  }

  #live(key: string): ObjectVersion | undefined {
    const current = this.current(key);
    return current?.deleteMarker ? undefined : current;
  }

  #entry(key: string) {
    return {
      key,
      id: this.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null',
      sequencer: this.sequencer.next(),
      lastModified: new Date(Math.floor(Date.now() / 1000) * 1000).toISOString(),
    };
  }

  async #commit(version: Version): Promise<void> {
    const replaced = this.find(version.key, version.id);
    pin(replaced);
    await this.#write(version);
    const others = this.versionsOf(version.key).filter(({ id }) => id !== version.id);
    this.#versions.set(version.key, [this.#indexed(version), ...others]);
    this.keys.add(version.key);
    if (replaced) await this.#removeData(replaced);
  }

  #indexed(version: Version): Version {
    return version.deleteMarker ? version : new IndexedVersion(version, this.#details);
  }

  readonly #details = (version: Version): ObjectVersion => readJson(this.#metadataOf(version));

  #metadataOf({ key, id }: Version): string {
    return join(this.#directoryOf(key), `${id}.json`);
  }

  async #remove(version: Version): Promise<void> {
    const directory = this.#directoryOf(version.key);
    pin(version);
    await rm(this.#metadataOf(version), { force: true });
    await syncDirectory(directory);
    const rest = this.versionsOf(version.key).filter((other) => other !== version);
    if (rest.length > 0) this.#versions.set(version.key, rest);
    else {
      this.#versions.delete(version.key);
      this.keys.delete(version.key);
    }
    await this.#removeData(version);
    if (rest.length === 0) await rmdir(directory);
  }

  async #removeData(version: Version): Promise<void> {
    if (version.deleteMarker) return;
    await rm(join(this.#directoryOf(version.key), version.file), { force: true });
  }

  async #write(version: Version): Promise<void> {
    await writeDurably(this.#metadataOf(version), `${JSON.stringify(version, null, 2)}\n`);
  }

  async #makeDirectory(key: string): Promise<void> {
    await withRoom(async () => {
      if (await mkdir(this.#directoryOf(key), { recursive: true })) await syncDirectory(this.#objects);
    });
  }

  #directoryOf(key: string): string {
    return join(this.#objects, createHash('sha256').update(key).digest('hex'));
  }
}

async function announced<Change>(
  announce: Announce<Change>,
  change: Change,
  perform: () => Promise<void>,
): Promise<Change> {
  const announcement = await announce(change);
  try {
    await perform();
  } catch (error) {
    await announcement?.cancel();
    throw error;
  }
  announcement?.release();
  return change;
}

/** Keeps the details of a version that is about to disappear from the disk. */
function pin(version: Version | undefined): void {
  if (version instanceof IndexedVersion) version.pin();
}
