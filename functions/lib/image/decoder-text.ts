import { CorruptImage, ImageTooLarge, UnsupportedFormat } from '../../../contract/errors';
import { printable } from '../../../contract/text';

/**
 * Warnings of libjpeg after which every row is there: `jerror.h` of libjpeg-turbo. All others say that data are missing or
 * were made up. Bytes between the data and a restart marker are not among them, since what follows may be displaced.
 */
const HARMLESS: readonly RegExp[] = [
  /^Corrupt JPEG data: \d+ extraneous bytes before marker 0x(?!d[0-7])/,
  /^Unknown Adobe color transform code/,
  /^Warning: unknown JFIF revision number/,
  /^Inconsistent progression sequence/,
  /^Corrupt JPEG data: bad ICC marker/,
];

/** Whether a JPEG that sharp refused with `failOn: 'warning'` is whole all the same. */
export function isHarmless(error: Error): boolean {
  const lines = error.message.split('\n').map((line) => line.replace(/^VipsJpeg: /, '').trim());
  return lines.every((line) => line === '' || HARMLESS.some((pattern) => pattern.test(line)));
}

/** Messages of decoders, with what a person is told instead. */
const CAUSES: readonly [
  text: RegExp,
  error: new (message: string, options: ErrorOptions) => Error,
  told: string,
][] = [
  [
    /exceeds pixel limit/i,
    ImageTooLarge,
    'The image has more pixels than its header says. Export it again and upload it.',
  ],
  [
    /unsupported (feature|colou?r|codec|bit depth|compression)|not configured|no codec/i,
    UnsupportedFormat,
    'The image uses a feature of its format that is not supported. Export it again, for example as JPEG, and upload it.',
  ],
  [
    /premature end|unexpected end|end of (file|data|input)|truncated|not enough|read error|bad seek/i,
    CorruptImage,
    'The image ends before its last row: it was cut off. Upload the whole file.',
  ],
];

const DAMAGED = 'The image is damaged and cannot be decoded. Export it again and upload it.';

/**
 * The failure of a decoder in words for a person. Its own text, which means nothing to most, goes to the log with
 * the key of the object that the execution names.
 */
export function asWorkflowError(error: Error): Error {
  if (error instanceof UnsupportedFormat) return error;
  console.warn(`The decoder refused the image: ${printable(error.message.slice(0, 1_000))}`);
  const [, Named, told] = CAUSES.find(([text]) => text.test(error.message)) ?? [null, CorruptImage, DAMAGED];
  return new Named(told, { cause: error });
}
