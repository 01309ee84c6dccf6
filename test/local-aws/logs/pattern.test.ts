import { compileFilter } from '../../../local-aws/logs/pattern';

const message = JSON.stringify({
  type: 'ExecutionStarted',
  level: 'ERROR',
  id: '7',
  size: 12,
  empty: null,
  list: ['a', 'b'],
  details: { name: 'Work', 'of-it': 'x"y\\z' },
  arn: 'arn:aws:states:eu-west-1:111122223333:express:w:name:0a1b',
});

test.each([
  ['', true],
  ['{ $.level = "ERROR" }', true],
  ['{ $.level = ERROR }', true],
  ['{ $.level = "WARN" }', false],
  ['{$.type="Execution*"}', true],
  ['{ $.type = "*Started" }', true],
  ['{ $.type = "*cut*" }', true],
  ['{ $.type = "Started*" }', false],
  ['{ $.type = "execution*" }', false],
  ['{ $.type != "Execution*" }', false],
  ['{ $.type != "Task*" }', true],
  ['{ $.details.name = "Work" }', true],
  ['{ $.details["name"] = "Work" }', 'refused'],
  ["{ $['details']['of-it'] = \"x\\\"y\\\\z\" }", true],
  ['{ $.list[1] = "b" }', true],
  ['{ $.list[2] = "b" }', false],
  ['{ $.size = 12 }', true],
  ['{ $.size > 11 && $.size <= 12 }', true],
  ['{ $.size < 12 }', false],
  ['{ $.size >= "12" }', 'refused'],
  ['{ $.id > 5 }', false],
  ['{ $.level = "WARN" || $.type = "Task*" || $.id = "7" }', true],
  ['{ $.level = "ERROR" && $.type = "Task*" }', false],
  // && binds closer than ||.
  ['{ $.level = "ERROR" || $.level = "WARN" && $.type = "Task*" }', true],
  ['{ ($.level = "ERROR" || $.level = "WARN") && $.type = "Task*" }', false],
  // A property that isn't there, or is no value, matches nothing, not even that it is different.
  ['{ $.nothing != "x" }', false],
  ['{ $.details != "x" }', false],
  ['{ $.empty = "x" }', false],
  ['{ $.arn = "*:0a1b*" }', true],
  ['{ $.arn = "arn:aws:states:eu-west-1:111122223333:express:w:name:0a1b" }', true],
  ['ERROR', 'refused'],
  ['"ERROR"', 'refused'],
  ['[ip, user]', 'refused'],
  ['{ $.level = "ERROR"', 'refused'],
  ['{ $.level = "ERROR" } }', 'refused'],
  ['{ $.level }', 'refused'],
  ['{ $.level IS NULL }', 'refused'],
  ['{ $.level = "ERROR" $.id = "7" }', 'refused'],
  [`{ $.level = "${'x'.repeat(1_024)}" }`, 'refused'],
])('%s', (pattern, expected) => {
  const outcome = () => {
    try {
      return compileFilter(pattern)(message);
    } catch (error) {
      expect((error as Error).name).toBe('InvalidParameterException');
      return 'refused';
    }
  };
  expect(outcome()).toBe(expected);
});

test('a message that is no JSON object matches the empty pattern only', () => {
  for (const text of ['plain text', '[1]', '{broken', '"text"']) {
    expect(compileFilter('')(text)).toBe(true);
    expect(compileFilter('{ $.level != "x" }')(text)).toBe(false);
  }
});
