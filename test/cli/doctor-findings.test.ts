import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { emptinessOf, eventsOf, regionOf, subscribersOf } from '../../cli/doctor/configuration';
import { diagnose, type Observation } from '../../cli/doctor/diagnosis';
import { warning, describe as worded } from '../../cli/doctor/finding';
import { deployedHint } from '../../cli/lib/hint';
import type { StoredRecord } from '../../cli/lib/records';
import { access, s3Error, script } from '../functions/server';

let server: Awaited<ReturnType<typeof script>> | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Clients for an AWS that gives the same answer to everything. */
async function answering(answer: Parameters<typeof script>[0]) {
  server = await script(answer);
  const config = { ...access, endpoint: server.endpoint, forcePathStyle: true, maxAttempts: 1 };
  return { s3: new S3Client(config), sns: new SNSClient(config) };
}

const xml = (text: string): Parameters<typeof script>[0] => {
  return (response) =>
    void response
      .writeHead(200, { 'content-type': 'application/xml' })
      .end(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`);
};

describe('the region of the bucket', () => {
  test.each([
    ['', 'us-east-1'],
    ['EU', 'eu-west-1'],
    ['eu-central-1', 'eu-central-1'],
  ])('%j is %s', async (location, region) => {
    const { s3 } = await answering(
      xml(
        `<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${location}</LocationConstraint>`,
      ),
    );
    expect(await regionOf(s3, 'photos', region)).toMatchObject({ level: 'ok' });
    expect(await regionOf(s3, 'photos', 'ap-south-1')).toEqual({
      level: 'problem',
      what: `The bucket photos is in ${region}, but the workflow is in ap-south-1, where its events never arrive.`,
      advice: expect.stringContaining(`Set region to ${region}`),
    });
  });

  test('that the caller may not read is a warning, since the stack may be fine', async () => {
    const { s3 } = await answering((response) => s3Error(response, 403, 'AccessDenied'));
    expect(await regionOf(s3, 'photos', 'us-east-1')).toMatchObject({
      level: 'warning',
      advice: expect.stringContaining('s3:GetBucketLocation'),
    });
  });

  test('of a bucket that does not exist is a problem', async () => {
    const { s3 } = await answering((response) => s3Error(response, 404, 'NoSuchBucket'));
    expect(await regionOf(s3, 'photos', 'us-east-1')).toMatchObject({
      level: 'problem',
      advice: expect.stringContaining('NoSuchBucket'),
    });
  });
});

test('a bucket that notifies only a queue has EventBridge off, and the advice keeps that notification', async () => {
  const { s3 } = await answering(
    xml(
      '<NotificationConfiguration><QueueConfiguration><Queue>arn</Queue></QueueConfiguration></NotificationConfiguration>',
    ),
  );
  const finding = await eventsOf(s3, 'photos', 'eu-west-1');
  expect(finding.level).toBe('problem');
  expect(finding.advice).toContain(
    'get-bucket-notification-configuration --bucket photos --region eu-west-1',
  );
});

describe('the subscribers of a topic', () => {
  const topic = {
    arn: 'arn:aws:sns:us-east-1:111122223333:errors',
    name: 'the errors topic',
    purpose: 'failures',
  };
  const errors = { ...topic, setting: 'notifications.errors', optional: false };
  const list = (...arns: string[]) => page(arns);
  const page = (arns: string[], next = '') =>
    xml(
      `<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>${arns
        .map(
          (arn, n) =>
            `<member><SubscriptionArn>${arn}</SubscriptionArn><Protocol>email</Protocol><Endpoint>${n}@example.com</Endpoint></member>`,
        )
        .join(
          '',
        )}</Subscriptions>${next}</ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
    );

  test('unconfirmed addresses are named, with the command that sends the mail again', async () => {
    const { sns } = await answering(list(`${errors.arn}:0a1b`, 'PendingConfirmation'));
    const finding = await subscribersOf(sns, errors);
    expect(finding).toMatchObject({
      level: 'warning',
      what: "Unconfirmed subscriptions to the errors topic: 1@example.com. They won't receive messages about failures.",
    });
    expect(finding.advice).toContain(`aws sns subscribe --topic-arn ${errors.arn}`);
  });

  test('are read from every page: an address on the second one is named too', async () => {
    const pages = [page([`${errors.arn}:0a1b`], '<NextToken>more</NextToken>'), list('PendingConfirmation')];
    let n = 0;
    const { sns } = await answering((response, asked) => pages[n++]?.(response, asked));
    expect(await subscribersOf(sns, errors)).toMatchObject({
      level: 'warning',
      what: expect.stringContaining('Unconfirmed subscriptions to the errors topic: 0@example.com.'),
    });
    expect(n).toBe(2);
  });

  test('having none is a warning, unless nobody has to subscribe', async () => {
    const { sns } = await answering(list());
    expect(await subscribersOf(sns, errors)).toMatchObject({
      level: 'warning',
      what: 'Nobody receives messages about failures.',
      advice: expect.stringContaining('notifications.errors'),
    });
    expect(await subscribersOf(sns, { ...errors, optional: true })).toMatchObject({
      level: 'ok',
      what: 'The errors topic has 0 subscribers.',
    });
  });
});

