import { call } from './call';
import { doctor, expectNothingLeft, left, stack, useEngine, workflow } from './probe';
import { withoutStatement } from './run';

jest.setTimeout(120_000);

useEngine();

test('a stack that works: the probe is processed, announced, and removed without a trace', async () => {
  const { code, stdout, stderr } = await doctor();
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Waiting up to 20 seconds') });
  expect(stdout).not.toMatch(/^[✗!]/m);
  for (const line of [
    'sends its events to EventBridge.',
    'The errors topic has 1 subscriber.',
    'The queue dead-letters is empty.',
    'The probe is recorded as DONE.',
    'The processed topic received the message.',
    'Everything the probe left has been removed.',
    'It works.',
  ]) {
    expect(stdout).toContain(line);
  }
  expect(stdout).toMatch(
    /The thumbnail s3:\/\/\S+\/incoming\/doctor-[0-9a-f-]+\.png\/thumbnail\.png is there\./,
  );
  expect((await workflow.told('processed')).map(({ source }) => source.key)).toEqual([
    expect.stringMatching(/^incoming\/doctor-/),
  ]);
  await expectNothingLeft();
});

test('a missing permission: the denied action is named, and the probe is removed', async () => {
  await workflow.restart(() =>
    stack.change((terraform) => {
      expect(withoutStatement(terraform, 'ClaimTheRecord')).toBe(1);
    }),
  );
  const { code, stdout } = await doctor();
  expect(code).toBe(1);
  expect(stdout).toContain('✗ The probe failed: AccessDeniedException');
  expect(stdout).toMatch(/role\/\S*validate\S* lacks dynamodb:UpdateItem\. Deploy again/);
  expect(stdout).toMatch(/npm run executions -- --data \S+ [0-9a-f-]{36}/);
  expect(stdout).toContain(`npm run executions -- --data ${workflow.dataDir} `);
  await expectNothingLeft();
});

test('a topic nobody may publish to: thumbnails are there, and the missing message is reported', async () => {
  await workflow.restart(() => stack.restore());
  workflow.inject({ call: 'sns:Publish', by: 'notify', fault: 'deny' });
  const { code, stdout } = await doctor(6);
  workflow.inject();
  expect(code).toBe(1);
  expect(stdout).toContain('✓ The probe is recorded as DONE.');
  expect(stdout).toContain(
    '✗ The thumbnails are recorded, but the processed topic did not receive the message.',
  );
  await expectNothingLeft();
});

test('a function that crashes: doctor names the error and where to look', async () => {
  workflow.inject({ function: 'thumbnail', fault: 'crash' });
  const { code, stdout } = await doctor();
  workflow.inject();
  expect(code).toBe(1);
  expect(stdout).toContain('✗ The probe failed: Runtime.ExitError');
  expect(stdout).toContain('its log group /aws/lambda/');
  await expectNothingLeft();
});

test('a rule that may not start the workflow: the dead letter says why', async () => {
  workflow.inject({ call: 'states:StartExecution', fault: 'deny' });
  const { code, stdout } = await doctor(3);
  workflow.inject();
  expect(code).toBe(1);
  expect(stdout).toContain('After 3 seconds there is no record of the probe.');
  expect(stdout).toContain('EventBridge could not start the workflow: NO_PERMISSIONS');
  await expectNothingLeft();
});

test('a deletion that is not processed: a warning, and doctor removes what the probe left', async () => {
  workflow.inject({ function: 'remove', fault: 'error' });
  const { code, stdout } = await doctor(4);
  workflow.inject();
  expect(code).toBe(0);
  expect(stdout).toContain('! The workflow did not process the deletion of the probe.');
  expect(stdout).toContain('! The queue dead-letters holds');
  await expectNothingLeft();
});

test('EventBridge is off for the bucket: doctor says so before it uploads the probe, which is not processed', async () => {
  await workflow.restart(() =>
    stack.change((terraform) => {
      for (const bucket of Object.values(terraform['resource']!['aws_s3_bucket_notification']!)) {
        (bucket as { eventbridge: boolean }).eventbridge = false;
      }
    }),
  );
  const { code, stdout } = await doctor(2);
  expect(code).toBe(1);
  expect(stdout).toContain('✗ The bucket');
  expect(stdout).toContain('does not send its events to EventBridge');
  expect(stdout).toContain('aws s3api put-bucket-notification-configuration');
  expect(stdout).toContain('After 2 seconds there is no record of the probe.');
  await expectNothingLeft();
});

describe('someone who may not', () => {
  beforeAll(() => workflow.restart(() => stack.restore()));

  test('upload: it is said, and nothing is left', async () => {
    workflow.inject({ call: 's3:PutObject', fault: 'deny' });
    const { code, stdout } = await doctor();
    workflow.inject();
    expect(code).toBe(1);
    expect(stdout).toContain('✗ Doctor could not find out what became of the probe.');
    expect(stdout).toMatch(/S3 PutObject on s3:\/\/\S+\/incoming\/doctor-\S+ failed: AccessDenied/);
    expect(await left()).toEqual([]);
  });
});

test('a timeout that is not a number is a usage error', async () => {
  const { code, stderr } = await call('doctor', '--timeout', 'soon');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('Expected a positive number for --timeout'),
  });
});
