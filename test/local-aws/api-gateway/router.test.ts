import type { Route } from '../../../local-aws/api-gateway/model';
import { findRoute } from '../../../local-aws/api-gateway/router';
import { createThrottle } from '../../../local-aws/api-gateway/throttle';

const routes = [
  'ANY /{proxy+}',
  'GET /images/{id}',
  'ANY /images/{id}',
  'GET /images/new',
  'GET /images/{id}/{size}',
].map((key) => {
  const [method, path] = key.split(' ');
  return { key, method, path } as Route;
});

test.each([
  ['GET', '/images/new', 'GET /images/new', {}],
  ['GET', '/images/7', 'GET /images/{id}', { id: '7' }],
  ['POST', '/images/7', 'ANY /images/{id}', { id: '7' }],
  ['GET', '/images/7/small', 'GET /images/{id}/{size}', { id: '7', size: 'small' }],
  ['GET', '/images/a%2Fb', 'GET /images/{id}', { id: 'a/b' }],
  ['GET', '/images/a/b/c', 'ANY /{proxy+}', { proxy: 'images/a/b/c' }],
  ['DELETE', '/images/', 'ANY /{proxy+}', { proxy: 'images/' }],
])('%s %s takes the most specific route', (method, path, key, parameters) => {
  const match = findRoute(routes, method, path);
  expect([match?.route.key, match?.parameters]).toEqual([key, parameters]);
});

test('a request without a matching route gets none', () => {
  expect(findRoute(routes.slice(1), 'DELETE', '/images')).toBeUndefined();
  expect(findRoute(routes, 'GET', '/')).toBeUndefined();
});

test('a throttle lets a burst through, and then a fixed rate', () => {
  let now = 0;
  const pass = createThrottle({ burst: 3, rate: 2 }, () => now);
  expect([pass(), pass(), pass(), pass()]).toEqual([true, true, true, false]);
  now = 500;
  expect([pass(), pass()]).toEqual([true, false]);
  now = 60_000;
  expect([pass(), pass(), pass(), pass()]).toEqual([true, true, true, false]);
});
