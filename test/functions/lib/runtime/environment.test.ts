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

test('a list is separated by commas', () => {
  process.env['EXAMPLE'] = 'jpeg,png';
  expect(environment.list('EXAMPLE')).toEqual(['jpeg', 'png']);
});
