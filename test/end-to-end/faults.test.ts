import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { keyToBase64 } from '../../contract/replay-command';
import type { FaultInput } from '../../local-aws/faults';
import { picture } from '../fixtures/images';
import { uploadWithFaults } from './upload-with-faults';
import {
  done,
  failed,
  HANG,
  LASTING,
  SOME,
  STATES,
  startWorkflow,
  THROTTLED,
  TO_FAILURE,
} from './way-faults';
import { pathOf, type Workflow } from './workflow';

let workflow: Workflow;
let photo: Buffer;

beforeAll(async () => {
  photo = await picture();
  workflow = await startWorkflow();
});

afterAll(() => workflow?.end());

const upload = (key: string, body: Buffer | string, ...faults: FaultInput[]) =>
  uploadWithFaults(workflow, key, body, ...faults);

test.each(SOME)('$title', ({ run }) => run(workflow));

describe('an object that S3 does not show, right after versioning was turned on', () => {
  const missing = (times: number) =>
    ({ call: 's3:GetObject', by: 'validate', fault: 'missing', times }) as const;

  test('is tried again, waits in the backlog, and is processed once S3 shows it', async () => {
    const { paths, record, mail, ...run } = await upload('missing/heals.jpg', photo, missing(4));
    expect(paths).toEqual([['Validate', 'SendToBacklog'], STATES]);
    expect(run.state('Validate')).toMatchObject({ attempts: 3, error: { name: 'NotYetVisible' } });
    expect(record['status']).toBe('DONE');
    expect(mail).toMatchObject(done);
  });

  test('is a failure by name if it is still not there after half an hour', async () => {
    const key = 'missing/stays.jpg';
    await upload(key, photo);
    const before = (await workflow.mail()).length;
    workflow.inject(missing(1));
    const { states } = await workflow.repeat(key, undefined, (event) => ({
      ...event,
      time: new Date(Date.parse(event.time) - 31 * 60_000).toISOString(),
    }));
    workflow.inject();
    await workflow.idle();
    expect(states.map(({ name }) => name)).toEqual(expect.arrayContaining(TO_FAILURE));
    expect(await workflow.record(key)).toMatchObject({ lastError: { name: 'ObjectNotFound' } });
    expect((await workflow.mail()).slice(before)).toMatchObject(failed);
    expect((await workflow.told('errors')).at(-1)).toMatchObject({ error: { name: 'ObjectNotFound' } });
  });
});

test('another run of an image that is DONE fails: its thumbnails stay, and the failure is told like any other', async () => {
  const key = 'again/crash.jpg';
  await upload(key, photo);
  const [delivered] = workflow.ended.slice(-1);
  const before = (await workflow.mail()).length;
  workflow.inject({ function: 'thumbnail', fault: 'crash', times: 2 });
  const { states } = await workflow.repeat(key, delivered);
  workflow.inject();
  await workflow.idle();

  expect(states.map(({ name }) => name)).toEqual(expect.arrayContaining(TO_FAILURE));
  const [execution] = workflow.ended.slice(-1);
  const failure = { name: 'Runtime.ExitError', execution: execution?.executionArn };
  expect(await workflow.record(key)).toMatchObject({ status: 'DONE', lastError: failure });
  expect(await workflow.keys('thumbnails')).toContain(`${key}/thumbnail.jpg`);
  expect(await workflow.keys('quarantine')).not.toContain(key);
  expect((await workflow.told('errors')).at(-1)).toMatchObject({
    status: 'FAILED',
    consequence: 'NOT_REMADE',
    source: { key },
    error: { name: failure.name },
  });
  expect((await workflow.mail()).slice(before)).toMatchObject(failed);

  await workflow.repeat(key, delivered);
  const record = await workflow.record(key);
  expect(record).toMatchObject({ status: 'DONE' });
  expect(record).not.toHaveProperty('lastError');
});

describe('Quarantine', () => {
  test.each(LASTING)(
    '$fault until its retries are used up: the mail says that there is no copy',
    async (expected) => {
      const { fault, attempts, error } = expected;
      const { paths, mail, ...run } = await upload(`quarantine/${fault}.jpg`, 'no image', {
        function: 'quarantine',
        fault,
        times: attempts,
      });

      expect(paths).toEqual([['Validate', 'Quarantine', 'DescribeFailure', 'NotifyFailure', 'Failed']]);
      expect(run.state('Quarantine')).toMatchObject({ attempts, error: { name: error } });
      expect(mail).toMatchObject(failed);
      expect(mail[0]?.text).toContain('UnsupportedFormat');
      expect(mail[0]?.text).toContain(error);
      expect((await workflow.told('errors')).at(-1)).toMatchObject({ consequence: 'UNKNOWN' });
    },
  );

  test('throttled until its retries are used up: the failure waits in the backlog and is reported later', async () => {
    const throttle = { function: 'quarantine', fault: 'throttle', times: 4 } as const;
    const { paths, record, mail } = await upload('quarantine/throttle.jpg', 'no image', throttle);

    expect(paths).toEqual([
      ['Validate', 'Quarantine', 'SendToBacklog'],
      ['Validate', ...TO_FAILURE],
    ]);
    expect(record).toMatchObject({ status: 'FAILED', error: { name: 'UnsupportedFormat' } });
    expect(mail).toMatchObject(failed);
  });

  test('a hang that passes: the second attempt reports the failure', async () => {
    const hang = { function: 'quarantine', fault: 'hang', times: 1 } as const;
    const { paths, mail, ...run } = await upload('quarantine/hang.jpg', 'no image', hang);

    expect(paths).toEqual([['Validate', ...TO_FAILURE]]);
    expect(run.state('Quarantine')?.failures).toMatchObject([{ name: HANG.error }]);
    expect(mail).toMatchObject(failed);
  });

  test("malformed: the mail says what is known, and that Quarantine's answer could not be used", async () => {
    const malformed = { function: 'quarantine', fault: 'malformed', times: 1 } as const;
    const { paths, record, mail } = await upload('quarantine/malformed.jpg', 'no image', malformed);

    expect(paths).toEqual([
      ['Validate', 'Quarantine', 'RejectAnswer', 'DescribeFailure', 'NotifyFailure', 'Failed'],
    ]);
    expect(record).toMatchObject({ status: 'FAILED', error: { name: 'UnsupportedFormat' } });
    expect(mail).toMatchObject(failed);
    expect(mail[0]?.text).toContain('InvalidAnswer');
    expect(mail[0]?.text).toContain(`--key-base64=${keyToBase64('quarantine/malformed.jpg')}`);
  });
});

