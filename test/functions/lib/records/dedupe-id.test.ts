import { dedupeId } from '../../../../functions/lib/records/dedupe-id';
import { sourceAt } from '../../support';

test('a repeat of the same outcome of the same version has the same dedupe id', () => {
  expect(dedupeId(sourceAt(1), 'DONE')).toBe(dedupeId({ ...sourceAt(1) }, 'DONE'));
  expect(dedupeId(sourceAt(1), 'DONE')).toMatch(/^[0-9a-f]{64}$/);
});

test('another bucket, key, version, event or outcome has another dedupe id', () => {
  const source = sourceAt(1);
  const ids = [
    dedupeId(source, 'DONE'),
    dedupeId(source, 'FAILED'),
    dedupeId(source, 'FAILED', 'execution-1'),
    dedupeId(source, 'FAILED', 'execution-2'),
    dedupeId({ ...source, bucket: 'other' }, 'DONE'),
    dedupeId({ ...source, key: 'other' }, 'DONE'),
    dedupeId({ ...source, version: 'other' }, 'DONE'),
    dedupeId({ ...source, version: null }, 'DONE'),
    dedupeId({ ...source, version: null, etag: 'another' }, 'DONE'),
    dedupeId({ ...source, sequencer: sourceAt(2).sequencer }, 'DONE'),
    dedupeId({ ...source, bucket: 'a', key: 'bc' }, 'DONE'),
    dedupeId({ ...source, bucket: 'ab', key: 'c' }, 'DONE'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
