import { CorruptImage, SuspiciousImage, UnsupportedFormat } from '../../../../contract/errors';
import { asImage } from '../../../../functions/lib/image/image';
import { type Scan, scan } from '../../../../functions/lib/prescan';
import { phonePicture } from '../../../fixtures/heic';
import { type Format, picture } from '../../../fixtures/images';

const accepted: Format[] = ['jpeg', 'png', 'webp', 'gif'];
const whole = { whole: true };

test.each(accepted)('a %s goes on to the decoder', async (format) => {
  const result = scan(await picture({ format }), whole);
  expect(asImage(result, accepted)).toBe(result);
});

test.each<[string, () => Scan | Promise<Scan>, new (message: string) => Error, RegExp]>([
  [
    'a format that is not accepted',
    async () => scan(await picture({ format: 'avif' }), whole),
    UnsupportedFormat,
    /^Only JPEG, PNG, WebP, and GIF images are accepted; this file is an AVIF image\. Convert it and upload it again/,
  ],
  [
    'something that is not an image',
    () => scan(Buffer.from('plain text'), whole),
    UnsupportedFormat,
    /; this file is plain text\./,
  ],
  [
    'an iPhone photo',
    () => scan(phonePicture(), whole),
    UnsupportedFormat,
    /; this file is a HEIC image \(iPhone photo\)/,
  ],
  [
    'more scans than any encoder writes',
    async () => scan(await picture({ progressive: true }), { ...whole, limits: { scans: 2 } }),
    SuspiciousImage,
    /at most 2 scans in a JPEG but found \d+/,
  ],
  [
    'a picture that ends too early',
    async () => scan((await picture({ format: 'png' })).subarray(0, 20), whole),
    CorruptImage,
    /^The PNG is damaged: its 20 bytes end before the image begins\. Export/,
  ],
  [
    'a header that comes later',
    () => ({ kind: 'more', format: 'jpeg' }),
    CorruptImage,
    /ends before its header/,
  ],
])('%s is refused by name', async (_, result, Failure, message) => {
  const refused = await result();
  expect(() => asImage(refused, accepted)).toThrow(Failure);
  expect(() => asImage(refused, accepted)).toThrow(message);
  expect(() => asImage(refused, accepted)).not.toThrow('..');
});
