import * as errors from '../../contract/errors';

const classes = Object.entries(errors.ERRORS);

test('every error class is in the vocabulary', () => {
  const concrete = Object.values(errors as Record<string, unknown>).filter(
    (value) => typeof value === 'function' && value.prototype instanceof Error && value !== errors.ImageError,
  );
  expect(concrete).toEqual(expect.arrayContaining(Object.values(errors.ERRORS)));
  expect(concrete).toHaveLength(Object.keys(errors.ERRORS).length);
});

test('five errors lie in the image itself', () => {
  const names = [...Object.keys(errors.ERRORS), 'Lambda.Unknown', 'toString'].filter(errors.isImageError);
  expect(names).toEqual([
    'UnsupportedFormat',
    'ImageTooLarge',
    'CorruptImage',
    'SuspiciousImage',
    'EmptyObject',
  ]);
});

test('the vocabulary is the one the state machine, the record and the messages know', () => {
  expect(classes.map(([name]) => name).sort()).toEqual([
    'CorruptImage',
    'EmptyObject',
    'ImageTooLarge',
    'InvalidAnswer',
    'InvalidEvent',
    'Superseded',
    'SuspiciousImage',
    'Throttled',
    'TransientError',
    'UnsupportedFormat',
  ]);
});

describe.each(classes)('%s', (name, Failure) => {
  test('has its class name as a literal, which a minifier leaves alone', () => {
    const error = new Failure('message');
    expect(Object.getOwnPropertyDescriptor(error, 'name')?.value).toBe(name);
    expect(error).toBeInstanceOf(Error);
  });
});

test('a message of up to 1,024 characters is kept and a longer one cut, so that payloads stay small', () => {
  expect(new errors.CorruptImage('x'.repeat(1024)).message).toBe('x'.repeat(1024));
  expect(new errors.CorruptImage('x'.repeat(1025)).message).toBe(`${'x'.repeat(1023)}…`);
});

test('the error behind an error is kept as its cause', () => {
  const cause = new Error('behind');
  expect(new errors.CorruptImage('message', { cause }).cause).toBe(cause);
});
