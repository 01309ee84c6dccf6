import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import {
  checkExistingBucket,
  type ExistingBucket,
  existingBucketIn,
  portsOf,
  turnOnEventBridge,
} from '../../../cli/lib/existing-bucket';
import { access, s3Error, script } from '../../functions/server';
import { synthesize } from '../../stacks/synthesized';

const bucket: ExistingBucket = {
  name: 'photos',
  managed: false,
  region: 'us-east-1',
  account: '123456789012',
};

/** How S3 answers each of the three questions. Answers that are left out are those of a bucket with nothing wrong. */
interface Answers {
  head?: (response: ServerResponse) => unknown;
  notification?: string | ((response: ServerResponse) => unknown);
  versioning?: string | ((response: ServerResponse) => unknown);
}

const EVENT_BRIDGE = '<EventBridgeConfiguration/>';
const QUEUE =
  '<QueueConfiguration><Id>q</Id><Queue>arn:aws:sqs:us-east-1:123456789012:old</Queue></QueueConfiguration>';

let server: Awaited<ReturnType<typeof script>> | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** What the real SDK finds out about the bucket. */
async function findings(answers: Answers, changes: Partial<ExistingBucket> = {}) {
  const xml = (root: string, answer: NonNullable<Answers['versioning']>) =>
    typeof answer === 'string'
      ? (response: ServerResponse) =>
          response.writeHead(200, { 'content-type': 'application/xml' }).end(`<${root}>${answer}</${root}>`)
      : answer;
  const inRegion = (response: ServerResponse) =>
    response.writeHead(200, { 'x-amz-bucket-region': 'us-east-1' }).end();
  server = await script((response, { method, url }) => {
    if (method === 'HEAD') (answers.head ?? inRegion)(response);
    else if (url.includes('notification'))
      xml('NotificationConfiguration', answers.notification ?? EVENT_BRIDGE)(response);
    else xml('VersioningConfiguration', answers.versioning ?? '<Status>Enabled</Status>')(response);
  });
  const asked = { ...bucket, ...changes };
  const s3 = new S3Client({ ...access, endpoint: server.endpoint, forcePathStyle: true, maxAttempts: 1 });
  return checkExistingBucket(asked, portsOf(asked, s3));
}

const forbidden = (response: ServerResponse) => s3Error(response, 403, 'AccessDenied');

describe('an existing bucket', () => {
  test('that sends events and keeps versions needs nothing', async () => {
    expect(await findings({})).toEqual([]);
  });

  test('is looked up as a bucket of this account', async () => {
    await findings({});
    expect(server?.asked[0]?.headers['x-amz-expected-bucket-owner']).toBe('123456789012');
  });

  test('in another region stops the deploy, and nothing else is checked', async () => {
    const head = (response: ServerResponse) =>
      response.writeHead(200, { 'x-amz-bucket-region': 'eu-west-1' }).end();
    expect(await findings({ head })).toEqual([
      {
        level: 'stop',
        text: 'The bucket photos (uploads.existingBucket) is in eu-west-1, but the stack would be in us-east-1, and the events of a bucket arrive only in its own region. Set region to "eu-west-1" in the settings.',
      },
    ]);
    expect(server?.asked).toHaveLength(1);
  });

  test.each<[number, string]>([
    [404, 'There is no bucket photos, which the settings name in uploads.existingBucket.'],
    [
      403,
      "it does not belong to account 123456789012, and S3 sends events only to the EventBridge of a bucket's own account",
    ],
    [500, 'could not be checked'],
  ])('that cannot be checked (%d) stops the deploy', async (status, text) => {
    const head = (response: ServerResponse) => response.writeHead(status).end();
    expect(await findings({ head })).toEqual([{ level: 'stop', text: expect.stringContaining(text) }]);
  });

  test('that sends no events stops the deploy, with the command that turns them on', async () => {
    const [finding] = await findings({ notification: QUEUE });
    expect(finding).toEqual({
      level: 'stop',
      text: expect.stringContaining(
        'does not send its events to EventBridge, so nothing would start the workflow.',
      ),
    });
    expect(finding?.text).toContain(turnOnEventBridge('photos', 'us-east-1'));
  });

  test.each(['', EVENT_BRIDGE])(
    'whose notifications the stack takes over has none to lose: %j',
    async (notification) => {
      expect(await findings({ notification }, { managed: true })).toEqual([]);
    },
  );

  test('whose notifications the stack takes over stops the deploy if it would lose some', async () => {
    expect(await findings({ notification: QUEUE + EVENT_BRIDGE }, { managed: true })).toEqual([
      {
        level: 'stop',
        text: expect.stringContaining(
          'would remove the notifications that the bucket photos sends today: arn:aws:sqs:us-east-1:123456789012:old.',
        ),
      },
    ]);
  });

  test.each(['', '<Status>Suspended</Status>'])(
    'that keeps no versions gives a note: %j',
    async (versioning) => {
      expect(await findings({ versioning })).toEqual([
        { level: 'note', text: expect.stringContaining('The bucket photos keeps no versions.') },
      ]);
    },
  );

  test('that may not be read does not stop the deploy', async () => {
    const texts = (await findings({ notification: forbidden, versioning: forbidden })).map(
      ({ level, text }) => `${level}: ${text}`,
    );
    expect(texts).toEqual([
      'note: Could not check whether the bucket photos sends its events to EventBridge (AccessDenied: AccessDenied). This needs s3:GetBucketNotification.',
      'note: Could not check whether the bucket photos keeps versions (AccessDenied: AccessDenied). This needs s3:GetBucketVersioning.',
    ]);
  });
});

