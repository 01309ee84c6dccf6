import { whyNothing } from '../../../cli/start/unmatched';
import { objectEvent } from '../../../local-aws';

const outputs = {
  uploads_bucket: 'uploads',
  uploads_prefix: '',
  thumbnails_bucket: 'thumbnails',
  thumbnails_prefix: '',
};
const origin = {
  account: '111122223333',
  region: 'eu-west-1',
  requestId: '1',
  sourceIpAddress: '127.0.0.1',
};
const event = (key: string, { bucket = 'uploads', reason = 'PutObject' as const } = {}) =>
  objectEvent({ ...origin, bucket }, { object: { key, sequencer: '1' }, reason });
const deleted = objectEvent(
  { ...origin, bucket: 'uploads' },
  { object: { key: 'notes.txt', sequencer: '1' }, reason: 'DeleteObject' },
);

test('an upload that is not named like an image is explained by its name, on one line', () => {
  expect(whyNothing(event('a\nb/notes.txt'), outputs)).toBe(
    'a\\u000ab/notes.txt: nothing happens, since its name ends in none of uploads.suffixes (docs/operations.md#nothing-happened)',
  );
});

test('one outside of the prefix is explained by the prefix', () => {
  expect(whyNothing(event('canyon.jpg'), { ...outputs, uploads_prefix: 'in/' })).toContain(
    'canyon.jpg: nothing happens, since its key does not start with uploads.prefix, "in/"',
  );
});

test.each([
  ['a deletion', deleted, outputs],
  ['an object in another bucket', event('notes.txt', { bucket: 'thumbnails' }), outputs],
  [
    'a thumbnail in the bucket of the uploads',
    event('thumbs/canyon.jpg/thumbnail.jpg'),
    { ...outputs, thumbnails_bucket: 'uploads', thumbnails_prefix: 'thumbs/', uploads_prefix: 'in/' },
  ],
])('%s prints no line', (_, unmatched, of) => {
  expect(whyNothing(unmatched, of)).toBeUndefined();
});
