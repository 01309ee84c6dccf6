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
  deleteMarker: false;
  /** Name of the file with the bytes. */
  file: string;
  size: number;
  /** Without quotes. */
  etag: string;
  checksum: Checksum;
  /** Sizes of the parts in order, if it was uploaded in parts. */
  parts?: number[];
  /** Content headers, user metadata and storage class, by lower-case name. */
  headers: Record<string, string>;
  tags: Tags;
}

export interface DeleteMarker extends Entry {
  deleteMarker: true;
}

export type Version = ObjectVersion | DeleteMarker;

/** Object tags, in the order in which they were given. */
export type Tags = [key: string, value: string][];

/** What a new version consists of. The bucket adds the rest. */
export type Description = Omit<ObjectVersion, keyof Entry | 'deleteMarker' | 'file'>;
