import { parseSettings, SettingsError } from '../../../stacks/load-settings';

/** The message for these settings; `'accepted'` where there is none. */
function messageFor(values: unknown): string {
  try {
    parseSettings(values, 'settings.json');
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'accepted';
}

const key = (region: string) => `arn:aws:kms:${region}:123456789012:key/0a1b2c3d`;

describe('an existing bucket', () => {
  test.each(['photos', 'a-b.c', '123', 'thumbnail-workflow-uploads-123456789012-eu-west-1', 'x'.repeat(63)])(
    'may be %s',
    (existingBucket) => {
      expect(messageFor({ uploads: { existingBucket } })).toBe('accepted');
    },
  );

  test.each([
    'Photos',
    'a',
    'a..b',
    '-photos',
    'photos/',
    '192.168.0.1',
    'xn--photos',
    'photos--x-s3',
    'photos-s3alias',
    '${bucket}',
    'x'.repeat(64),
    '',
  ])('cannot be %j', (existingBucket) => {
    expect(messageFor({ uploads: { existingBucket } })).toMatch(
      /^settings\.json: uploads\.existingBucket: expected the name of a bucket, received "/,
    );
  });

  test.each(['uploads', 'thumbnails', 'quarantine'])('cannot be the one of the stack for %s', (name) => {
    const existingBucket = `thumbnail-workflow-${name}-123456789012-us-east-1`;
    expect(messageFor({ uploads: { existingBucket } })).toBe(
      `settings.json: uploads.existingBucket: expected a bucket that is not one of this stack, received "${existingBucket}", its bucket for ${name}: choose another namePrefix or another bucket`,
    );
  });

  test('has to exist for its notifications to be managed', () => {
    expect(messageFor({ uploads: { manageNotifications: true } })).toBe(
      'settings.json: uploads.manageNotifications: expected uploads.existingBucket with it, received none: the stack always manages the notifications of a bucket that it creates; leave it out',
    );
  });

  test('has to exist for its key to be used', () => {
    expect(messageFor({ uploads: { kmsKeyArn: key('us-east-1') } })).toBe(
      'settings.json: uploads.kmsKeyArn: expected uploads.existingBucket with it, received none: it names the key of an existing bucket; use encryption.customerManagedKey to encrypt a new one',
    );
  });

  test('has a key of the region of the stack', () => {
    const uploads = { existingBucket: 'photos', kmsKeyArn: key('eu-west-1') };
    expect(messageFor({ region: 'eu-west-1', uploads })).toBe('accepted');
    expect(messageFor({ uploads })).toBe(
      'settings.json: uploads.kmsKeyArn: expected a key in the region of the settings, which is us-east-1, received one in eu-west-1: a bucket is encrypted with a key of its own region, and the bucket has to be in the region of the stack',
    );
  });

  test('has its key named by ARN, because a policy cannot name an alias', () => {
    const kmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:alias/photos';
    expect(messageFor({ uploads: { existingBucket: 'photos', kmsKeyArn } })).toContain(
      `received "${kmsKeyArn}"`,
    );
  });

  test('keeps the lifecycle it has', () => {
    const originals = { transition: 'INTELLIGENT_TIERING' };
    expect(messageFor({ uploads: { existingBucket: 'photos' }, lifecycle: { originals } })).toBe(
      'settings.json: lifecycle.originals.transition: expected "none" with uploads.existingBucket, received "INTELLIGENT_TIERING": the stack leaves the lifecycle of that bucket alone; add the transition there yourself',
    );
  });
});

describe('thumbnails in the bucket of the uploads', () => {
  const inOne = (from: string, to: string) =>
    messageFor({ uploads: { prefix: from }, thumbnails: { bucket: 'uploads', prefix: to } });

  test.each([
    ['uploads/', 'thumbnails/'],
    ['images/in/', 'images/out/'],
    ['a', 'b'],
    ['a-', 'a/'],
  ])('are kept apart by the prefixes %j and %j', (from, to) => {
    expect(inOne(from, to)).toBe('accepted');
  });

  test.each([
    ['', '', 'photo.jpg → photo.jpg/thumbnail.jpg → photo.jpg/thumbnail.jpg/thumbnail.jpg → …'],
    ['', 't/', 'photo.jpg → t/photo.jpg/thumbnail.jpg → t/t/photo.jpg/thumbnail.jpg/thumbnail.jpg → …'],
    ['in/', '', 'in/photo.jpg → in/photo.jpg/thumbnail.jpg → in/photo.jpg/thumbnail.jpg/thumbnail.jpg → …'],
    [
      'in/',
      'in/',
      'in/photo.jpg → in/in/photo.jpg/thumbnail.jpg → in/in/in/photo.jpg/thumbnail.jpg/thumbnail.jpg → …',
    ],
    [
      'images/',
      'images/thumbs/',
      'images/photo.jpg → images/thumbs/images/photo.jpg/thumbnail.jpg → images/thumbs/images/thumbs/images/photo.jpg/thumbnail.jpg/thumbnail.jpg → …',
    ],
    ['aa', 'a', 'aaphoto.jpg → aaaphoto.jpg/thumbnail.jpg → aaaaphoto.jpg/thumbnail.jpg/thumbnail.jpg → …'],
  ])(
    'must not begin with each other: below %j and %j each thumbnail would be an upload, and the message shows how',
    (from, to, loop) => {
      expect(inOne(from, to)).toBe(
        `settings.json: thumbnails.prefix: expected, with thumbnails.bucket "uploads", two prefixes of which neither begins with the other, received thumbnails.prefix "${to}" and uploads.prefix "${from}": each thumbnail would count as an upload, endlessly: ${loop}; use for example uploads.prefix "uploads/" and thumbnails.prefix "thumbnails/"`,
      );
    },
  );

  test('must not have a prefix that covers the uploads', () => {
    expect(inOne('images/in/', 'images/')).toContain(
      'received thumbnails.prefix "images/" and uploads.prefix "images/in/": the permission to write and delete thumbnails, "images/*", would include the uploads; use',
    );
  });

  test('never start the workflow from a bucket of their own, whatever the prefix', () => {
    expect(messageFor({ thumbnails: { prefix: 'any/' } })).toBe('accepted');
    expect(messageFor({ uploads: { prefix: 'in/' }, thumbnails: { prefix: 'in/' } })).toBe('accepted');
  });
});

test.each([
  ...['a*', 'a?', '$a', 'a&b', 'a%{b', 'x'.repeat(201), 'a\nb'],
  ...['a b/', 'ä/', 'a+', '/', '/a', 'a//', './a', '.', 'a/../', 'a/..'],
])(
  'a prefix of thumbnails cannot be %j, which would widen or break the rights to it, or the URLs below it',
  (prefix) => {
    expect(messageFor({ thumbnails: { prefix } })).toMatch(
      /^settings\.json: thumbnails\.prefix: expected a key prefix of at most 200 characters: A-Z/,
    );
  },
);

test.each(['', 't', 'thumbs/', 'a/b_c-1.~/', '.thumbs/', 'a/...', 'x'.repeat(200)])(
  'a prefix of thumbnails can be %j',
  (prefix) => {
    expect(messageFor({ thumbnails: { prefix } })).toBe('accepted');
  },
);

test('the bound of sizes in names is that of any thumbnail', () => {
  expect(messageFor({ sizeFromName: { enabled: true, maxSide: 10_000 } })).toBe('accepted');
  expect(messageFor({ sizeFromName: { enabled: true, maxSide: 0 } })).toBe(
    'settings.json: sizeFromName.maxSide: expected an integer from 1 to 10000, received 0',
  );
});

test('a bucket of the stack cannot take the access logs, because S3 would log each log', () => {
  const accessLogsBucket = 'thumbnail-workflow-quarantine-111122223333-us-east-1';
  expect(messageFor({ logs: { accessLogsBucket } })).toBe(
    `settings.json: logs.accessLogsBucket: expected a bucket that exists before the stack, received "${accessLogsBucket}", which is one of its own: S3 would log the writing of each log, endlessly; name another bucket for logs`,
  );
  expect(messageFor({ logs: { accessLogsBucket: 'logs-of-the-team' } })).toBe('accepted');
});
