import { InvalidEvent } from '../../contract/errors';
import type { ObjectEvent } from '../../contract/event';
import { comparableSequencer, deletionOf, recordId, sourceOf } from '../../contract/source';
import copy from '../fixtures/events/object-created-copy.json';
import copyUnversioned from '../fixtures/events/object-created-copy-unversioned.json';
import multipart from '../fixtures/events/object-created-multipart.json';
import multipartUnversioned from '../fixtures/events/object-created-multipart-unversioned.json';
import put from '../fixtures/events/object-created-put.json';
import putUnversioned from '../fixtures/events/object-created-put-unversioned.json';
import unicode from '../fixtures/events/object-created-unicode-key.json';
import marker from '../fixtures/events/object-deleted-delete-marker.json';
import gone from '../fixtures/events/object-deleted-permanently-unversioned.json';
import { created } from '../functions/support';

describe('a sequencer', () => {
  test('compares as a number: the samples of 2015, 2021 and 2023 sort by year', () => {
    const byYear = ['0055AED6DCD90281E5', '617f08299329d189', '0064D3901D00059242'].map(comparableSequencer);
    expect([...byYear].reverse().sort()).toEqual(byYear);
  });

  test('is padded on the left to 32 digits and in upper case, so that text order is its order', () => {
    expect(comparableSequencer('617f08299329d189')).toBe('0000000000000000617F08299329D189');
    expect(comparableSequencer('00617F08299329D189')).toBe(comparableSequencer('617f08299329d189'));
    expect(comparableSequencer('f'.repeat(32))).toBe('F'.repeat(32));
  });

  test.each(['', 'g', '0x1F', '12 34', '-1', 'f'.repeat(33), '617f08299329d189\n'])(
    '%j is not a sequencer',
    (sequencer) => {
      expect(() => comparableSequencer(sequencer)).toThrow(InvalidEvent);
      expect(() => comparableSequencer(sequencer)).toThrow(
        `Expected a sequencer of 1 to 32 hexadecimal digits but received "${sequencer}"`,
      );
    },
  );
});

describe('the source of an event', () => {
  test('is the exact version it names', () => {
    expect(sourceOf(put as ObjectEvent)).toEqual({
      bucket: 'thumbnail-workflow-uploads-111122223333-us-east-1',
      key: 'uploads/canyon.jpg',
      version: 'IYV3p45BT0ac8hjHg1houSdS1a.Mro8e',
      etag: 'b1946ac92492d2347c6235b4d2611184',
      sequencer: '000000000000000069B21FFD0745EE4E',
    });
  });

  test('has no version if the bucket is not versioned', () => {
    expect(sourceOf(multipartUnversioned as ObjectEvent)).toMatchObject({
      version: null,
      etag: 'f6877c498a97505d3a45f485cefc2a40-2',
    });
  });

  test.each([
    ['PutObject', put, putUnversioned],
    ['CompleteMultipartUpload', multipart, multipartUnversioned],
    ['CopyObject', copy, copyUnversioned],
  ])('is found after a %s, in a bucket with versions and without', (reason, versioned, unversioned) => {
    for (const event of [versioned, unversioned]) {
      expect(event.detail.reason).toBe(reason);
      expect(sourceOf(event as ObjectEvent)).toMatchObject({
        key: event.detail.object.key,
        etag: event.detail.object.etag,
        sequencer: comparableSequencer(event.detail.object.sequencer),
      });
    }
    expect(sourceOf(versioned as ObjectEvent).version).toBe(versioned.detail.object['version-id']);
    expect(sourceOf(unversioned as ObjectEvent).version).toBeNull();
  });

  test('keeps the key unchanged, because EventBridge does not encode it', () => {
    expect(sourceOf(unicode as ObjectEvent).key).toBe('uploads/Größe + 100%20/東京 🗼.jpeg');
    expect(sourceOf(copy as ObjectEvent).key).toBe('archive/canyon copy.jpg');
  });

  test('is also found in the event of a delete marker, which has an etag', () => {
    expect(sourceOf(marker as ObjectEvent).version).toBe('1QW9g1Z99LUNbvaaYVpW9xDlOLU.qxgF');
  });

  test.each<[string, unknown]>([
    ['etag', gone],
    ['key', created({ key: undefined })],
    ['key', created({ key: '' })],
    ['sequencer', created({ sequencer: undefined })],
    ['etag', created({ etag: 7 as unknown as string })],
    ['sequencer, etag', created({ etag: undefined, sequencer: undefined })],
    ['bucket', { ...put, detail: { ...put.detail, bucket: {} } }],
    ['bucket, key, sequencer, etag', { detail: {} }],
    ['bucket, key, sequencer, etag', {}],
  ])('needs a %s', (missing, event) => {
    expect(() => sourceOf(event as ObjectEvent)).toThrow(InvalidEvent);
    expect(() => sourceOf(event as ObjectEvent)).toThrow(
      `Expected an S3 object event from EventBridge but it has no ${missing}`,
    );
  });
});

describe('the deletion of an event', () => {
  test('is its sequencer; it needs no etag', () => {
    expect(deletionOf(gone as ObjectEvent)).toEqual({
      bucket: 'thumbnail-workflow-uploads-111122223333-us-east-1',
      key: 'uploads/canyon.jpg',
      version: null,
      sequencer: '00000000000000006426F0F6480F8EE8',
    });
    expect(deletionOf(marker as ObjectEvent).version).toBe('1QW9g1Z99LUNbvaaYVpW9xDlOLU.qxgF');
  });

  test.each(['key', 'sequencer'])('needs a %s', (field) => {
    expect(() => deletionOf(created({ [field]: undefined }))).toThrow(InvalidEvent);
    expect(() => deletionOf(created({ [field]: undefined }))).toThrow(`it has no ${field}`);
  });
});

test('a record is found by its bucket and key', () => {
  expect(recordId({ bucket: 'bucket', key: 'a/b c.jpg' })).toBe('bucket/a/b c.jpg');
});
