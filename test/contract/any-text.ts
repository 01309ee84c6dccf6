import fc from 'fast-check';

/** What SNS and SQS accept: the characters of XML 1.0, section 2.2. */
export const XML = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

/** Any UTF-16 text, unpaired surrogates included. */
export const anyText = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.constantFrom(
      '/',
      '\0',
      '\n',
      '\r',
      '\u001b[31m',
      '\u2028',
      '\ud800',
      '\udc00',
      '\uffff',
      '\ufeff',
      '🗼',
      '%',
      '"',
    ),
  ),
  maxLength: 40,
});