describe('the existing bucket of a synthesized stack', () => {
  const found = (settings: Record<string, unknown>) => existingBucketIn(synthesize(settings) as never);

  test('is found with its region and who manages its notifications', () => {
    const region = 'eu-west-1';
    expect(found({ region, uploads: { existingBucket: 'photos' } })).toEqual({
      name: 'photos',
      managed: false,
      region,
    });
    expect(found({ uploads: { existingBucket: 'photos', manageNotifications: true } })).toMatchObject({
      managed: true,
    });
  });

  test('is undefined if the stack creates one', () => {
    expect(found({})).toBeUndefined();
  });
});

describe('the command that turns EventBridge on', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'turn-on-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs the command with an `aws` that knows the two calls, for a bucket with these notifications. */
  function run(before: string): unknown {
    const file = path.join(folder, 'bucket.json');
    writeFileSync(file, before);
    const aws = path.join(folder, 'aws');
    writeFileSync(
      aws,
      [
        '#!/bin/sh',
        'case "$2 $3 $4 $5 $6" in',
        '  "get-bucket-notification-configuration --bucket photos --region eu-west-1") cat "$BUCKET" ;;',
        '  "put-bucket-notification-configuration --bucket photos --region eu-west-1")',
        '    for last; do :; done; cp "${last#file://}" "$BUCKET" ;;',
        '  *) exit 1 ;;',
        'esac',
      ].join('\n'),
    );
    chmodSync(aws, 0o755);
    const PATH = [folder, path.dirname(process.execPath), process.env['PATH']].join(path.delimiter);
    execFileSync('sh', ['-c', turnOnEventBridge('photos', 'eu-west-1')], {
      cwd: folder,
      env: { ...process.env, PATH, BUCKET: file },
    });
    return JSON.parse(readFileSync(file, 'utf8'));
  }

  test('works for a bucket without notifications, for which the AWS CLI prints nothing', () => {
    expect(run('')).toEqual({ EventBridgeConfiguration: {} });
  });

  test('keeps all existing notifications', () => {
    const before = {
      QueueConfigurations: [
        { Id: "it's", QueueArn: 'arn:aws:sqs:eu-west-1:1:q', Events: ['s3:ObjectCreated:*'] },
      ],
      LambdaFunctionConfigurations: [{ Id: 'f', LambdaFunctionArn: 'arn:aws:lambda:eu-west-1:1:function:f' }],
    };
    const after = { ...before, EventBridgeConfiguration: {} };
    expect(run(JSON.stringify(before))).toEqual(after);
    expect(run(JSON.stringify(after))).toEqual(after);
  });
});
