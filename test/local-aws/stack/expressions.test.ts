import { resolve } from '../../../local-aws/stack/references';

const VALUES: Record<string, unknown> = {
  'data.aws_servicequotas_service_quota.concurrency_A1.value': 1_000,
  'aws_s3_bucket.up-loads.bucket': 'uploads',
  'aws_kms_key.k.enable_key_rotation': true,
};

const evaluate = (text: string) =>
  resolve(text, ({ address, attribute }) => VALUES[`${address}.${attribute}`]);

test.each<[expression: string, value: unknown]>([
  ['${(data.aws_servicequotas_service_quota.concurrency_A1.value >= 1000) ? 100 : -1}', 100],
  ['${(data.aws_servicequotas_service_quota.concurrency_A1.value > 1000) ? 100 : -1}', -1],
  ['${data.aws_servicequotas_service_quota.concurrency_A1.value<=999 ? "few" : "many"}', 'many'],
  ['${aws_s3_bucket.up-loads.bucket == "uploads"}', true],
  ['${ aws_s3_bucket.up-loads.bucket != "uploads" }', false],
  ['${!aws_kms_key.k.enable_key_rotation || 1 < 2 && 2 < 1}', false],
  ['${aws_kms_key.k.enable_key_rotation ? false ? 1 : 2 : 3}', 2],
  ['${"}"}', '}'],
  ['s3://${aws_s3_bucket.up-loads.bucket}/${1 == 1 ? "a" : "b"}', 's3://uploads/a'],
  ['$${aws_s3_bucket.up-loads.bucket}', '${aws_s3_bucket.up-loads.bucket}'],
])('%s', (expression, value) => {
  expect(evaluate(expression)).toBe(value);
});

test.each([
  '${max(1, 2)}',
  '${aws_s3_bucket.up-loads[0].bucket}',
  '${1 + 1}',
  '${(1 == 1}',
  '${1 == 1 ? 2}',
  '${"${1}"}',
  '${var.name}',
  '${aws_s3_bucket.up-loads.bucket',
  '${}',
])('%s needs Terraform itself', (expression) => {
  expect(() => evaluate(expression)).toThrow('which needs Terraform itself');
});

test('a comparison needs numbers, a condition true or false', () => {
  expect(() => evaluate('${aws_s3_bucket.up-loads.bucket >= 1}')).toThrow(
    'Expected a number in a comparison but received "uploads"',
  );
  expect(() => evaluate('${1 ? 2 : 3}')).toThrow('Expected true or false in a condition but received 1');
});