test('messages in a queue are a warning that names the command that shows them', async () => {
  expect(await emptinessOf({ count: async () => 0 }, 'failures', '…', deployedHint)).toMatchObject({
    level: 'ok',
  });
  expect(
    await emptinessOf({ count: async () => 3 }, 'failures', 'unpublished failures', deployedHint),
  ).toMatchObject({
    level: 'warning',
    what: 'The queue failures holds 3 messages: unpublished failures.',
    advice: expect.stringContaining('npm run redrive -- --queue failures --dry-run'),
  });
});

describe('a probe', () => {
  const record: StoredRecord = {
    bucket: 'photos',
    key: 'doctor.jpg',
    version: 'v1',
    sequencer: '2',
    notifiedSequencer: '2',
    status: 'DONE',
    execution: 'arn:aws:states:us-east-1:111122223333:express:w:name:0a1b',
    updatedAt: '',
  };
  const look = (changes: Partial<Observation>) =>
    diagnose({
      record,
      seconds: 60,
      thumbnails: [],
      deadLetter: null,
      hint: deployedHint,
      ...changes,
    });

  test('whose thumbnail is recorded but does not exist', () => {
    const thumbnails = [{ bucket: 't', key: 'doctor.jpg/small.jpg', there: false }];
    expect(look({ thumbnails })).toMatchObject([
      { level: 'ok' },
      {
        level: 'problem',
        what: expect.stringContaining('s3://t/doctor.jpg/small.jpg, but there is no such object'),
      },
      { level: 'ok' },
    ]);
  });

  test('that is still being processed', () => {
    expect(look({ record: { ...record, status: 'PROCESSING' } })).toMatchObject([
      { level: 'problem', what: 'After 60 seconds the probe is still PROCESSING.' },
    ]);
  });

  test.each([
    ['AccessDenied', 'Access Denied', 'A permission is missing'],
    ['KMSAccessDeniedException', 'The ciphertext …', 'key policy'],
    [
      'AccessDenied',
      'User: arn:aws:sts::1:assumed-role/r/f is not authorized to perform: s3:PutObject on …',
      'lacks s3:PutObject',
    ],
    ['Sandbox.Timedout', 'Task timed out', 'its log group /aws/lambda/'],
    ['UnsupportedFormat', 'Expected a PNG', 'do not accept the format'],
    ['Surprise', '', 'docs/operations.md'],
  ])('that failed by %s', (name, message, words) => {
    const [finding] = look({ record: { ...record, status: 'FAILED', error: { name, message } } });
    expect(finding).toMatchObject({ level: 'problem', what: expect.stringContaining(name) });
    expect(finding?.advice).toContain(words);
    expect(finding?.advice).toContain('npm run executions -- --aws 0a1b');
  });
});

test('advice is indented below its finding', () => {
  expect(worded(warning('Something is off.', 'Do this:\n\n  that'))).toBe(
    '! Something is off.\n    Do this:\n\n      that',
  );
});
