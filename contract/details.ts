/** What the record, the message and the API say of a picture besides its thumbnails, where its preset asks for it. */

/** What to show until a thumbnail is loaded: three ways to stand for the whole picture, upright and in sRGB. */
export interface Placeholders {
  /** A ThumbHash in base64, 17 to 25 bytes: evanw.github.io/thumbhash. It keeps transparency. */
  thumbhash: string;
  /** A WebP with a longer side of 8 pixels as a data URL of about 120 characters, for example for Next.js. It keeps transparency. */
  blurDataURL: string;
  /** The most frequent colour of what shows, as `#rrggbb`. */
  color: string;
}

/** What can be taken over from a file's EXIF. A setting says which of them are; nothing else is ever read out of it. */
export const EXIF_FIELDS = [
  'takenAt',
  'camera',
  'lens',
  'exposureTime',
  'aperture',
  'iso',
  'focalLength',
  'gps',
] as const;
export type ExifField = (typeof EXIF_FIELDS)[number];

/** What the camera wrote into the file: a claim of whoever made it. A field is left out if the file has no valid value for it. */
export interface Exif {
  /**
   * When the picture was taken, in ISO 8601: `2026-03-12T14:07:56.120+02:00`. Without `+02:00` if the file names no offset: then
   * it is the time on the camera's clock. The fraction of a second is left out too if there is none.
   */
  takenAt?: string;
  /** Maker and model, at most 100 characters. */
  camera?: string;
  /** At most 100 characters. */
  lens?: string;
  /** Seconds. */
  exposureTime?: number;
  /** The f-number. */
  aperture?: number;
  iso?: number;
  /** Millimetres, of the lens as it is. */
  focalLength?: number;
  /** Where the picture was taken: degrees, north and east positive. */
  gps?: { latitude: number; longitude: number };
}

/** Each is left out if the preset doesn't ask for it; `exif` also if the file has none of what is asked for. */
export interface Details {
  placeholders?: Placeholders;
  exif?: Exif;
}
