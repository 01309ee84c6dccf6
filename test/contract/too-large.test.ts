import { settingToRaise, tooLarge } from '../../contract/messages/too-large';

describe('an image that is too large', () => {
  test.each([
    ['bytes', 'limits.bytes'],
    ['pixels', 'limits.pixels'],
    ['side', 'limits.side'],
    ['memory', 'functions.thumbnail.memoryMb'],
  ] as const)('by its %s: the uploader is told no setting, and an operator %s', (limit, setting) => {
    const message = tooLarge(limit, 1_234_567, 1_000_000);
    expect(message).toContain('1,234,567');
    expect(message).toContain('at most 1,000,000 are allowed');
    expect(message).not.toContain(setting);
    expect(settingToRaise(message)).toBe(setting);
  });

  test('no other text is about a setting', () => {
    expect(settingToRaise('Expected at most 100 scans in a JPEG but found 10,000 or more.')).toBeUndefined();
    expect(settingToRaise('')).toBeUndefined();
  });
});
