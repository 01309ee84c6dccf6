import fc from 'fast-check';
import { executionLink, objectLink, runbookLink } from '../../contract/messages/links';
import { usualCause } from '../../contract/messages/usual-cause';
import { CRASHES, LAMBDA_FAULTS } from '../../contract/service-errors';
import { ERRORS } from '../../contract/vocabulary';
import { anchor, document, headings } from '../docs/documents';
import { anyText } from './any-text';

const execution = (account: string) => `arn:aws:states:eu-west-1:${account}:express:pics:6d1f2c3e_0c55:b1c5`;
const ON_AWS = execution('111122223333');
const HERE = execution('000000000000');

test('an execution is found in the console by its ARN, from five minutes before the mail on', () => {
  expect(executionLink(ON_AWS, '2026-03-12T02:08:00.000Z')).toBe(
    `https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/express-executions/details/${ON_AWS}?startDate=${Date.UTC(2026, 2, 12, 2, 3)}`,
  );
});

test('an object is found in the console by its bucket and its key', () => {
  expect(objectLink({ bucket: 'pics-quarantine', key: "a b/it's (1)&é.jpg" }, ON_AWS)).toBe(
    'https://eu-west-1.console.aws.amazon.com/s3/object/pics-quarantine?region=eu-west-1&prefix=a%20b%2Fit%27s%20%281%29%26%C3%A9.jpg',
  );
});

test('the link to an object is a URL with that key, whatever the key', () => {
  fc.assert(
    fc.property(anyText, (key) => {
      const link = objectLink({ bucket: 'b', key }, ON_AWS)!;
      expect(link).toMatch(/^[A-Za-z0-9%&./:=?_~-]+$/);
      expect(new URL(link).searchParams.get('prefix')).toBe(Buffer.from(key).toString());
    }),
  );
});

test.each([HERE, 'unknown', '', `${ON_AWS}\nhttps://evil.example`, `see ${ON_AWS}`])(
  'without an account of AWS, as in the local engine, there is no link to its console: %j',
  (arn) => {
    expect(executionLink(arn, '2026-03-12T02:08:00.000Z')).toBeUndefined();
    expect(objectLink({ bucket: 'b', key: 'k' }, arn)).toBeUndefined();
  },
);

describe('the runbook', () => {
  const anchors = headings(document('operations.md')).map(anchor);
  const named = [
    ...Object.keys(ERRORS),
    ...CRASHES,
    ...LAMBDA_FAULTS,
    'Lambda.TooManyRequestsException',
    'AccessDenied',
    'AccessDeniedException',
    'InvalidObjectState',
    'EventBridge.FailedEntry',
    'EventBridge.InternalException',
  ];

  test.each(named)('has a section about %s', (name) => {
    const [file, section] = runbookLink(name).split('#');
    expect(file).toBe('docs/operations.md');
    expect(anchors).toContain(section);
    expect(section).not.toBe('error-names');
  });

  test('is linked as a whole for an error that it does not know', () => {
    for (const name of ['Error', 'constructor', 'a#b\n']) {
      expect(runbookLink(name)).toBe('docs/operations.md#error-names');
    }
    expect(anchors).toContain('error-names');
  });

  test('is where the settings say', () => {
    expect(runbookLink('CorruptImage', 'https://git.example/operations.md')).toBe(
      'https://git.example/operations.md#corruptimage',
    );
  });
});

test('the names of crashes and of the faults of Lambda itself are those of its documentation', () => {
  expect(CRASHES).toEqual([
    'Lambda.Unknown',
    'Sandbox.Timedout',
    'Runtime.ExitError',
    'Runtime.OutOfMemory',
    'States.Timeout',
  ]);
  expect(LAMBDA_FAULTS).toEqual([
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
  ]);
});

test('what usually causes a crash is said, and only of a crash', () => {
  for (const name of CRASHES) expect(usualCause(name)).toMatch(/^Usually .*\.$/);
  expect(usualCause('Sandbox.Timedout')).toContain('functions.thumbnail.memoryMb');
  for (const name of [...Object.keys(ERRORS), 'constructor']) expect(usualCause(name)).toBeUndefined();
});
