import fc from 'fast-check';
import { literal, matches, matchesArn, variablesOf } from '../../../local-aws/iam/pattern';

const none = new Map<string, string>();
const context = new Map([
  ['aws:username', 'anna'],
  ['aws:principalarn', 'arn:aws:iam::111122223333:role/a*b'],
]);

describe('a pattern', () => {
  test.each([
    ['*', ''],
    ['*', 'anything at all'],
    ['s3:Get*', 's3:GetObject'],
    ['s3:*Object', 's3:GetObject'],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/a/b c/☃.jpg'],
    ['arn:aws:s3:::bucket*', 'arn:aws:s3:::bucket'],
    ['a?c', 'abc'],
    ['a?c', 'a☃c'],
    ['a?c', 'a🌵c'],
    ['a**b', 'ab'],
    ['*a*a*b', 'aaab'],
  ])('%s matches %s', (pattern, text) => {
    expect(matches(pattern, text, none)).toBe(true);
  });

  test.each([
    ['', 'a'],
    ['a', 'A'],
    ['s3:Get*', 's3:PutObject'],
    ['a?c', 'ac'],
    ['a?c', 'abbc'],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket'],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket2/key'],
    ['*b', 'abc'],
  ])('%s does not match %s', (pattern, text) => {
    expect(matches(pattern, text, none)).toBe(false);
  });

  const letter = fc.constantFrom('a', 'b', ':', '.', '+', '\n', '☃', '🌵');
  const text = fc.array(letter, { maxLength: 12 }).map((letters) => letters.join(''));
  const wildcards = fc
    .array(fc.oneof(letter, fc.constantFrom('*', '?')), { maxLength: 8 })
    .map((letters) => letters.join(''));

  test('matches the same texts as the equivalent regular expression', () => {
    fc.assert(
      fc.property(wildcards, text, (pattern, candidate) => {
        const source = [...pattern]
          .map((char) => (char === '*' ? '.*' : char === '?' ? '.' : char.replace(/[.+]/, '\\$&')))
          .join('');
        expect(matches(pattern, candidate, none)).toBe(new RegExp(`^${source}$`, 'su').test(candidate));
      }),
      { numRuns: 2_000 },
    );
  });

  test('matches every text that it was made from', () => {
    fc.assert(
      fc.property(text, text, text, (before, middle, after) => {
        expect(matches(`${before}*${after}`, before + middle + after, none)).toBe(true);
      }),
    );
  });

  test('that would make a backtracking matcher hang is decided quickly', () => {
    expect(matches('*a'.repeat(200), `${'a'.repeat(5_000)}b`, none)).toBe(false);
  });
});

describe('a policy variable', () => {
  test('matches the value in the request, whatever the letter case of its name', () => {
    expect(matches('arn:aws:s3:::homes/${AWS:UserName}/*', 'arn:aws:s3:::homes/anna/a.jpg', context)).toBe(
      true,
    );
    expect(matches('arn:aws:s3:::homes/${aws:username}/*', 'arn:aws:s3:::homes/bert/a.jpg', context)).toBe(
      false,
    );
  });

  test('is literal: a wildcard in the value of a request matches only itself', () => {
    expect(matches('${aws:PrincipalArn}', 'arn:aws:iam::111122223333:role/a*b', context)).toBe(true);
    expect(matches('${aws:PrincipalArn}', 'arn:aws:iam::111122223333:role/aXb', context)).toBe(false);
  });

  test('without a value makes the pattern match nothing', () => {
    expect(matches('*${aws:username}', '', none)).toBe(false);
    expect(matchesArn('arn:aws:s3:::${aws:username}', 'arn:aws:s3:::', none)).toBe(false);
    expect(literal('${aws:username}', none)).toBeUndefined();
  });

  test('of a special character is that character', () => {
    expect(matches('a${*}${?}${$}', 'a*?$', none)).toBe(true);
    expect(matches('a${*}', 'ab', none)).toBe(false);
    expect(variablesOf('${*}/${aws:username}/${?}/${s3:prefix}')).toEqual(['aws:username', 's3:prefix']);
  });
});

describe('an ARN pattern', () => {
  const queue = 'arn:aws:sqs:us-east-1:111122223333:failures';

  test.each([queue, 'arn:aws:sqs:*:*:failures', 'arn:aws:*:us-east-?:111122223333:fail*', 'arn:*:*:*:*:*'])(
    '%s matches a queue',
    (pattern) => {
      expect(matchesArn(pattern, queue, none)).toBe(true);
    },
  );

  test.each(['arn:aws:sqs:*', 'arn:*failures', 'arn:aws:sqs:us-east-1:*failures', '*'])(
    '%s does not: a wildcard ends with its part',
    (pattern) => {
      expect(matchesArn(pattern, queue, none)).toBe(false);
    },
  );

  test('may have colons in its resource', () => {
    const version = 'arn:aws:lambda:us-east-1:111122223333:function:thumbnail:7';
    expect(matchesArn('arn:aws:lambda:us-east-1:111122223333:function:*', version, none)).toBe(true);
  });
});
