import { settingsHashFrom } from '../../../../functions/lib/records/settings-hash';
import { environmentOf } from '../../../../functions/lib/runtime/environment';

const hashOf = (key: string, hashes?: Record<string, string>) => {
  if (hashes) process.env['SETTINGS_HASHES'] = JSON.stringify(hashes);
  return settingsHashFrom(environmentOf<'quarantine'>())(key);
};
afterEach(() => {
  delete process.env['SETTINGS_HASHES'];
});

test.each([
  { '': 'all', 'a/': 'some', 'a/b/': 'few' },
  { 'a/b/': 'few', 'a/': 'some', '': 'all' },
])('the longest prefix of a key decides, in whatever order they are: %j', (hashes) => {
  expect(['a/b/c.jpg', 'a/b.jpg', 'a.jpg'].map((key) => hashOf(key, hashes))).toEqual(['few', 'some', 'all']);
});

test('a key without any of the prefixes has no hash, and without backfills none has', () => {
  expect(hashOf('b.jpg', { 'a/': 'some' })).toBeUndefined();
  delete process.env['SETTINGS_HASHES'];
  expect(hashOf('b.jpg')).toBeUndefined();
});
