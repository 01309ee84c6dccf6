import { isInvalidationPath, matcherOf } from '../../../local-aws/cloudfront/invalidation-paths';

test.each([
  '/',
  '/*',
  '/a/b.png',
  '/a*',
  '/a.png?v=1*',
  '/a%20b%7E%C3%BC.png',
  "/a!$&'()+,;=:@.png",
  `/${'a'.repeat(3_999)}`,
])('CloudFront takes the path %s', (path) => {
  expect(isInvalidationPath(path)).toBe(true);
});

test.each([
  ['without a slash', 'a.png'],
  ['with nothing', ''],
  ['with a wildcard in it', '/a*b'],
  ['with two wildcards', '/**'],
  ['with a space', '/a b.png'],
  ['with a tilde, which RFC 1738 calls unsafe', '/a~20b.png'],
  ['with brackets', '/a[1].png'],
  ['with a letter beyond ASCII', '/ü.png'],
  ['with half an escape', '/a%2'],
  ['with an escape of nothing', '/a%zz'],
  ['that is too long', `/${'a'.repeat(4_000)}`],
])('and none %s', (_, path) => {
  expect(isInvalidationPath(path)).toBe(false);
});

test.each<[string, string, boolean]>([
  ['/a.png', '/a.png', true],
  ['/a.png', '/a.png?v=1', false],
  ['/a.png', '/a.png2', false],
  ['/a.png', '/A.png', false],
  ['/a.png*', '/a.png?v=1', true],
  ['/a.png*', '/a.png', true],
  ['/a.png?v=1', '/a.png?v=1', true],
  ['/a/*', '/a', false],
  ['/a/*', '/a/b/c', true],
  ['/*', '/', true],
  ['/a%7E20b*', '/a~20b.png', true],
  ['/a%7e20b*', '/a%7E20b.png', true],
  ['/a%20b', '/a%20b', true],
  ['/%C3%BC', '/%c3%bc', true],
  ['/%61.png', '/a.png', false],
])('the path %s means %s: %s', (path, target, expected) => {
  expect(matcherOf(['/other', path])(target)).toBe(expected);
});
