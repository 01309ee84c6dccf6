import { json, route } from '../../../../functions/lib/http/api';
import { HttpProblem, problem } from '../../../../functions/lib/http/problem';
import { bodyOf } from '../../http';

const answer = json(200, { a: 1 }, { etag: '"e"' });
const thrown = (name: string, message: string) => Object.assign(new Error(message), { name });

test('a route answers with what it gets from its arguments', async () => {
  const sum = route(async (event: { n: number }, add: number) =>
    json(201, event.n + add, { 'cache-control': 'no-store' }),
  );
  expect(await sum({ n: 1 }, 2)).toEqual({
    statusCode: 201,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: '3',
  });
});

describe('an error of a route', () => {
  let warn: jest.SpyInstance;
  beforeEach(() => {
    warn = jest.spyOn(console, 'warn').mockImplementation();
  });
  afterEach(() => warn.mockRestore());

  const failing = (error: Error) =>
    route(async (): Promise<typeof answer> => {
      throw error;
    })(undefined as never);

  test('that is a problem of the request is the answer', async () => {
    const error = new HttpProblem(404, 'There is no image.');
    expect(await failing(error)).toBe(error.answer);
    expect(warn).not.toHaveBeenCalled();
  });

  test.each([
    ['ThrottlingException', 'Throttled'],
    ['TimeoutError', 'TransientError'],
  ])('that goes away by itself asks the client to come again, and is logged: %s', async (name, known) => {
    const refused = await failing(thrown(name, 'too fast'));
    expect(refused).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '1', 'cache-control': 'no-store' },
    });
    expect(bodyOf(refused)).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: "An AWS service can't answer right now. Try again in 1 s.",
      error: known,
    });
    expect(warn.mock.calls).toEqual([[`${known}: ${name}: too fast`]]);
  });

  test('that is a bug stays an error of the function', async () => {
    const error = new TypeError('x is undefined');
    await expect(failing(error)).rejects.toBe(error);
    expect(warn).not.toHaveBeenCalled();
  });
});

test('a problem has an error and faults only if it names some, and is never cached unless it says so', () => {
  expect(problem(404, 'There is no image.')).toEqual({
    statusCode: 404,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is no image.',
    }),
  });
  const faults = [{ pointer: '/size', detail: 'Expected more' }];
  const options = { error: 'EmptyObject', faults, headers: { 'cache-control': 'max-age=60' } };
  const full = problem(400, 'It is empty.', options);
  expect(full.headers['cache-control']).toBe('max-age=60');
  expect(bodyOf(full)).toMatchObject({ error: 'EmptyObject', faults });
});

test('the error of a problem says in a log what it is', () => {
  expect(String(new HttpProblem(404, 'There is no image.'))).toBe('HttpProblem: There is no image.');
});
