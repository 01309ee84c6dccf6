import { only, synthesize, type TerraformJson } from '../synthesized';

const QUOTA = 'data.aws_servicequotas_service_quota.capacity_concurrency_6E216728.value';
const quotas = (json: TerraformJson) => json.data['aws_servicequotas_service_quota'];
const reservation = (json: TerraformJson) =>
  only(json.resource['aws_lambda_function'], 'thumbnail-function')['reserved_concurrent_executions'];
const backlog = (json: TerraformJson) =>
  only(json.resource['aws_lambda_event_source_mapping'])['scaling_config'].maximum_concurrency;

test('by default, what is reserved and what drains the backlog follow the quota, beyond its default', () => {
  const json = synthesize();
  expect(only(quotas(json))).toEqual({ service_code: 'lambda', quota_code: 'L-B99A9384' });
  expect(reservation(json)).toBe(`\${(${QUOTA} >= 1001) ? 100 : -1}`);
  expect(backlog(json)).toBe(`\${(${QUOTA} >= 1001) ? 50 : 5}`);
});

test('if both are set, nothing is looked up, so a deploy needs no permission for it', () => {
  const json = synthesize({
    functions: { thumbnail: { reservedConcurrency: 'none' } },
    backlog: { concurrency: 7 },
  });
  expect(quotas(json)).toBeUndefined();
  expect(reservation(json)).toBeUndefined();
  expect(backlog(json)).toBe(7);
});
