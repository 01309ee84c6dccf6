/**
 * What a message says of an image that is beyond a limit. It goes to whoever uploaded the image, who cannot change a
 * setting. The mail to operators adds the name of the setting, which it finds by the message: an error that Step Functions
 * hands on is a name and a text.
 */

const LIMITS = {
  bytes: { setting: 'limits.bytes', found: (count: string) => `The file has ${count} bytes`, where: '' },
  side: {
    setting: 'limits.side',
    found: (count: string) => `One side of the image is ${count} pixels long`,
    where: '',
  },
  memory: {
    setting: 'functions.thumbnail.memoryMb',
    found: (count: string) => `The image has ${count} pixels`,
    where: ' in this format, which takes much memory to decode',
  },
  pixels: { setting: 'limits.pixels', found: (count: string) => `The image has ${count} pixels`, where: '' },
} as const;

export type Limit = keyof typeof LIMITS;

/** @param found @param allowed bytes, pixels, or pixels of a side */
export function tooLarge(limit: Limit, found: number, allowed: number): string {
  const words = LIMITS[limit];
  const advice = limit === 'memory' ? 'Upload a smaller image or a JPEG.' : 'Upload a smaller image.';
  return `${words.found(grouped(found))}; at most ${grouped(allowed)} are allowed${words.where}. ${advice}`;
}

/** Formatted only here: a formatter that is made while a function loads costs every cold start 2 ms. */
const grouped = (count: number): string => count.toLocaleString('en-US');

/** @param milliseconds that the function had for it */
export function tookTooLong(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  return `The image takes more than ${seconds} s to decode. Upload a smaller image or a JPEG.`;
}

/**
 * The setting to raise so that the image is accepted.
 *
 * @returns undefined for a text that is none of {@link tooLarge} or {@link tookTooLong}
 */
export function settingToRaise(message: string): string | undefined {
  if (/^The image takes more than \d+ s to decode\./.test(message))
    return 'functions.thumbnail.timeoutSeconds';
  const words = Object.values(LIMITS).find(
    ({ found, where }) =>
      message.includes(`are allowed${where}.`) && message.replace(/[\d,]+/, '#').startsWith(found('#')),
  );
  return words?.setting;
}
