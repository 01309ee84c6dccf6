import { UnsupportedFormat } from '../../../../contract/errors';
import { asWorkflowError, isHarmless } from '../../../../functions/lib/image/decoder-text';

test.each([
  ['Corrupt JPEG data: 12 extraneous bytes before marker 0xd9', true],
  ['Corrupt JPEG data: 12 extraneous bytes before marker 0xcf', true],
  ['Corrupt JPEG data: 12 extraneous bytes before marker 0xd8', true],
  ['Corrupt JPEG data: 12 extraneous bytes before marker 0xd0', false],
  ['Corrupt JPEG data: 12 extraneous bytes before marker 0xd7', false],
  ['Unknown Adobe color transform code 7', true],
  ['Warning: unknown JFIF revision number 3.01', true],
  ['Inconsistent progression sequence for component 0 coefficient 1', true],
  ['Corrupt JPEG data: bad ICC marker', true],
  ['Premature end of JPEG file', false],
  ['Corrupt JPEG data: bad Huffman code', false],
  ['It says: Corrupt JPEG data: bad ICC marker', false],
  ['VipsJpeg: Corrupt JPEG data: bad ICC marker\nVipsJpeg: Unknown Adobe color transform code 1\n', true],
  ['VipsJpeg: Corrupt JPEG data: bad ICC marker\nVipsJpeg: Premature end of JPEG file', false],
  ['  VipsJpeg: Corrupt JPEG data: bad ICC marker', false],
  ['VipsJpeg:  Corrupt JPEG data: bad ICC marker ', true],
  ['', true],
])('%j is harmless: %s', (message, expected) => {
  expect(isHarmless(new Error(message))).toBe(expected);
});

describe('the text of a decoder', () => {
  let warn: jest.SpyInstance;
  beforeEach(() => {
    warn = jest.spyOn(console, 'warn').mockImplementation();
  });
  afterEach(() => warn.mockRestore());

  test.each([
    ['Input image exceeds pixel limit', 'ImageTooLarge', 'The image has more pixels than its header says.'],
    ...[
      'Unsupported feature: Unsupported codec',
      'unsupported color conversion',
      'unsupported colour space',
      'Unsupported codec',
      'Unsupported bit depth',
      'unsupported compression scheme 7',
      'LZW compression is not configured',
      'tiff: no codec for it',
    ].map((text) => [text, 'UnsupportedFormat', 'The image uses a feature of its format']),
    ...[
      'VipsJpeg: Premature end of JPEG file',
      'webp: unexpected end',
      'end of file',
      'Unexpected end of data',
      'heif: End of input',
      'pngload: image truncated',
      'tiff: not enough data',
      'libpng read error',
      'bad seek to 1234',
    ].map((text) => [text, 'CorruptImage', 'The image ends before its last row: it was cut off.']),
    ['VipsJpeg: Corrupt JPEG data: bad Huffman code', 'CorruptImage', 'The image is damaged'],
    ['', 'CorruptImage', 'The image is damaged'],
  ])('%j becomes %s, in words for a person', (text, name, told) => {
    const error = new Error(text);
    const named = asWorkflowError(error);
    expect(named).toMatchObject({ name, cause: error });
    expect(named.message).toMatch(new RegExp(`^${told}`));
    expect(named.message).toMatch(/Export it again|Upload the whole file/);
    expect(warn).toHaveBeenCalledWith(`The decoder refused the image: ${text}`);
  });

  test('goes to the log up to a length, and forges nothing there', () => {
    asWorkflowError(new Error(`a\n\u001b${'x'.repeat(2_000)}`));
    const line = warn.mock.lastCall![0] as string;
    expect(line).toContain('a\\u000a\\u001bx');
    expect(line.match(/x+$/)![0]).toHaveLength(997);
  });

  test('of an error that has its words already is not asked for again', () => {
    const error = new UnsupportedFormat('It has five channels.');
    expect(asWorkflowError(error)).toBe(error);
    expect(warn).not.toHaveBeenCalled();
  });
});
