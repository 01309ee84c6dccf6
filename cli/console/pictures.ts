/** The pictures of a run, and which bytes a browser is given as a picture. */
import type { Picture, Run } from './api';
import type { RunState } from './state-of';

/** Formats that every current browser shows. */
const SHOWN = new Set(['jpeg', 'png', 'webp', 'gif', 'avif']);

/** The source as the history knows it. @returns undefined if the run is about no object */
export function sourceOf({ object }: Run, state: RunState | undefined): Picture | undefined {
  if (!object) return undefined;
  const { image } = state ?? {};
  const format = image?.format ?? 'unknown';
  return {
    name: 'original',
    ...object,
    format,
    ...(image && { width: image.width, height: image.height }),
    bytes: image?.bytes ?? state?.detail?.object.size ?? 0,
    shown: SHOWN.has(format),
  };
}

/** The source as its bytes are: a run that has failed early knows little about it. */
export function seen(picture: Picture, { size, first }: { size: number; first: Uint8Array }): Picture {
  const format = typeOf(first)?.replace('image/', '') ?? picture.format;
  return { ...picture, format, bytes: size, shown: SHOWN.has(format) };
}

export function thumbnailsOf(state: RunState | undefined): Picture[] {
  return (state?.thumbnails?.items ?? []).map(({ variant, bucket, key, format, width, height, bytes }) => ({
    name: variant,
    bucket,
    key,
    format,
    width,
    height,
    bytes,
    shown: SHOWN.has(format),
  }));
}

const starts = (bytes: Uint8Array, text: string, at = 0) =>
  Buffer.from(bytes).toString('latin1', at, at + text.length) === text;

/** Magic numbers. What an uploader says about the type counts for nothing. */
const TYPES: [type: string, matches: (bytes: Uint8Array) => boolean][] = [
  ['image/jpeg', (bytes) => starts(bytes, '\xff\xd8\xff')],
  ['image/png', (bytes) => starts(bytes, '\x89PNG\r\n\x1a\n')],
  ['image/gif', (bytes) => starts(bytes, 'GIF8')],
  ['image/webp', (bytes) => starts(bytes, 'RIFF') && starts(bytes, 'WEBP', 8)],
  ['image/avif', (bytes) => starts(bytes, 'ftypavif', 4) || starts(bytes, 'ftypavis', 4)],
];

/** How many bytes {@link typeOf} needs. */
export const MAGIC_BYTES = 12;

/** @returns the type of a picture that a browser shows and that can't act; undefined for anything else, such as SVG and HTML */
export function typeOf(bytes: Uint8Array): string | undefined {
  return TYPES.find(([, matches]) => matches(bytes))?.[0];
}
