import fc from 'fast-check';
import { compilePattern } from '../../../local-aws/events/pattern';

const matches = (pattern: unknown, event: unknown) => compilePattern(pattern)(event);

const upload = {
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  account: '111122223333',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: ['arn:aws:s3:::uploads'],
  detail: {
    version: '0',
    bucket: { name: 'uploads' },
    object: { key: 'photos/Grand Canyon.JPG', size: 1024, etag: 'b1', sequencer: '00617F08299329D189' },
    'source-ip-address': '10.0.0.17',
    'x-limit': 3.018e2,
    reason: null,
  },
};

describe('an operator matches as AWS documents it', () => {
  test.each<[string, object, boolean]>([
    ['fields are all required', { source: ['aws.s3'], region: ['eu-west-1'] }, false],
    ['values of one field are alternatives', { region: ['eu-west-1', 'us-west-1'] }, true],
    ['nested fields', { detail: { bucket: { name: ['uploads'] } } }, true],
    ['a list in the event matches by any element', { resources: ['arn:aws:s3:::uploads', 'other'] }, true],
    ['a number is not its text', { detail: { object: { size: ['1024'] } } }, false],
    ['numbers are equal by value', { detail: { 'x-limit': [301.8] } }, true],
    ['null', { detail: { reason: [null] } }, true],
    ['null is not absence', { detail: { missing: [null] } }, false],
    ['empty text', { detail: { object: { etag: [''] } } }, false],
    ['prefix', { time: [{ prefix: '2017-12' }] }, true],
    ['prefix is case-sensitive', { detail: { object: { key: [{ prefix: 'PHOTOS/' }] } } }, false],
    [
      'prefix ignoring case',
      { detail: { object: { key: [{ prefix: { 'equals-ignore-case': 'PHOTOS/' } }] } } },
      true,
    ],
    ['suffix', { detail: { object: { key: [{ suffix: '.jpg' }] } } }, false],
    [
      'suffix ignoring case',
      { detail: { object: { key: [{ suffix: { 'equals-ignore-case': '.jpg' } }] } } },
      true,
    ],
    ['equals-ignore-case', { 'detail-type': [{ 'equals-ignore-case': 'OBJECT created' }] }, true],
    ['anything-but', { region: [{ 'anything-but': 'us-west-1' }] }, false],
    ['anything-but a list', { region: [{ 'anything-but': ['us-east-1', 'eu-west-1'] }] }, true],
    ['anything-but numbers', { detail: { object: { size: [{ 'anything-but': [1024, 5] }] } } }, false],
    ['anything-but needs the field', { detail: { missing: [{ 'anything-but': 'x' }] } }, false],
    ['anything-but a prefix', { region: [{ 'anything-but': { prefix: 'us-' } }] }, false],
    ['anything-but several prefixes', { region: [{ 'anything-but': { prefix: ['eu-', 'ap-'] } }] }, true],
    ['anything-but a suffix', { region: [{ 'anything-but': { suffix: '-1' } }] }, false],
    [
      'anything-but ignoring case',
      { source: [{ 'anything-but': { 'equals-ignore-case': ['AWS.S3', 'x'] } }] },
      false,
    ],
    [
      'anything-but a wildcard',
      { detail: { object: { key: [{ 'anything-but': { wildcard: '*/x/*' } }] } } },
      true,
    ],
    ['numeric =', { detail: { object: { size: [{ numeric: ['=', 1024] }] } } }, true],
    ['numeric >', { detail: { object: { size: [{ numeric: ['>', 0] }] } } }, true],
    ['numeric range', { detail: { object: { size: [{ numeric: ['>', 0, '<', 1024] }] } } }, false],
    [
      'numeric range with its ends',
      { detail: { object: { size: [{ numeric: ['>=', 1024, '<=', 2000] }] } } },
      true,
    ],
    ['numeric does not match text', { account: [{ numeric: ['>', 0] }] }, false],
    ['exists', { detail: { object: { key: [{ exists: true }] } } }, true],
    ['exists false', { detail: { object: { 'version-id': [{ exists: false }] } } }, true],
    ['exists false under a missing parent', { detail: { nothing: { here: [{ exists: false }] } } }, true],
    ['exists is true for null', { detail: { reason: [{ exists: true }] } }, true],
    ['wildcard', { detail: { object: { key: [{ wildcard: 'photos/*.JPG' }] } } }, true],
    ['wildcard is case-sensitive', { detail: { object: { key: [{ wildcard: 'photos/*.jpg' }] } } }, false],
    ['cidr', { detail: { 'source-ip-address': [{ cidr: '10.0.0.0/24' }] } }, true],
    ['cidr outside', { detail: { 'source-ip-address': [{ cidr: '10.0.1.0/24' }] } }, false],
    ['cidr of the other IP version', { detail: { 'source-ip-address': [{ cidr: '::/0' }] } }, false],
    [
      '$or at the top, together with a field',
      { source: ['aws.s3'], $or: [{ region: ['eu-west-1'] }, { account: ['111122223333'] }] },
      true,
    ],
    [
      '$or inside a field',
      { detail: { $or: [{ object: { size: [1] } }, { bucket: { name: ['other'] } }] } },
      false,
    ],
    [
      'matchers of one list are alternatives, not conditions that all hold',
      { detail: { object: { key: [{ prefix: 'nowhere/' }, { suffix: '.JPG' }] } } },
      true,
    ],
  ])('%s', (_, pattern, expected) => {
    expect(matches(pattern, upload)).toBe(expected);
  });

  test('IPv6 ranges', () => {
    expect(matches({ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db8::1' })).toBe(true);
    expect(matches({ ip: [{ cidr: '2001:db8::/32' }] }, { ip: '2001:db9::1' })).toBe(false);
  });

  test('fields under a list match within one element', () => {
    const pattern = { items: { name: ['a'], size: [2] } };
    expect(matches(pattern, { items: [{ name: 'a', size: 2 }] })).toBe(true);
    expect(
      matches(pattern, {
        items: [
          { name: 'a', size: 1 },
          { name: 'b', size: 2 },
        ],
      }),
    ).toBe(false);
  });

  test('a backslash makes a wildcard literal', () => {
    expect(matches({ key: [{ wildcard: 'a\\*b\\\\*' }] }, { key: 'a*b\\c' })).toBe(true);
    expect(matches({ key: [{ wildcard: 'a\\*b\\\\*' }] }, { key: 'axb\\c' })).toBe(false);
  });
});

describe('a pattern that AWS would refuse or that is unknown here is refused, with its path', () => {
  test.each<[unknown, string]>([
    [{}, 'the pattern: Expected an object with at least one field'],
    [[], 'the pattern: Expected an object'],
    [{ detail: {} }, 'detail: Expected an object with at least one field'],
    [{ source: 'aws.s3' }, 'source: Expected an object'],
    [{ source: [] }, 'source: Expected at least one value'],
    [{ source: [['aws.s3']] }, 'source: Expected a value or an operator'],
    [{ detail: { key: [{ regex: '.*' }] } }, 'detail.key: Expected one of the operators'],
    [{ detail: { key: [{ prefix: 'a', suffix: 'b' }] } }, 'detail.key: Expected exactly one operator'],
    [{ key: [{ prefix: 5 }] }, 'key.prefix: Expected exactly one operator'],
    [{ key: [{ prefix: { wildcard: 'a' } }] }, 'key.prefix: Expected text or {"equals-ignore-case": text}'],
    [{ key: [{ suffix: { 'equals-ignore-case': 5 } }] }, 'key.suffix: Expected text but received 5'],
    [{ key: [{ 'equals-ignore-case': null }] }, 'key.equals-ignore-case: Expected text'],
    [{ key: [{ wildcard: 'a**b' }] }, 'key.wildcard: Expected no two * in a row'],
    [{ key: [{ wildcard: 'a\\b' }] }, 'key.wildcard: Expected * or \\ after a backslash'],
    [{ key: [{ wildcard: 'a\\' }] }, 'key.wildcard: Expected * or \\ after a backslash'],
    [{ size: [{ numeric: ['>', '0'] }] }, 'size.numeric: Expected a number after the comparison'],
    [{ size: [{ numeric: ['~', 0] }] }, 'size.numeric: Expected one of = < <= > >='],
    [{ size: [{ numeric: ['>'] }] }, 'size.numeric: Expected one or two pairs'],
    [{ size: [{ numeric: ['<', 5, '>', 0] }] }, 'size.numeric: Expected a range'],
    [{ size: [{ numeric: ['>', 5, '<', 5] }] }, 'size.numeric: Expected a range'],
    [{ size: [{ exists: 'yes' }] }, 'size.exists: Expected true or false'],
    [{ ip: [{ cidr: '10.0.0.0' }] }, 'ip.cidr: Expected an IP range'],
    [{ ip: [{ cidr: '10.0.0.0/33' }] }, 'ip.cidr: Expected an IP range'],
    [{ a: [{ 'anything-but': [] }] }, 'a.anything-but: Expected at least one value'],
    [{ a: [{ 'anything-but': ['x', 5] }] }, 'a.anything-but: Expected only texts or only numbers'],
    [{ a: [{ 'anything-but': { numeric: ['=', 5] } }] }, 'a.anything-but: Expected one of prefix, suffix'],
    [{ $or: [{ a: [1] }] }, '$or: Expected a list of at least two patterns'],
    [{ $or: [{ a: [1] }, { b: [] }] }, 'b: Expected at least one value'],
  ])('%j', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(`Event pattern: ${message}`);
  });
});

describe('more wildcards than EventBridge is sure to accept are refused', () => {
  const wildcards = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ wildcard: `in/*.${index}` }));

  test.each<[string, unknown]>([
    ['in one field', { key: wildcards(9) }],
    ['in several', { key: wildcards(5), detail: { name: wildcards(4) } }],
    ['in one matcher', { key: [{ wildcard: '*1*2*3*4*5*6*7*8*9' }] }],
    ['in what may not be', { key: [{ 'anything-but': { wildcard: Array(9).fill('in/*') } }] }],
    ['in alternatives', { $or: [{ key: wildcards(5) }, { name: wildcards(4) }] }],
  ])('%s', (_where, pattern) => {
    expect(() => compilePattern(pattern)).toThrow(
      'Event pattern: the pattern: Expected at most 8 wildcards, since EventBridge refuses a rule that is too complex, but received 9',
    );
  });

  test('eight are accepted; escaped stars and fields named "wildcard" do not count', () => {
    const pattern = { key: [...wildcards(8), { wildcard: '\\\\\\*' }], wildcard: Array(9).fill('*') };
    expect(compilePattern(pattern)({ key: 'in/a.7', wildcard: '*' })).toBe(true);
  });
});

