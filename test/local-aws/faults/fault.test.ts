import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseFaults, readFaults } from '../../../local-aws/faults';

test('a call fails before it takes effect unless the fault says otherwise', () => {
  const fault = { call: 's3:GetObject', fault: 'error' };
  expect(parseFaults([fault], 'faults.json')).toEqual([{ ...fault, when: 'before' }]);
});

test.each([
  [{}, 'faults.json: expected a list of faults'],
  [[3], 'faults.json[0]: Invalid input: expected object, received number'],
  [
    [{ call: 'GetObject', fault: 'error' }],
    'faults.json[0].call: expected an IAM action such as "s3:GetObject"',
  ],
  [
    [{ call: 's3:GetObject', fault: 'explode' }],
    'faults.json[0].fault: Invalid option: expected one of "error"|"throttle"|"deny"|"missing"|"hang"|"crash"',
  ],
  [
    [{ call: 's3:PutObject', fault: 'missing' }],
    'faults.json[0].fault: only an object that S3 is asked for can be missing, before the call',
  ],
  [
    [{ function: 'thumbnail', fault: 'deny' }],
    'faults.json[0].fault: Invalid option: expected one of "throttle"|"error"|"hang"|"crash"|"malformed"',
  ],
  [[{ function: 'thumbnail', fault: 'crash', when: 'after' }], 'faults.json[0]: Unrecognized key: "when"'],
  [
    [{ call: 's3:GetObject', fault: 'deny', when: 'after' }],
    'faults.json[0].when: a call is denied before it takes effect, never after',
  ],
  [
    [{ call: 's3:GetObject', fault: 'crash' }],
    'faults.json[0].by: a crash needs the name of the function that crashes',
  ],
  [
    [{ function: 'thumbnail', fault: 'hang', times: 0 }],
    'faults.json[0].times: Too small: expected number to be >=1',
  ],
  [
    [{ function: 'thumbnail', fault: 'hang', times: 1, probability: 0.5 }],
    'faults.json[0]: expected times or probability, received both',
  ],
])('%j is refused: %s', (values, message) => {
  expect(() => parseFaults(values, 'faults.json')).toThrow(new Error(message));
});

test('all mistakes are reported at once, each with its place', () => {
  const values = [
    { call: 's3:GetObject', fault: 'error' },
    { function: '' },
    { call: 's3:Get*', fault: 'hang' },
  ];
  expect(() => parseFaults(values, 'f')).toThrow(
    /^f\[1\]\.function: .*\nf\[1\]\.fault: .*\nf\[2\]\.call: .*$/,
  );
});

test('a file that is not JSON is named', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'faults-')), 'faults.json');
  expect(() => readFaults(file)).toThrow(`Expected a JSON file of faults but can't read ${file}: ENOENT`);
  writeFileSync(file, '[');
  expect(() => readFaults(file)).toThrow(`Expected a JSON file of faults but can't read ${file}: `);
});
