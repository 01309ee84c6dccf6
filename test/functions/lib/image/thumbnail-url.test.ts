import { thumbnailUrl, versionOf } from '../../../../functions/lib/image/thumbnail-url';
import { sourceAt } from '../../support';

const BASE = 'https://d111111abcdef8.cloudfront.net';

test('the URL of a thumbnail is its key below the domain, with a version of ten digits', () => {
  const url = thumbnailUrl(BASE, 'uploads/Gr~C3~B6~C3~9Fe.jpg/small.jpg', sourceAt(1), '0123456789ab');
  expect(url).toBe(`${BASE}/uploads/Gr~C3~B6~C3~9Fe.jpg/small.jpg?v=97df101a9d`);
});

describe('the version', () => {
  const hash = '0123456789ab';
  const version = versionOf(sourceAt(1), hash);

  test.each([
    ['the version of the object', versionOf(sourceAt(1, { version: 'other' }), hash)],
    ['its content', versionOf(sourceAt(1, { etag: 'other' }), hash)],
    ['the recipe', versionOf(sourceAt(1), 'ba9876543210')],
    ['the versioning of the bucket', versionOf(sourceAt(1, { version: null }), hash)],
  ])('changes with %s', (_, other) => {
    expect(other).toMatch(/^[0-9a-f]{10}$/);
    expect(other).not.toBe(version);
  });

  test('does not change with the sequencer, because the image is the same', () => {
    expect(versionOf(sourceAt(1, { sequencer: sourceAt(2).sequencer }), hash)).toBe(version);
  });
});