describe('for any input', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\', '.', '\n'), maxLength: 12 });

  test('a wildcard agrees with the equivalent regular expression', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\', '.', '\n'), maxLength: 4 });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), letters, (raw, value) => {
        // Empty pieces in the middle would put two wildcards next to each other, which AWS refuses.
        const pieces = raw.filter((text, index) => text !== '' || index === 0 || index === raw.length - 1);
        const pattern = pieces.map((text) => text.replace(/[\\*]/g, '\\$&')).join('*');
        const regex = new RegExp(`^${pieces.map((text) => text.replace(/[\\*.]/g, '\\$&')).join('[^]*')}$`);
        expect(matches({ key: [{ wildcard: pattern }] }, { key: value })).toBe(regex.test(value));
      }),
      { numRuns: 2_000 },
    );
  });

  test('a numeric range matches exactly what lies between its ends', () => {
    const number = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(number, number, number, fc.boolean(), fc.boolean(), (a, b, value, openLow, openHigh) => {
        fc.pre(a < b);
        const numeric = [openLow ? '>' : '>=', a, openHigh ? '<' : '<=', b];
        const inside = (openLow ? value > a : value >= a) && (openHigh ? value < b : value <= b);
        expect(matches({ n: [{ numeric }] }, { n: value })).toBe(inside);
      }),
    );
  });

  test('any event matches the pattern made of its own values, and not with one value changed', () => {
    const event = fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => key !== '$or' && key !== '__proto__'),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
      { minKeys: 1, maxKeys: 5 },
    );
    fc.assert(
      fc.property(event, (fields) => {
        const pattern = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, [value]]));
        expect(matches(pattern, fields)).toBe(true);
        const key = Object.keys(fields)[0]!;
        expect(matches(pattern, { ...fields, [key]: { other: true } })).toBe(false);
      }),
    );
  });

  test('anything-but is the opposite of equality if the field exists', () => {
    fc.assert(
      fc.property(letters, fc.array(letters, { minLength: 1 }), (value, others) => {
        expect(matches({ k: [{ 'anything-but': others }] }, { k: value })).toBe(
          !matches({ k: others }, { k: value }),
        );
      }),
    );
  });
});
