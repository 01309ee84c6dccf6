import type { Checksum } from '../checksums';

/** What all versions of a key have. Stored as JSON beside the data. */
interface Entry {
  key: string;
  /** Version id; `null` (the text) where the bucket was not versioning. */
  id: string;
  sequencer: string;
  /** ISO 8601. Whole seconds, as S3's are. */
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
  /** Sizes of the parts, in order, where it was uploaded in parts. */
  parts?: number[];
  /** Content headers, user metadata and storage class, by lower-case name. */
  headers: Record<string, string>;
  tags: Tags;
}

export interface DeleteMarker extends Entry {
  deleteMarker: true;
}

export type Version = ObjectVersion | DeleteMarker;

/** Object tags, in the order they were given. */
export type Tags = [key: string, value: string][];

/** What a new version is made of. The bucket adds the rest. */
export type Description = Omit<ObjectVersion, keyof Entry | 'deleteMarker' | 'file'>;
