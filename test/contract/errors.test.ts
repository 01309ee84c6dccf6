import * as errors from '../../contract/errors';

const classes = Object.entries(errors) as [string, new (message: string, options?: ErrorOptions) => Error][];

test('the vocabulary is the one the state machine, the record and the messages know', () => {
  expect(classes.map(([name]) => name).sort()).toEqual([
    'CorruptImage',
    'EmptyObject',
    'ImageTooLarge',
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