describe('a key with U+FFFE and U+FFFF, which XML cannot carry', () => {
  test('fails like any other: record, copy, mail and message have it', async () => {
    const key = 'odd/\ufffe\uffff.jpg';
    const { paths, record, mail, errors } = await upload(key, 'no image');
    expect(paths).toEqual([['Validate', ...TO_FAILURE]]);
    expect(record).toMatchObject({ key, status: 'FAILED', quarantine: { key } });
    expect((await workflow.object('quarantine', key)).body.toString()).toBe('no image');
    expect(errors).toMatchObject([{ source: { key }, error: { name: 'UnsupportedFormat' } }]);
    expect(mail[0]?.text).toContain('odd/\\ufffe\\uffff.jpg');
    expect(await workflow.messages('failures')).toBe(0);
  });

  test('fails, and is told, if it would have to wait in the backlog: SQS takes no such key from Step Functions', async () => {
    const key = 'odd/waits\uffff.jpg';
    const throttled = { function: 'validate', fault: 'throttle', times: 4 } as const;
    const { paths, mail, errors } = await upload(key, photo, throttled);
    expect(paths).toEqual([['Validate', 'SendToBacklog', 'DescribeFailure', 'NotifyFailure', 'Failed']]);
    expect(errors).toMatchObject([{ source: { key }, error: { name: THROTTLED } }]);
    expect(mail[0]?.text).toContain(`--key-base64=${Buffer.from(key).toString('base64')}`);
  });

  test('is processed again after its newer version was deleted for good: functions escape it for SQS', async () => {
    const key = 'odd/restored\uffff.jpg';
    await upload(key, photo);
    const VersionId = await workflow.upload(key, await picture({ width: 300, height: 600 }));
    await workflow.idle();
    const since = workflow.ended.length;
    await workflow.s3.send(
      new DeleteObjectCommand({ Bucket: workflow.bucket('uploads'), Key: key, VersionId }),
    );
    await workflow.idle();
    const paths = workflow.ended.slice(since).map((execution) => pathOf(workflow.summary(execution)));
    expect(paths).toEqual([['Remove'], STATES]);
    expect(await workflow.record(key)).toMatchObject({ status: 'DONE' });
    expect(await workflow.record(key)).not.toMatchObject({ version: VersionId });
  });
});

describe('Remove', () => {
  async function remove(
    key: string,
    fault: 'throttle' | 'error' | 'hang' | 'crash' | 'malformed',
    times: number,
  ) {
    await upload(key, photo);
    const since = workflow.ended.length;
    workflow.inject({ function: 'remove', fault, times });
    await workflow.remove(key);
    await workflow.idle();
    workflow.inject();
    return workflow.ended.slice(since).map((execution) => pathOf(workflow.summary(execution)));
  }

  test.each(LASTING)(
    '$fault until its retries are used up: the mail says that thumbnails are left',
    async (expected) => {
      const { fault, attempts } = expected;
      const key = `remove/${fault}.jpg`;
      expect(await remove(key, fault, attempts)).toEqual([['Remove', ...TO_FAILURE]]);
      expect(await workflow.keys('thumbnails')).toContain(`${key}/thumbnail.jpg`);
      expect((await workflow.told('errors')).at(-1)).toMatchObject({
        consequence: 'NOT_REMOVED',
        source: { key },
      });
    },
  );

  test('malformed: nothing reads its answer, and the thumbnails are removed all the same', async () => {
    const key = 'remove/malformed.jpg';
    expect(await remove(key, 'malformed', 1)).toEqual([['Remove']]);
    expect(await workflow.keys('thumbnails')).not.toContain(`${key}/thumbnail.jpg`);
    expect(await workflow.record(key)).toMatchObject({ status: 'DELETED' });
  });

  test('a hang that passes: the second attempt removes the thumbnails', async () => {
    const key = 'remove/hang.jpg';
    expect(await remove(key, 'hang', 1)).toEqual([['Remove']]);
    expect(await workflow.keys('thumbnails')).not.toContain(`${key}/thumbnail.jpg`);
  });

  test('throttled until its retries are used up: the deletion waits in the backlog and is carried out later', async () => {
    const key = 'remove/throttle.jpg';
    expect(await remove(key, 'throttle', 4)).toEqual([['Remove', 'SendToBacklog'], ['Remove']]);
    expect(await workflow.keys('thumbnails')).not.toContain(`${key}/thumbnail.jpg`);
    expect(await workflow.record(key)).toMatchObject({ status: 'DELETED' });
  });
});
