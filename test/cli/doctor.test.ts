import { removeObject } from '../../cli/doctor/cleanup';
import { call } from './call';
import { args, doctor, items, left, RIGHTS, stack, useEngine, versions, workflow } from './probe';
import { run, withoutStatement } from './run';

jest.setTimeout(120_000);

useEngine();

/** Expects that nothing of a probe is left: no version, thumbnail, copy or record. */
async function expectNothingLeft(): Promise<void> {
  await workflow.idle();
  const keys = await Promise.all(
    (['uploads', 'thumbnails', 'quarantine'] as const).map((name) => workflow.keys(name)),
  );
  expect(keys).toEqual([[], [], []]);
  expect(await versions('uploads')).toEqual([]);
  expect(await versions('quarantine')).toEqual([]);
  expect(await items()).toEqual([]);
}

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

test('an interruption: doctor removes the probe before it ends', async () => {
  const { code, stdout } = await run('doctor', args(60), { interruptAfter: /queue failures/ });
  expect(code).toBe(1);
  expect(stdout).toContain('✗ It was stopped before the probe was done.');
  expect(stdout).toContain('✓ Everything the probe left has been removed. A tombstone');
  await expectNothingLeft();
});

describe('someone who may not', () => {
  beforeAll(() => workflow.restart(() => stack.restore()));

  /** Removes an object as the line would. */
  async function remove(url: string): Promise<void> {
    const bucket = workflow.bucket('uploads');
    await removeObject(
      workflow.s3,
      { bucket, key: url.slice(`s3://${bucket}/`.length) },
      workflow.stack.region,
    );
  }

  test.each(RIGHTS)('%s: what doctor made is removed, or named', async (_, actions, stays, words) => {
    workflow.inject(...actions.map((call) => ({ call, fault: 'deny' as const })));
    const { stdout } = await doctor();
    workflow.inject();
    await workflow.idle();
    const rest = await left();
    expect(stdout).toMatch(words);
    expect(rest.length).toBe(stays ? 1 : 0);
    for (const each of rest) {
      expect(stdout).toContain(each);
      await remove(each);
    }
    await workflow.idle();
    expect(await left()).toEqual([]);
  });

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
