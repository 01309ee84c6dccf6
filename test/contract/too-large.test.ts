import { settingToRaise, tookTooLong, tooLarge } from '../../contract/messages/too-large';

describe('an image that is too large', () => {
  test.each([
    [
      'bytes',
      'limits.bytes',
      'The file has 1,234,567 bytes; at most 1,000,000 are allowed. Upload a smaller image.',
    ],
    [
      'pixels',
      'limits.pixels',
      'The image has 1,234,567 pixels; at most 1,000,000 are allowed. Upload a smaller image.',
    ],
    [
      'side',
      'limits.side',
      'One side of the image is 1,234,567 pixels long; at most 1,000,000 are allowed. Upload a smaller image.',
    ],
    [
      'memory',
      'functions.thumbnail.memoryMb',
      'The image has 1,234,567 pixels; at most 1,000,000 are allowed in this format, which takes much memory to decode. Upload a smaller image or a JPEG.',
    ],
  ] as const)('by its %s: the uploader is told no setting, and an operator %s', (limit, setting, message) => {
    expect(tooLarge(limit, 1_234_567, 1_000_000)).toBe(message);
    expect(settingToRaise(message)).toBe(setting);
  });

  test.each([
    [18_499, 18],
    [18_500, 19],
    [400, 0],
    [-1, 0],
  ])(
    'to be decoded within %d ms: the message says %d s, and an operator learns the setting',
    (time, seconds) => {
      const message = tookTooLong(time);
      expect(message).toBe(
        `The image takes more than ${seconds} s to decode. Upload a smaller image or a JPEG.`,
      );
      expect(settingToRaise(message)).toBe('functions.thumbnail.timeoutSeconds');
      expect(settingToRaise(`Sorry: ${message}`)).toBeUndefined();
    },
  );

  test('no other text is about a setting', () => {
    expect(settingToRaise('Expected at most 100 scans in a JPEG but found 10,000 or more.')).toBeUndefined();
    expect(settingToRaise('')).toBeUndefined();
  });
});
