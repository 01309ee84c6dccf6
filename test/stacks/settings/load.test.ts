import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadSettings, parseSettings, SettingsError } from '../../../stacks/load-settings';
import { settingsReference } from '../../../stacks/settings/reference';
import { withSomeone } from '../../../stacks/settings/someone';

const variant = { name: 'small', width: 100 };
const preset = { name: 'default', variants: [variant] };

/** The message for a file that holds `values`. */
function messageFor(values: unknown): string {
  try {
    parseSettings(values, 'settings.json');
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('an empty file gives safe defaults', () => {
  expect(parseSettings({}, 'settings.json')).toMatchObject({
    namePrefix: 'thumbnail-workflow',
    region: 'us-east-1',
    notifications: { processed: [], errors: [] },
    uploads: { prefix: '' },
    presets: [
      {
        name: 'default',
        prefix: '',
        variants: [{ name: 'thumbnail', width: 200, height: 200, fit: 'inside', format: 'same' }],
      },
    ],
    accept: ['jpeg', 'png', 'webp', 'gif'],
    limits: { bytes: 52_428_800, pixels: 109_000_000, side: 65_535 },
    functions: { thumbnail: { reservedConcurrency: 'auto' } },
    backlog: { concurrency: 'auto' },
    records: { tombstoneDays: 30 },
    lifecycle: { noncurrentDays: 30, originals: { transition: 'none', afterDays: 30 } },
    encryption: { customerManagedKey: false },
    deletionProtection: true,
    emptyBucketsOnDestroy: false,
    pointInTimeRecovery: true,
  });
});

test('the settings file of the project is valid, and subscribes nobody', () => {
  const nobody = { processed: [], errors: [], operations: [], events: false };
  expect(loadSettings(join(__dirname, '../../../settings.json')).notifications).toEqual(nobody);
});

describe('somebody to notify on this machine', () => {
  const notified = (notifications: object, address?: string) =>
    withSomeone(parseSettings({ notifications }, 'settings.json'), address).notifications;

  test('gets everything if the settings name nobody', () => {
    expect(notified({}, 'you@example.com')).toEqual({
      processed: ['you@example.com'],
      errors: ['you@example.com'],
      operations: ['you@example.com'],
      events: false,
    });
    expect(notified({ events: true }, 'you@example.com').events).toBe(true);
  });

  test('is not added to those whom the settings name, nor where no address is given', () => {
    const nobody = { processed: [], errors: [], operations: [], events: false };
    expect(notified({ errors: ['a@b.io'] }, 'you@example.com')).toEqual({ ...nobody, errors: ['a@b.io'] });
    expect(notified({}, '')).toEqual(nobody);
    expect(notified({})).toEqual(nobody);
  });
});

describe('a wrong value names its place, what was expected and what was there', () => {
  test.each<[string, unknown, string]>([
    ['no object', [], 'settings.json: expected an object, received []'],
    ['null', null, 'settings.json: expected an object, received null'],
    [
      'a word for a number, deep inside',
      { presets: [{ ...preset, variants: [variant, { name: 'large', width: 'wide' }] }] },
      'settings.json: presets[0].variants[1].width: expected an integer from 1 to 10000, received "wide"',
    ],
    [
      'a fraction',
      { limits: { bytes: 1.5 } },
      'settings.json: limits.bytes: expected an integer from 1 to 268435456, received 1.5',
    ],
    [
      'a number out of range',
      { functions: { notify: { memoryMb: 64 } } },
      'settings.json: functions.notify.memoryMb: expected an integer from 128 to 10240, received 64',
    ],
    [
      'a word outside a list of choices',
      { accept: ['jpg'] },
      'settings.json: accept[0]: expected one of "jpeg", "png", "webp", "gif", "avif", "tiff", "heic", received "jpg"',
    ],
    [
      'text for a flag',
      { pointInTimeRecovery: 'yes' },
      'settings.json: pointInTimeRecovery: expected true or false, received "yes"',
    ],
    [
      'an unknown retention',
      { logs: { retentionDays: 31 } },
      'settings.json: logs.retentionDays: expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, received 31',
    ],
    [
      'no email address',
      { notifications: { errors: ['me'] } },
      'settings.json: notifications.errors[0]: expected an email address, received "me"',
    ],
    [
      'the same address twice, in another letter case',
      { notifications: { processed: ['a@example.com', 'A@example.com'] } },
      'settings.json: notifications.processed[1]: expected each item once, received "a@example.com" again',
    ],
    [
      'a prefix with which bucket names would be too long',
      { namePrefix: 'a'.repeat(25) },
      'settings.json: namePrefix: expected a name of 3 to 24 characters (a-z, 0-9, single "-" inside, first a letter, not "sthree-" or "amzn-s3-demo-"), received "aaaaaaaaaaaaaaaaaaaaaaaaa"',
    ],
    [
      'a region of another partition',
      { region: 'us-gov-west-1' },
      'settings.json: region: expected a region of the aws partition such as "eu-west-1", received "us-gov-west-1"',
    ],
    [
      'a tag that AWS reserves',
      { tags: { 'aws:team': 'x' } },
      'settings.json: tags.aws:team: expected a tag key of 1 to 128 letters, digits, spaces or _.:/=+-@, not starting with "aws:", received "aws:team"',
    ],
    [
      'what Terraform would evaluate',
      { uploads: { prefix: '${path}' } },
      'settings.json: uploads.prefix: expected a key prefix of at most 512 characters without control characters, "${" or "%{", received "${path}"',
    ],
    [
      'a suffix with its dot',
      { uploads: { suffixes: ['.jpg'] } },
      'settings.json: uploads.suffixes[0]: expected a suffix of 1 to 10 characters without the dot: a-z, 0-9, received ".jpg"',
    ],
    ['no preset', { presets: [] }, 'settings.json: presets: expected a list of 1 to 20 items, received []'],
    [
      'no variants',
      { presets: [{ name: 'default' }] },
      'settings.json: presets[0].variants: expected a list of 1 to 20 items, received nothing',
    ],
    [
      'two variants of one name',
      { presets: [{ ...preset, variants: [variant, variant] }] },
      'settings.json: presets[0].variants[1]: expected each item once, received "small" again',
    ],
    ...(
      [
        [
          'a box of one side',
          { width: 200, fit: 'cover' },
          'fit: expected a width and a height with this fit, received one of them: without a box there is nothing to fill; add the other or use "inside"',
        ],
        [
          'a position where nothing is cut off',
          { width: 200, height: 200, fit: 'contain', position: 'north' },
          'position: expected the fit "cover" with it, which alone cuts parts of an image off; change the fit or leave it out',
        ],
        [
          'a position that is none',
          { width: 200, height: 200, fit: 'cover', position: 'top' },
          'position: expected one of "centre", "north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest", "attention", "entropy", received "top"',
        ],
        ...(['jpeg', 'avif', 'png'] as const).map(
          (format) =>
            [
              `an animated ${format}`,
              { width: 200, format, animated: true },
              'animated: expected the format "same", "webp" or "gif" with it: thumbnails in the others do not move; change the format or leave it out',
            ] as const,
        ),
        [
          'a quality of gif',
          { width: 200, format: 'gif', quality: 90 },
          'quality: expected no quality with the format "gif", which has none; leave it out',
        ],
        [
          'a background where nothing is padded',
          { width: 200, height: 200, background: '#ffffff' },
          'background: expected the fit "contain" with it, which alone pads an image; change the fit, leave it out, or use output.background for transparent images',
        ],
        ...(['transparent', '#ffffff80'] as const).map(
          (background) =>
            [
              `a jpeg on ${background}`,
              { width: 200, height: 200, fit: 'contain', format: 'jpeg', background },
              'background: expected an opaque colour such as "#ffffff" with the format "jpeg", which has no transparency; change the colour or the format',
            ] as const,
        ),
        [
          'a background by name',
          { width: 200, height: 200, fit: 'contain', background: 'white' },
          'background: expected a colour such as "#ffffff" or "#ffffff80", or "transparent", received "white"',
        ],
        [
          'enlarging without a box',
          { width: 200, enlarge: true },
          'enlarge: expected a width and a height with it, received one of them: a narrow image could grow without end; add the other',
        ],
        [
          'a quality of png',
          { width: 200, format: 'png', quality: 90 },
          'quality: expected no quality with the format "png", which has none; leave it out',
        ],
        [
          'a lossless jpeg',
          { width: 200, format: 'jpeg', lossless: true },
          'lossless: expected the format "webp" or "avif" with it: jpeg cannot be lossless and png always is; change the format or leave it out',
        ],
        [
          'a quality of what is lossless',
          { width: 200, format: 'webp', lossless: true, quality: 90 },
          'lossless: expected no quality with it, which it would leave without effect; leave one of them out',
        ],
        [
          'a progressive webp',
          { width: 200, format: 'webp', progressive: true },
          'progressive: expected the format "jpeg" or "png" with it: the others know no such thing; change the format or leave it out',
        ],
      ] as const
    ).map(([name, more, problem]): [string, unknown, string] => [
      name,
      { presets: [{ ...preset, variants: [{ name: 'small', ...more }] }] },
      `settings.json: presets[0].variants[0].${problem}`,
    ]),
    [
      'placeholders that are no flag',
      { presets: [{ ...preset, placeholders: 'blur' }] },
      'settings.json: presets[0].placeholders: expected true or false, received "blur"',
    ],
    [
      'an unknown field of EXIF',
      { presets: [{ ...preset, exif: ['takenAt', 'owner'] }] },
      'settings.json: presets[0].exif[1]: expected one of "takenAt", "camera", "lens", "exposureTime", "aperture", "iso", "focalLength", "gps", received "owner"',
    ],
    [
      'a field of EXIF twice',
      { presets: [{ ...preset, exif: ['lens', 'lens'] }] },
      'settings.json: presets[0].exif[1]: expected each item once, received "lens" again',
    ],
    [
      'a list of no fields',
      { presets: [{ ...preset, exif: [] }] },
      'settings.json: presets[0].exif: expected a list of 1 to 8 items, received []',
    ],
    [
      'a variant without a size',
      { presets: [{ ...preset, variants: [{ name: 'small' }] }] },
      'settings.json: presets[0].variants[0]: expected a width, a height or both, received neither',
    ],
    [
      'a backlog that only one may work on, which Lambda does not know',
      { backlog: { concurrency: 1 } },
      'settings.json: backlog.concurrency: expected "auto" or an integer from 2 to 1000, received 1',
    ],
    [
      'another word for how much to reserve',
      { functions: { thumbnail: { reservedConcurrency: 'all' } } },
      'settings.json: functions.thumbnail.reservedConcurrency: expected "auto", "none" or an integer from 1 to 100000, received "all"',
    ],
    [
      'a role for a boundary, which is a policy',
      { permissionsBoundary: 'arn:aws:iam::123456789012:role/boundary' },
      'settings.json: permissionsBoundary: expected the ARN of a policy such as "arn:aws:iam::123456789012:policy/boundary", received "arn:aws:iam::123456789012:role/boundary"',
    ],
    [
      'a backend without its bucket',
      { backend: { key: 'state' } },
      'settings.json: backend.bucket: expected the name of a bucket, received nothing',
    ],
    [
      'a timeout for the one function that has a fixed one',
      { functions: { resume: { timeoutSeconds: 60 } } },
      'settings.json: functions.resume.timeoutSeconds: unknown key; known keys are memoryMb, reservedConcurrency',
    ],
    [
      'tags that IAM takes for one',
      { tags: { team: 'a', Team: 'b' } },
      'settings.json: tags.Team: expected names that differ in more than letter case, received "Team" beside "team": IAM takes them for the same tag and refuses the role; remove one',
    ],
    [
      'more tags than a resource takes',
      { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag-${index}`, ''])) },
      'settings.json: tags: expected at most 50 tags, received 51: AWS takes no more on one resource',
    ],
    [
      'a colour by name',
      { output: { background: 'white' } },
      'settings.json: output.background: expected a colour such as "#ffffff", received "white"',
    ],
  ])('%s', (_what, values, message) => {
    expect(messageFor(values)).toBe(message);
  });

  test('all wrong values are listed at once, one per line', () => {
    expect(messageFor({ limits: { side: 0 }, accept: 3, colour: 1 }).split('\n')).toHaveLength(3);
  });
});

describe('what a variant can be', () => {
  test.each([
    { fit: 'contain', format: 'jpeg', background: '#FFFFFF' },
    { fit: 'contain', format: 'jpeg', background: '#ffffffFF' },
    { fit: 'contain', format: 'same', background: 'transparent' },
    { fit: 'contain', format: 'webp', background: '#ffffff80' },
    { fit: 'cover', position: 'attention', sharpen: true },
    { format: 'same', animated: true },
    { format: 'webp', animated: true, lossless: true },
    { format: 'gif', animated: true },
    { format: 'gif' },
    { format: 'png', animated: false },
  ])('%j', (more) => {
    expect(messageFor({ presets: [{ ...preset, variants: [{ ...variant, height: 200, ...more }] }] })).toBe(
      'accepted',
    );
  });
});

describe('an unknown key is refused', () => {
  test('with the known key it resembles', () => {
    expect(messageFor({ presets: [{ ...preset, variants: [{ ...variant, widht: 5 }] }] })).toBe(
      'settings.json: presets[0].variants[0].widht: unknown key; did you mean "width"?',
    );
  });

  test('with the known keys of its place when it resembles none', () => {
    expect(messageFor({ output: { zoom: 1 } })).toBe(
      'settings.json: output.zoom: unknown key; known keys are cacheControl, background',
    );
  });

  test('wherever it is and whatever its value', () => {
    const places = [
      [],
      ['notifications'],
      ['uploads'],
      ['limits'],
      ['output'],
      ['logs'],
      ['functions'],
      ['functions', 'validate'],
      ['functions', 'resume'],
      ['backlog'],
      ['records'],
      ['lifecycle'],
      ['lifecycle', 'originals'],
      ['encryption'],
      ['backend'],
      ['presets', 0],
      ['presets', 0, 'variants', 0],
    ];
    const known = new Set(settingsReference().match(/[$\w]+/g));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.string(), fc.jsonValue(), (place, key, value) => {
        fc.pre(!known.has(key) && key !== '$schema');
        const settings = structuredClone({
          notifications: {},
          uploads: {},
          limits: {},
          output: {},
          logs: {},
          functions: { validate: {}, resume: {} },
          backlog: {},
          records: {},
          lifecycle: { originals: {} },
          encryption: {},
          backend: { bucket: 'states' },
          presets: [preset],
        });
        const target = place.reduce<unknown>(
          (node, part) => (node as Record<PropertyKey, unknown>)[part],
          settings,
        );
        Object.defineProperty(target, key, { value, enumerable: true, configurable: true });
        expect(messageFor(settings)).toContain(`${key}: unknown key`);
      }),
    );
  });

  test('and anything at all gives settings or a SettingsError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(typeof messageFor(value)).toBe('string');
      }),
    );
  });
});

describe('settings that conflict are refused with the reason', () => {
  test('a key that starts the workflow has a preset', () => {
    const presets = [{ ...preset, prefix: 'photos/' }];
    expect(messageFor({ presets })).toBe(
      'settings.json: presets: expected a preset for every key that starts with uploads.prefix "", received presets for "photos/": give one of them the prefix ""',
    );
    expect(messageFor({ presets, uploads: { prefix: 'raw/', suffixes: ['jpg'] } })).toContain(
      'received presets for "photos/": give one of them the prefix "raw/" or ""',
    );
    expect(messageFor({ presets, uploads: { prefix: 'photos/raw/', suffixes: ['jpg'] } })).toBe('accepted');
  });

  test('two presets have two prefixes', () => {
    expect(messageFor({ presets: [preset, { ...preset, name: 'other' }] })).toBe(
      'settings.json: presets[1].prefix: expected a prefix of its own, received "", which presets[0] has already',
    );
  });

  test('presets fit the environment of a function', () => {
    const variants = Array.from({ length: 20 }, (_, index) => ({ ...variant, name: `v${index}` }));
    const presets = ['', 'a/', 'b/'].map((prefix, index) => ({ name: `p${index}`, prefix, variants }));
    expect(messageFor({ presets: presets.slice(0, 2) })).toBe('accepted');
    expect(messageFor({ presets })).toMatch(
      /^settings\.json: presets: expected at most 3072 bytes as JSON with defaults and thumbnails\.prefix, received \d{4}: /,
    );
  });

  test('a resource takes 50 tags', () => {
    const tags = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`tag-${index}`, '']));
    expect(messageFor({ tags })).toBe('accepted');
  });

  test('a value of 80 characters is shown whole, and a longer one is cut to 80', () => {
    const shown = (background: string) => messageFor({ output: { background } });
    // Two of them are quotes.
    expect(shown('x'.repeat(78))).toMatch(/received "x{78}"$/);
    expect(shown('x'.repeat(79))).toMatch(/received "x{78}…$/);
  });

  test('presets may take exactly 3072 bytes of the environment, and not one more', () => {
    const width = 100;
    const variants = Array.from({ length: 20 }, (_, index) => ({ name: `variant-${index}`, width }));
    const presets = ['', 'a/'].map((prefix, index) => ({ name: `p${index}`, prefix, variants }));
    const bytes = Buffer.byteLength(JSON.stringify(parseSettings({ presets }, '').presets));
    const withPrefix = (length: number) => {
      const [first, second] = presets;
      return messageFor({ presets: [first, { ...second, prefix: `a/${'p'.repeat(length)}` }] });
    };
    const room = 3072 - bytes;
    expect(room).toBeGreaterThan(0);
    expect(room).toBeLessThanOrEqual(510);
    expect(withPrefix(room)).toBe('accepted');
    expect(withPrefix(room + 1)).toContain(
      'expected at most 3072 bytes as JSON with defaults and thumbnails.prefix, received 3073: ',
    );
  });

  test('the longest execution fits an Express workflow, and the message does the sum', () => {
    const message = messageFor({ functions: { validate: { timeoutSeconds: 7 } } });
    expect(message).toContain('functions: expected a longest execution below 290 s, received 293 s');
    expect(message).toContain('Validate 4 × 10 s + 11 s of waits, Thumbnail 4 × 23 s + 11 s of waits');
    expect(
      messageFor({ functions: { validate: { timeoutSeconds: 7 }, quarantine: { timeoutSeconds: 4 } } }),
    ).toBe('accepted');
  });

  test('the concurrency of the backlog fits the concurrency reserved for its function', () => {
    const functions = { resume: { reservedConcurrency: 20 } };
    expect(messageFor({ functions, backlog: { concurrency: 20 } })).toBe('accepted');
    expect(messageFor({ functions })).toMatch(
      /expected at least backlog\.concurrency, which is "auto" and so up to 50, received 20: /,
    );
    expect(messageFor({ functions, backlog: { concurrency: 21 } })).toMatch(
      /^settings\.json: functions\.resume\.reservedConcurrency: expected at least backlog\.concurrency, which is 21, received 20: /,
    );
  });

  test('provisioned instances fit the concurrency reserved for their function', () => {
    const notify = { reservedConcurrency: 3, provisionedConcurrency: 4 };
    expect(messageFor({ functions: { notify } })).toMatch(
      /^settings\.json: functions\.notify\.provisionedConcurrency: expected at most functions\.notify\.reservedConcurrency, which is 3, received 4: /,
    );
    expect(messageFor({ functions: { notify: { ...notify, provisionedConcurrency: 3 } } })).toBe('accepted');
    expect(messageFor({ functions: { notify: { provisionedConcurrency: 4 } } })).toBe('accepted');

    const thumbnail = { provisionedConcurrency: 101 };
    expect(messageFor({ functions: { thumbnail } })).toMatch(
      /functions\.thumbnail\.provisionedConcurrency: .* which is "auto" and so up to 100, received 101: /,
    );
    expect(messageFor({ functions: { thumbnail: { ...thumbnail, reservedConcurrency: 'none' } } })).toBe(
      'accepted',
    );
  });

  test('destroy removes everything or nothing', () => {
    expect(messageFor({ emptyBucketsOnDestroy: true })).toBe(
      'settings.json: emptyBucketsOnDestroy: expected deletionProtection to be false, received true: destroy would delete every image and then stop at the protected table; set one of the two to false',
    );
    expect(messageFor({ emptyBucketsOnDestroy: true, deletionProtection: false })).toBe('accepted');
  });

  test('originals move to a storage class no sooner than S3 allows', () => {
    const originals = (transition: string, afterDays: number) => ({
      lifecycle: { originals: { transition, afterDays } },
    });
    expect(messageFor(originals('STANDARD_IA', 29))).toBe(
      'settings.json: lifecycle.originals.afterDays: expected at least 30 for the transition to "STANDARD_IA", received 29: S3 refuses less; "INTELLIGENT_TIERING" takes any number of days',
    );
    expect(messageFor(originals('STANDARD_IA', 30))).toBe('accepted');
    expect(messageFor(originals('INTELLIGENT_TIERING', 0))).toBe('accepted');
    expect(messageFor(originals('none', 0))).toBe('accepted');
  });

  test('the state is not kept in a bucket of the stack', () => {
    const backend = (bucket: string) => ({ namePrefix: 'pics', backend: { bucket } });
    expect(messageFor(backend('pics-uploads-123456789012-us-east-1'))).toMatch(
      /^settings\.json: backend\.bucket: expected a bucket that exists before the stack, received "pics-uploads-123456789012-us-east-1", which is one of its own: /,
    );
    expect(messageFor(backend('other-uploads-123456789012-us-east-1'))).toBe('accepted');
    expect(messageFor(backend('states'))).toBe('accepted');
  });
});

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('that is missing is named', () => {
    expect(() => loadSettings(join(folder, 'none.json'))).toThrow(
      /none\.json: expected a readable settings file/,
    );
  });

  test('that is not JSON is named', () => {
    writeFileSync(join(folder, 'broken.json'), '{ "region": }');
    expect(() => loadSettings(join(folder, 'broken.json'))).toThrow(/broken\.json: expected JSON: /);
  });

  test('may begin with a byte order mark, as editors on Windows write it', () => {
    writeFileSync(join(folder, 'bom.json'), '\uFEFF{ "region": "eu-west-1" }');
    expect(loadSettings(join(folder, 'bom.json')).region).toBe('eu-west-1');
  });
});
