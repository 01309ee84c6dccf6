import { holds, isOperator } from '../../../local-aws/iam/conditions';

const ARN = 'arn:aws:events:us-east-1:111122223333:rule/uploads';
const context = new Map([
  ['aws:securetransport', 'true'],
  ['aws:sourcearn', ARN],
  ['s3:prefix', 'home/Anna'],
  ['s3:max-keys', '100'],
  ['aws:username', 'Anna'],
]);
const ABSENT = 'aws:SourceAccount';

/** Operator, key and values of one condition. */
type Row = [operator: string, key: string, values: string[]];

const HOLD: Row[] = [
  ['StringEquals', 's3:prefix', ['home/Anna']],
  ['StringEquals', 'S3:PREFIX', ['home/Bert', 'home/Anna']],
  ['StringEquals', 's3:prefix', ['home/${aws:username}']],
  ['StringNotEquals', 's3:prefix', ['home/anna', 'home/*']],
  ['StringNotEquals', ABSENT, ['1']],
  ['StringEqualsIgnoreCase', 's3:prefix', ['HOME/${AWS:USERNAME}']],
  ['StringNotEqualsIgnoreCase', 's3:prefix', ['home/bert']],
  ['StringLike', 's3:prefix', ['home/*']],
  ['StringLike', 's3:prefix', ['home/A???']],
  ['StringNotLike', 's3:prefix', ['work/*']],
  ['StringNotLike', ABSENT, ['*']],
  ['ArnEquals', 'aws:SourceArn', [ARN]],
  ['ArnEquals', 'aws:SourceArn', ['arn:aws:events:*:*:rule/*']],
  ['ArnLike', 'aws:SourceArn', ['arn:aws:s3:::b', 'arn:aws:events:us-*-1:111122223333:rule/up*']],
  ['ArnNotEquals', 'aws:SourceArn', ['arn:aws:events:us-east-1:111122223333:rule/other']],
  ['ArnNotLike', ABSENT, ['*']],
  ['Bool', 'aws:SecureTransport', ['TRUE']],
  ['NumericEquals', 's3:max-keys', ['1e2']],
  ['NumericNotEquals', 's3:max-keys', ['10']],
  ['NumericLessThan', 's3:max-keys', ['101']],
  ['NumericLessThanEquals', 's3:max-keys', ['100']],
  ['NumericGreaterThan', 's3:max-keys', ['99']],
  ['NumericGreaterThanEquals', 's3:max-keys', ['100']],
  ['Null', ABSENT, ['true']],
  ['Null', 's3:prefix', ['false']],
  ['StringEqualsIfExists', ABSENT, ['1']],
  ['StringNotEqualsIfExists', ABSENT, ['1']],
  ['StringEqualsIfExists', 's3:prefix', ['home/Anna']],
  ['ForAllValues:StringLike', 's3:prefix', ['home/*']],
  ['ForAllValues:StringLike', ABSENT, ['home/*']],
];

const FAIL: Row[] = [
  ['StringEquals', 's3:prefix', ['home/anna']],
  ['StringEquals', 's3:prefix', ['home/*']],
  ['StringEquals', ABSENT, ['']],
  ['StringNotEquals', 's3:prefix', ['work', 'home/Anna']],
  ['StringEqualsIgnoreCase', 's3:prefix', ['home']],
  ['StringNotEqualsIgnoreCase', 's3:prefix', ['HOME/ANNA']],
  ['StringLike', 's3:prefix', ['HOME/*']],
  ['StringNotLike', 's3:prefix', ['home/*']],
  ['StringLike', ABSENT, ['*']],
  ['ForAllValues:StringLike', 's3:prefix', ['work/*']],
  ['ArnEquals', 'aws:SourceArn', [`${ARN}2`]],
  ['ArnLike', 'aws:SourceArn', ['*']],
  ['ArnNotLike', 'aws:SourceArn', ['arn:aws:events:*:*:rule/*']],
  ['Bool', 'aws:SecureTransport', ['false']],
  ['Bool', ABSENT, ['true', 'false']],
  ['NumericLessThan', 's3:max-keys', ['100']],
  ['NumericGreaterThan', 's3:max-keys', ['100']],
  ['NumericEquals', 's3:prefix', ['100']],
  ['Null', ABSENT, ['false']],
  ['Null', 's3:prefix', ['true']],
  ['StringEqualsIfExists', 's3:prefix', ['home']],
];

test.each(HOLD)('%s of %s and %j holds', (operator, key, values) => {
  expect(isOperator(operator)).toBe(true);
  expect(holds({ [operator]: { [key]: values } }, context)).toBe(true);
});

test.each(FAIL)('%s of %s and %j does not hold', (operator, key, values) => {
  expect(isOperator(operator)).toBe(true);
  expect(holds({ [operator]: { [key]: values } }, context)).toBe(false);
});

test('one of several values is enough, but all keys and operators have to hold', () => {
  const prefix = { 's3:prefix': ['home/Anna'] };
  expect(holds({ StringEquals: { ...prefix, 'aws:username': ['Anna'] } }, context)).toBe(true);
  expect(holds({ StringEquals: { ...prefix, 'aws:username': ['Bert'] } }, context)).toBe(false);
  expect(holds({ StringEquals: prefix, Bool: { 'aws:SecureTransport': ['false'] } }, context)).toBe(false);
});

test('an operator that is not evaluated is not mistaken for one that is', () => {
  const others = [
    'DateLessThan',
    'IpAddress',
    'BinaryEquals',
    'ForAnyValue:StringEquals',
    'NullIfExists',
    'x',
  ];
  expect(others.filter(isOperator)).toEqual([]);
});
