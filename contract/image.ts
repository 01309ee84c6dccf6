import type { Details } from './details';
import type { InputFormat, OutputFormat } from './formats';
import type { SCHEMA } from './schema';
import type { Source } from './source';

/** Pixels. */
export interface Size {
  width: number;
  height: number;
}

/** What Validate has read from the bytes. */
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
   * Names of the lazy variants that were requested of an earlier version. They are made with the others, so that nothing
   * of the earlier version stays under a key that can be predicted. Left out if there are none.
   */
  requested?: string[];
  /**
   * No thumbnail of the object was recorded before this run. So none is looked up before it is made, which saves a
   * request each; if there is one all the same, the conditional write finds out.
   */
  isNew?: true;
}

/** The preset that thumbnails are made from. */
export interface PresetReference {
  name: string;
  /** Changes whenever the thumbnails that it asks for change. */
  hash: string;
  /** The size that the object's name asks for, if it does. */
  size?: Size;
}

/** One thumbnail in the thumbnails bucket. */
export interface Thumbnail {
  variant: string;
  bucket: string;
  /** Needs no encoding in a URL: contract/escape-key.ts. */
  key: string;
  format: OutputFormat;
  width: number;
  height: number;
  bytes: number;
  /** Whether it moves, with every frame of the image. Left out of stills. */
  animated?: true;
  /** Why it is a still, if the image and the variant are animated. */
  note?: string;
  /** Its URL for browsers: it holds no `%`, and changes whenever the image or its variant does. Left out without delivery. */
  url?: string;
}

/** A lazy variant that nobody has requested yet: the first request for its URL makes it. */
export type Offer = Omit<Thumbnail, 'bytes'>;

/** The thumbnails of an image, and the details of it that its preset asks for. */
export interface Thumbnails extends Details {
  schema: typeof SCHEMA;
  items: Thumbnail[];
  /** Left out if there are none. */
  onRequest?: Offer[];
}
