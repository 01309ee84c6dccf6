import * as errors from '../../contract/errors';
import { ERRORS, isImageError } from '../../contract/vocabulary';

const classes = Object.entries(ERRORS);

test("five errors are the image's own fault", () => {
  const names = [...Object.keys(ERRORS), 'Lambda.Unknown', 'toString'].filter(isImageError);
  expect(names.sort()).toEqual([
    'CorruptImage',
    'EmptyObject',
    'ImageTooLarge',
    'SuspiciousImage',
    'UnsupportedFormat',
  ]);
});

test('the vocabulary is the one the state machine, the record and the messages know', () => {
  expect(classes.map(([name]) => name).sort()).toEqual([
    'CapacityExhausted',
    'CorruptImage',
    'EmptyObject',
    'ImageTooLarge',
    'InvalidAnswer',
    'InvalidEvent',
    'NotYetVisible',
    'ObjectNotFound',
    'Superseded',
    'SuspiciousImage',
    'Throttled',
    'TransientError',
    'UnsupportedFormat',
  ]);
});

describe.each(classes)('%s', (name, Failure) => {
  test('has its class name as a literal, so that a minifier does not change it', () => {
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
