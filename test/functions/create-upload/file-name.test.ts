import { assert, property, string } from 'fast-check';
import { encodedFileName } from '../../../functions/create-upload/file-name';

test.each([
  ['canyon.jpg', 'canyon.jpg'],
  ['Ferienfoto (1) größer.jpg', 'Ferienfoto%20(1)%20gr%C3%B6%C3%9Fer.jpg'],
  ['../../etc/passwd', '..%2F..%2Fetc%2Fpasswd'],
  // S3 inserts the name of the uploaded file wherever a field contains this.
  ['${filename}', '%24%7Bfilename%7D'],
  ['a"\r\nx-amz-acl: public', 'a%22%0D%0Ax-amz-acl%3A%20public'],
  ['half \ud83d', 'half%20%EF%BF%BD'],
])('%j is kept as %j', (name, encoded) => {
  expect(encodedFileName(name)).toBe(encoded);
});

test('a name that fits is unchanged; a longer one loses whole characters from its end', () => {
  assert(
    property(string({ maxLength: 300, unit: 'grapheme' }), (name) => {
      const encoded = encodedFileName(name);
      expect(encoded.length).toBeLessThanOrEqual(1_536);
      expect(name.startsWith(decodeURIComponent(encoded))).toBe(true);
      expect(decodeURIComponent(encoded) === name).toBe(encodeURIComponent(name).length <= 1_536);
    }),
  );
});

test('1,536 characters fit, and one more does not', () => {
  expect(encodedFileName('é'.repeat(256))).toBe('%C3%A9'.repeat(256));
  expect(encodedFileName(`${'é'.repeat(255)}1234567`)).toBe(`${'%C3%A9'.repeat(255)}123456`);
});
