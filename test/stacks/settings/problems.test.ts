import { formatPath, problemsOf } from '../../../stacks/settings/problems';
import { settingsSchema } from '../../../stacks/settings/schema';

test.each([
  [['presets', 0, 'variants', 11, 'width'], 'presets[0].variants[11].width'],
  [['region'], 'region'],
  [['tags', 'a.b'], 'tags.a.b'],
  [[], ''],
])('the place %j is written as %s', (path, expected) => {
  expect(formatPath(path)).toBe(expected);
});

/** The message for an unknown key in these settings. */
function unknown(settings: object): string[] {
  return problemsOf(settingsSchema.safeParse(settings).error!).map(
    ({ path, message }) => `${formatPath(path)}: ${message}`,
  );
}

test.each([
  ['regio', 'region'],
  ['rregion', 'region'],
  ['regoin', 'region'],
  ['REGION', 'region'],
  ['regxxn', 'region'],
  // A third of a long name may differ.
  ['deletionProtxxxxxx', 'deletionProtection'],
  ['emptybucketsondestroy', 'emptyBucketsOnDestroy'],
])('the unknown key %s may mean %s', (key, near) => {
  expect(unknown({ [key]: 1 })).toEqual([`${key}: unknown key; did you mean "${near}"?`]);
});

test.each(['regxxx', 'xxxregion', 'deletionProtxxxxxxx', ''])('the unknown key %j resembles none', (key) => {
  expect(unknown({ [key]: 1 })[0]).toMatch(/: unknown key; known keys are \$schema, namePrefix, region, /);
});

test('of several known keys, the nearest is meant', () => {
  expect(unknown({ limits: { pixel: 1, bites: 1 } })).toEqual([
    'limits.pixel: unknown key; did you mean "pixels"?',
    'limits.bites: unknown key; did you mean "bytes"?',
  ]);
});

test('known keys are those of their place, in lists too', () => {
  const presets = [{ name: 'a', variants: [{ name: 'b', width: 1, zzzzzzzz: 1 }] }];
  expect(unknown({ presets })[0]).toMatch(
    /^presets\[0\]\.variants\[0\]\.zzzzzzzz: unknown key; known keys are name, width, height, /,
  );
});
