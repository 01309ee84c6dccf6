import {
  BUCKET_NAME,
  HOST_NAME,
  keyArn,
  keyPrefix,
  keyRegion,
  ORIGIN,
  REGION,
} from '../../../stacks/settings/names';

const long = (length: number, last = 'a') => 'a'.repeat(length - last.length) + last;

/** As settings take it: by a pattern. */
const taken = (pattern: RegExp) => (value: string) => pattern.test(value);
const parsed = (schema: { safeParse(value: string): { success: boolean } }) => (value: string) =>
  schema.safeParse(value).success;

const LABEL = long(63);
const KEY = 'arn:aws:kms:eu-west-1:123456789012:key/mrk-1234';

describe.each<[string, (value: string) => boolean, string[], string[]]>([
  [
    'a region',
    taken(REGION),
    [
      'af-south-1',
      'ap-northeast-3',
      'ap-southeast-2',
      'ca-central-1',
      'il-central-1',
      'us-east-1',
      'mx-central-1',
    ],
    [
      'us-gov-west-1',
      'cn-north-1',
      'us-east-',
      'us-east-10',
      'xus-east-1',
      'us-east',
      'US-EAST-1',
      'us-up-1',
      '',
    ],
  ],
  [
    'the name of a bucket',
    taken(BUCKET_NAME),
    [
      'a-b',
      'a.b',
      '1.2.3',
      '192.168.0.1a',
      'a192.168.0.1',
      '192.168.0.1.5',
      '1234.1.1.1',
      long(63),
      'a--x-s3b',
      'xn-a',
      'a.mrapx',
    ],
    [
      'a',
      'ab',
      long(64),
      'A-b',
      'a_b',
      '-ab',
      'ab-',
      '.ab',
      'ab.',
      'a..b',
      '192.168.0.1',
      '1.1.1.1',
      '192.168.100.100',
      'xn--ab',
      'sthree-ab',
      'amzn-s3-demo-ab',
      'ab-s3alias',
      'ab--ol-s3',
      'ab.mrap',
      'ab--x-s3',
      'ab--table-s3',
      ' abc',
      'abc ',
    ],
  ],
  [
    'a domain',
    taken(HOST_NAME),
    [
      'a.io',
      '1a.example.com',
      'a-b.c-d.xn--p1ai',
      `${LABEL}.${LABEL}`,
      `${LABEL}.${LABEL}.${LABEL}.${long(61)}`,
    ],
    [
      'a.b',
      'example',
      '.a.io',
      'a.io.',
      'a..io',
      '-a.io',
      'a-.io',
      'a.-io',
      'a.io-',
      'a.1o',
      'A.io',
      'a_b.io',
      `a${LABEL}.io`,
      `a.a${LABEL}`,
      `${LABEL}.${LABEL}.${LABEL}.${long(62)}`,
      'https://a.io',
      'a.io/',
    ],
  ],
  [
    'an origin',
    taken(ORIGIN),
    [
      '*',
      'http://localhost',
      'http://localhost:5173',
      'https://a',
      'https://1.example.com:1',
      `https://${long(253)}`,
      'https://a:65535',
    ],
    [
      '**',
      'x*',
      'ftp://a',
      'https://',
      'https://-a',
      'https://a-',
      'https://a/',
      'https://a:',
      'https://a:123456',
      'https://A',
      `https://${long(254)}`,
      ' https://a',
      'httpss://a',
      'https://a_b.io',
      'https://a:80x',
    ],
  ],
  [
    'a prefix of keys',
    parsed(keyPrefix()),
    ['', 'a/', 'Größe 東京/', '$', '%', '{a}', '$ {a}', '🏔', long(512)],
    ['${a}', 'a/${b', '%{a', '\0', 'a\n', '\u0085', '\ud800', long(513)],
  ],
  [
    'a key of KMS',
    parsed(keyArn()),
    [KEY, 'arn:aws:kms:us-east-1:000000000000:key/a', `arn:aws:kms:us-east-1:000000000000:key/${long(64)}`],
    [
      `x${KEY}`,
      `${KEY} `,
      KEY.replace('key/', 'alias/'),
      KEY.replace('123456789012', '12345678901'),
      KEY.replace('123456789012', '1234567890123'),
      KEY.replace('eu-west-1', ''),
      KEY.replace('eu-west-1', 'EU'),
      KEY.replace('mrk-1234', ''),
      `arn:aws:kms:us-east-1:000000000000:key/${long(65)}`,
      KEY.replace('aws', 'aws-cn'),
    ],
  ],
])('%s', (_, isTaken, valid, invalid) => {
  test.each(valid)('may be %j', (value) => expect(isTaken(value)).toBe(true));
  test.each(invalid)('cannot be %j', (value) => expect(isTaken(value)).toBe(false));
});

test('the region of a key is in its ARN', () => {
  expect(keyRegion(KEY)).toBe('eu-west-1');
  expect(keyRegion(undefined)).toBeUndefined();
});
