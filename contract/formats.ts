/** Image formats that the workflow can decode. Which of them it accepts is a setting. */
export const INPUT_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff', 'heic'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** Image formats that a thumbnail can have. */
export const OUTPUT_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** How the keys of uploads through the API and the keys of thumbnails end, without the dot. */
export const SUFFIXES: Readonly<Record<InputFormat | OutputFormat, string>> = {
  jpeg: 'jpg',
  png: 'png',
  webp: 'webp',
  gif: 'gif',
  avif: 'avif',
  tiff: 'tiff',
  heic: 'heic',
};
