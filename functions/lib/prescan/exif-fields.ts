import type { Exif, ExifField } from '../../../contract/details';
import { printable } from '../../../contract/text';
import { readTiffHeader } from './directory';
import { ExifDirectory } from './exif-directory';
import { EndOfBytes, Reader } from './reader';

/** Tags of the first directory: EXIF 3.0 (CIPA DC-008), table 4. */
const MAIN = { make: 0x010f, model: 0x0110, exif: 0x8769, gps: 0x8825 } as const;

/** Tags of the EXIF directory: tables 7 and 8. */
const CAMERA = {
  exposureTime: 0x829a,
  fNumber: 0x829d,
  sensitivity: 0x8827,
  taken: 0x9003,
  takenOffset: 0x9011,
  takenFraction: 0x9291,
  focalLength: 0x920a,
  lens: 0xa434,
} as const;

/** Tags of the GPS directory: table 15. */
const GPS = { latitudeRef: 1, latitude: 2, longitudeRef: 3, longitude: 4 } as const;

/** Characters of a text. The longest names of lenses have about 60. */
const MOST_CHARACTERS = 100;

/** A character has at most four bytes in UTF-8. */
const MOST_BYTES = 4 * MOST_CHARACTERS;

/** The directories of one EXIF block. Each is read when it is first needed, so that of GPS only if it is asked for. */
interface Directories {
  main: ExifDirectory;
  readonly camera: ExifDirectory | undefined;
  readonly gps: ExifDirectory | undefined;
}

/**
 * Takes the wanted fields out of EXIF, a TIFF structure with or without `Exif\0\0` before it. It reads at most three
 * directories, each once and in time linear in the bytes, and never the maker's own notes. Whoever wrote the file chose
 * these values, so each is checked: a text is cut and made printable, a number must be finite, a time must exist.
 *
 * @returns undefined if it has none of the fields
 */
export function readExif(block: Uint8Array, wanted: readonly ExifField[]): Exif | undefined {
  const directories = openDirectories(block);
  if (directories === undefined) return undefined;
  const found = wanted.flatMap((field) => {
    const value = FIELDS[field](directories);
    return value === undefined ? [] : [[field, value]];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function openDirectories(block: Uint8Array): Directories | undefined {
  const start = new Reader(block);
  start.skipText('Exif\0\0');
  const reader = start.slice(start.position, start.length);
  const header = headerOf(reader);
  if (header === undefined) return undefined;
  const read = (at: number | undefined, tags: Record<string, number>) =>
    at === undefined ? undefined : new ExifDirectory(reader, at, Object.values(tags), header.big);
  const main = read(header.first, MAIN) as ExifDirectory;
  let camera: ExifDirectory | undefined;
  return {
    main,
    get camera() {
      camera ??= read(main.integer(MAIN.exif), CAMERA);
      return camera;
    },
    get gps() {
      return read(main.integer(MAIN.gps), GPS);
    },
  };
}

function headerOf(reader: Reader): ReturnType<typeof readTiffHeader> {
  try {
    return readTiffHeader(reader);
  } catch (error) {
    if (error instanceof EndOfBytes) return undefined;
    throw error;
  }
}

const FIELDS: { [Field in ExifField]: (from: Directories) => Exif[Field] } = {
  takenAt: ({ camera }) =>
    isoTime(
      camera?.text(CAMERA.taken, MOST_BYTES),
      camera?.text(CAMERA.takenFraction, MOST_BYTES),
      camera?.text(CAMERA.takenOffset, MOST_BYTES),
    ),
  camera: ({ main }) =>
    makerAndModel(readable(main.text(MAIN.make, MOST_BYTES)), readable(main.text(MAIN.model, MOST_BYTES))),
  lens: ({ camera }) => readable(camera?.text(CAMERA.lens, MOST_BYTES)),
  exposureTime: ({ camera }) => positive(camera?.fractions(CAMERA.exposureTime, 1)?.[0]),
  aperture: ({ camera }) => positive(camera?.fractions(CAMERA.fNumber, 1)?.[0]),
  iso: ({ camera }) => positive(camera?.integer(CAMERA.sensitivity)),
  focalLength: ({ camera }) => positive(camera?.fractions(CAMERA.focalLength, 1)?.[0]),
  gps: ({ gps }) => {
    const latitude = degrees(gps, GPS.latitude, GPS.latitudeRef, { N: 1, S: -1 }, 90);
    const longitude = degrees(gps, GPS.longitude, GPS.longitudeRef, { E: 1, W: -1 }, 180);
    return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
  },
};

/** Not a literal, for which V8 would look up the classes at every start. */
const LETTER_OR_DIGIT = '[\\p{L}\\p{N}]';

/** On one line, without what could control a terminal or disguise it. Undefined if nothing is left to read, as of `----`. */
function readable(text = ''): string | undefined {
  const line = printable(text.trim().replace(/\s+/g, ' '));
  return new RegExp(LETTER_OR_DIGIT, 'u').test(line) ? cut(line) : undefined;
}

function cut(text: string): string {
  const characters = [...text];
  if (characters.length <= MOST_CHARACTERS) return text;
  return `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}

/** "Apple iPhone 15", but "Canon EOS R5" and not "Canon Canon EOS R5": many models begin with their maker's name. */
function makerAndModel(make: string | undefined, model: string | undefined): string | undefined {
  if (make === undefined || model === undefined) return make ?? model;
  const [name = ''] = make.toLowerCase().split(' ');
  const isNamed =
    model.toLowerCase().startsWith(name) &&
    !new RegExp(`^${LETTER_OR_DIGIT}`, 'u').test(model.slice(name.length));
  return cut(isNamed ? model : `${make} ${model}`);
}

/** Six digits are more than any camera means. */
function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? Number(value.toPrecision(6)) : undefined;
}

/** `2026:03:12 14:07:56`, as EXIF writes a time; some programs use the separators of ISO 8601. */
const TIME = /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)$/;

/** `+02:00`: the farthest are 14 hours ahead and 12 behind. */
const OFFSET = /^[+-](0\d|1[0-4]):[0-5]\d$/;

/** The time in ISO 8601. Undefined if there is no such day or hour; a fraction or an offset that is invalid is left out. */
function isoTime(time = '', fraction = '', offset = ''): string | undefined {
  const [, year, month, day, hour, minute, second] = TIME.exec(time.trim()) ?? [];
  if (year === undefined) return undefined;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  // A day that doesn't exist becomes another one, and so does 24:00.
  const date = new Date(`${iso}Z`);
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(iso)) return undefined;
  const [digits] = /^\d+/.exec(fraction.trim()) ?? [];
  const milliseconds = digits === undefined ? '' : `.${digits.slice(0, 3).padEnd(3, '0')}`;
  return iso + milliseconds + (OFFSET.test(offset.trim()) ? offset.trim() : '');
}

/** Degrees, minutes and seconds as degrees, to a tenth of a metre. */
function degrees(
  gps: ExifDirectory | undefined,
  tag: number,
  refTag: number,
  signs: Record<string, number>,
  most: number,
): number | undefined {
  const sign = signs[gps?.text(refTag, MOST_BYTES)?.trim().toUpperCase() ?? ''];
  const parts = gps?.fractions(tag, 3);
  if (sign === undefined || !parts?.every((part) => part >= 0)) return undefined;
  const [whole = 0, minutes = 0, seconds = 0] = parts;
  const value = whole + minutes / 60 + seconds / 3_600;
  return value <= most ? Number((sign * value).toFixed(6)) + 0 : undefined;
}
