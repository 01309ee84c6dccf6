import fc from 'fast-check';
import type { FailureMessage } from '../../contract/messages/failure';
import type { ProcessedMessage } from '../../contract/messages/processed';
import { failureSubject, processedSubject } from '../../contract/messages/subject';
import { anyText } from './any-text';

const processed = (key: string, made = 1, onRequest = 0) =>
  processedSubject({
    source: { key },
    thumbnails: Array(made).fill({}),
    ...(onRequest > 0 && { onRequest: Array(onRequest).fill({}) }),
  } as unknown as ProcessedMessage);

const failed = (key: string, name = 'UnsupportedFormat', consequence = 'NOT_MADE') =>
  failureSubject({ source: { key }, error: { name }, consequence } as FailureMessage);

/** What SNS accepts: docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const SNS = /^[!-~][ -~]{0,98}$/;

test.each([
  ['uploads/canyon.jpg', 'canyon.jpg'],
  ['a b.jpg', 'a b.jpg'],
  ['Größe & Café.JPG', 'Gro_e _ Cafe.JPG'],
  ['uploads/IMG_0001 (2).jpg', 'IMG_0001 _2_.jpg'],
  ['ｆｕｌｌ.jpg', 'full.jpg'],
  ['-rf.jpg', '-rf.jpg'],
  ['  a   b.jpg  ', 'a b.jpg'],
  ['写.a.写', '_.a._'],
  ['写.a.jpg', '_.a.jpg'],
  ['a\r\nBcc: everyone@example.com.jpg', 'a_Bcc_ everyone_example.com.jpg'],
  ['=?UTF-8?Q?Pay_now?=.jpg', '_UTF-8_Q_Pay_now_.jpg'],
  ['写真.jpg', 'An image'],
  ['🗼', 'An image'],
  ['uploads/', 'An image'],
  ['\u202e.jpg', 'An image'],
  ['', 'An image'],
])('the name of %j in a subject is %s', (key, name) => {
  expect(processed(key, 4)).toBe(`${name}: 4 thumbnails ready`);
  expect(failed(key)).toBe(`${name} failed: UnsupportedFormat`);
});

test('a long name keeps its beginning and its end, and the outcome whole', () => {
  const subject = failed(`${'x'.repeat(200)}-0001.jpg`);
  expect(subject).toHaveLength(99);
  expect(subject).toMatch(/^x{40,}\.\.\.x+-0001\.jpg failed: UnsupportedFormat$/);
});

test('a name is whole as long as the subject has at most 99 characters', () => {
  const rest = ' failed: UnsupportedFormat';
  const name = (length: number) => `${'x'.repeat(length - 4)}.jpg`;
  const most = 99 - rest.length;
  expect(failed(name(most))).toBe(`${name(most)}${rest}`);
  expect(failed(name(most + 1))).toMatch(/^x+\.\.\.x+\.jpg failed: UnsupportedFormat$/);
  expect(failed(name(most + 1))).toHaveLength(99);
});

test.each([
  [1, 0, '1 thumbnail ready'],
  [2, 3, '2 thumbnails ready'],
  [0, 3, '3 thumbnails on request'],
  [0, 0, '0 thumbnails ready'],
])('with %d thumbnails made and %d on request, the subject says: %s', (made, onRequest, outcome) => {
  expect(processed('canyon.jpg', made, onRequest)).toBe(`canyon.jpg: ${outcome}`);
});

test.each([
  ['NOT_MADE', undefined, 'canyon.jpg failed: Throttled'],
  ['NOT_REMADE', undefined, 'canyon.jpg was not made again: Throttled'],
  ['NOT_NOTIFIED', undefined, 'canyon.jpg is done but not announced: Throttled'],
  ['NOT_NOTIFIED', 'ready', 'canyon.jpg is done but not announced: Throttled'],
  ['NOT_NOTIFIED', 'removed', 'canyon.jpg is deleted but not announced: Throttled'],
  ['NOT_REMOVED', undefined, 'canyon.jpg is deleted, its thumbnails are not: Throttled'],
  ['UNKNOWN', undefined, 'canyon.jpg failed, and handling that too: Throttled'],
] as const)(
  'of a failure with the consequence %s (%s), the subject is: %s',
  (consequence, event, subject) => {
    const message = { source: { key: 'canyon.jpg' }, error: { name: 'Throttled' }, consequence };
    expect(failureSubject(message as FailureMessage, event)).toBe(subject);
  },
);

test('SNS accepts the subject, and a mail program decodes nothing in it, whatever the key and the error', () => {
  const consequences = ['NOT_MADE', 'NOT_REMADE', 'NOT_NOTIFIED', 'NOT_REMOVED', 'UNKNOWN'];
  const long = anyText.map((text) => text.repeat(30));
  fc.assert(
    fc.property(
      fc.oneof(anyText, long),
      fc.oneof(anyText, long),
      fc.constantFrom(...consequences),
      fc.integer({ min: 0, max: 20 }),
      (key, name, consequence, made) => {
        for (const subject of [processed(key, made, 20 - made), failed(key, name, consequence)]) {
          expect(subject).toMatch(SNS);
          expect(subject).not.toContain('=?');
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
