import type { Checksum } from '../checksums';

/** What all versions of a key have. Stored as JSON next to the bytes. */
interface Entry {
  key: string;
  /** Version id; the text `null` if the bucket had no versioning. */
  id: string;
  sequencer: string;
  /** ISO 8601 in whole seconds, as in S3. */
  lastModified: string;
}

export interface ObjectVersion extends Entry {
  readonly deleteMarker: false;
  /** Name of the file with the bytes. */
  file: string;
  size: number;
  /** Without quotes. */
  etag: string;
  checksum: Checksum;
  /** Sizes of the parts in order, if it was uploaded in parts. */
  readonly parts?: number[] | undefined;
  /** Content headers, user metadata and storage class, by lower-case name. */
  readonly headers: Record<string, string>;
  readonly tags: Tags;
}

export interface DeleteMarker extends Entry {
  deleteMarker: true;
}

export type Version = ObjectVersion | DeleteMarker;

/** Object tags, in the order in which they were given. */
export type Tags = [key: string, value: string][];

/** What a new version consists of. The bucket adds the rest. */
export type Description = Omit<ObjectVersion, keyof Entry | 'deleteMarker' | 'file'>;

/** What is read from the disk when it is needed: most of a version's bytes, and few requests ask for them. */
type Details = Pick<ObjectVersion, 'headers' | 'tags' | 'parts'>;

/** A version as the index holds it, without its {@link Details}. */
export class IndexedVersion implements ObjectVersion {
  readonly deleteMarker = false;
  readonly key: string;
  readonly id: string;
  readonly sequencer: string;
  readonly lastModified: string;
  readonly file: string;
  readonly size: number;
  readonly etag: string;
  readonly checksum: Checksum;
  readonly #read: (version: IndexedVersion) => Details;
  #pinned: Details | undefined;

  /** @param read reads the details of the version from the disk */
  constructor(version: ObjectVersion, read: (version: IndexedVersion) => Details) {
    this.key = version.key;
    this.id = version.id;
    this.sequencer = version.sequencer;
    this.lastModified = version.lastModified;
    this.file = version.file;
    this.size = version.size;
    this.etag = version.etag;
    this.checksum = version.checksum;
    this.#read = read;
  }

  get headers(): Record<string, string> {
    return this.#details.headers;
  }

  get tags(): Tags {
    return this.#details.tags;
  }

  get parts(): number[] | undefined {
    return this.#details.parts;
  }

  /** Call before the version is removed from the disk: requests that have begun still need its details. */
  pin(): void {
    this.#pinned = this.#details;
  }

  get #details(): Details {
    return this.#pinned ?? this.#read(this);
  }
}
