import type { InputFormat, OutputFormat } from './formats';
import type { SCHEMA } from './schema';
import type { Source } from './source';

/** Pixels. */
export interface Size {
  width: number;
  height: number;
}

/** What Validate learned from the bytes. */
export interface Image {
  schema: typeof SCHEMA;
  source: Source;
  format: InputFormat;
  /** Pixels as a viewer sees them, after the EXIF orientation is applied. */
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
  /** Frames of an animation; 1 for a still image. */
  frames: number;
  /** Size of the object in bytes. */
  bytes: number;
  preset: PresetReference;
  /**
   * Lazy variants that an earlier version was asked for, by name: they are made with the others, so that nothing of an
   * earlier version is left under a key that can be predicted. Absent where there are none.
   */
  requested?: string[];
  /**
   * No thumbnail of the object was noted before this run: none is looked for before it is made, which saves a request
   * each. Should there be one all the same, the write finds out.
   */
  isNew?: true;
}

/** The preset that thumbnails are made by. */
export interface PresetReference {
  name: string;
  /** Changes whenever the thumbnails that are asked for do. */
  hash: string;
  /** The size that the name of the object asks for, where it asks for one. */
  size?: Size;
}

/** One thumbnail as it lies in the thumbnails bucket. */
export interface Thumbnail {
  variant: string;
  bucket: string;
  key: string;
  format: OutputFormat;
  width: number;
  height: number;
  bytes: number;
  /** Where a browser gets it; changes whenever the image or its variant does. Absent without delivery. */
  url?: string;
}

/** A lazy variant that nobody has asked for yet: made on the first request of its URL. */
export type Offer = Omit<Thumbnail, 'bytes'>;

export interface Thumbnails {
  schema: typeof SCHEMA;
  items: Thumbnail[];
  /** Absent where there are none. */
  onRequest?: Offer[];
}
