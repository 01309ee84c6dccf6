import { environmentOf, type Reader } from '../../../../functions/lib/runtime/environment';

const environment = environmentOf<'watch'>() as unknown as Reader<{ EXAMPLE: string; MISSING?: string }>;

afterEach(() => {
  delete process.env['EXAMPLE'];
});

test('a text is the value of the variable', () => {
  process.env['EXAMPLE'] = ' as it is ';
  expect(environment.text('EXAMPLE')).toBe(' as it is ');
});

test.each([undefined, ''])('a variable that is %j is refused by name', (value) => {
  if (value !== undefined) process.env['EXAMPLE'] = value;
  for (const read of [environment.text, environment.count, environment.list]) {
    expect(() => read('EXAMPLE')).toThrow(
      'Expected environment variable EXAMPLE to be set; it is missing or empty',
    );
  }
});

test('a count is a positive whole number', () => {
  process.env['EXAMPLE'] = '50000000';
  expect(environment.count('EXAMPLE')).toBe(50_000_000);
  process.env['EXAMPLE'] = '1';
  expect(environment.count('EXAMPLE')).toBe(1);
});

test.each(['0', '-1', '1.5', 'many', String(2 ** 53)])('%s is no count', (value) => {
  process.env['EXAMPLE'] = value;
  expect(() => environment.count('EXAMPLE')).toThrow(
    `Expected a positive whole number for environment variable EXAMPLE but received ${value}`,
  );
});

test('a variable that may be missing is empty then', () => {
  expect(environment.optional('MISSING')).toBe('');
  process.env['MISSING'] = 'not any more';
  expect(environment.optional('MISSING')).toBe('not any more');
  delete process.env['MISSING'];
});

test('a list is separated by commas', () => {
  process.env['EXAMPLE'] = 'jpeg,png';
  expect(environment.list('EXAMPLE')).toEqual(['jpeg', 'png']);
});
