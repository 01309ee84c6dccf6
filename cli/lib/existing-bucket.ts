/** Checks whether a bucket that existed before the stack is as the settings assume. Nothing in it is changed. */
import {
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type Finding, note, stop } from '../deploy/finding';
import { timed } from './aws/timed';
import { type Configuration, resources } from './configuration';

/** An existing bucket, and what a stack expects of it. */
export interface ExistingBucket {
  name: string;
  /** Whether the stack takes over its notifications. */
  managed: boolean;
  /** Region and account of the stack. */
  region: string;
  account: string;
}

/** Where the bucket sends its notifications. */
export interface Notifications {
  eventBridge: boolean;
  /** ARNs of the topics, queues and functions that receive its events, too. */
  others: string[];
}

/** Questions to S3. Each throws what the SDK throws. */
export interface BucketPorts {
  /** @throws Error with the status 404 when there is no such bucket, 403 when it is another account's or access is denied */
  region(): Promise<string>;
  notifications(): Promise<Notifications>;
  versioned(): Promise<boolean>;
}

/** @returns the existing bucket of a synthesized stack; undefined when the stack creates its own */
export function existingBucketIn(
  configuration: Configuration,
): Pick<ExistingBucket, 'name' | 'managed' | 'region'> | undefined {
  const [found] = Object.entries(configuration.data?.['aws_s3_bucket'] ?? {});
  if (!found) return undefined;
  const [address, { bucket }] = found;
  const managed = resources(configuration, 'aws_s3_bucket_notification').some(([, notification]) =>
    String(notification['bucket']).includes(`data.aws_s3_bucket.${address}.`),
  );
  return { name: String(bucket), managed, region: configuration.provider.aws[0]!.region };
}

/** Asks S3 in the stack's region; the client follows a bucket into another region. */
export function portsOf({ name: Bucket, region, account }: ExistingBucket, client?: S3Client): BucketPorts {
  const s3 = client ?? timed(S3Client, { region }, { attempts: 2, followRegionRedirects: true });
  return {
    region: async () => {
      const found = await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: account }));
      return found.BucketRegion ?? region;
    },
    notifications: async () => {
      const found = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
      return {
        eventBridge: found.EventBridgeConfiguration !== undefined,
        others: [
          ...(found.TopicConfigurations ?? []).map(({ TopicArn }) => TopicArn),
          ...(found.QueueConfigurations ?? []).map(({ QueueArn }) => QueueArn),
          ...(found.LambdaFunctionConfigurations ?? []).map(({ LambdaFunctionArn }) => LambdaFunctionArn),
        ].map(String),
      };
    },
    versioned: async () => (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status === 'Enabled',
  };
}

export async function checkExistingBucket(bucket: ExistingBucket, ports: BucketPorts): Promise<Finding[]> {
  const found = await ports.region().catch((error) => unreachable(bucket, error));
  if (typeof found !== 'string') return [found];
  if (found !== bucket.region) return [elsewhere(bucket, found)];
  const findings = await Promise.all([
    ask(
      `whether the bucket ${bucket.name} sends its events to EventBridge`,
      's3:GetBucketNotification',
      async () =>
        bucket.managed
          ? takenOver(bucket, await ports.notifications())
          : events(bucket, await ports.notifications()),
    ),
    ask(`whether the bucket ${bucket.name} keeps versions`, 's3:GetBucketVersioning', async () =>
      (await ports.versioned()) ? undefined : unversioned(bucket),
    ),
  ]);
  return findings.filter((finding) => finding !== undefined);

  /** A question that may not be asked stops nothing: the bucket may well be fine. */
  async function ask(what: string, action: string, look: () => Promise<Finding | undefined>) {
    try {
      return await look();
    } catch (error) {
      const { name, message } = error as Error;
      return note(`Could not check ${what} (${name}: ${message}). This needs ${action}.`);
    }
  }
}

function unreachable({ name, account }: ExistingBucket, error: unknown): Finding {
  const { $metadata, message } = error as { $metadata?: { httpStatusCode?: number }; message: string };
  switch ($metadata?.httpStatusCode) {
    case 404:
      return stop(
        `There is no bucket ${name}, which the settings name in uploads.existingBucket. Correct the name, or remove it and the stack creates a bucket.`,
      );
    case 403:
      return stop(
        `Access to the bucket ${name} (uploads.existingBucket) is denied: either it does not belong to account ${account}, and S3 sends events only to the EventBridge of a bucket's own account, or you lack s3:ListBucket on it.`,
      );
    default:
      return stop(`The bucket ${name} (uploads.existingBucket) could not be checked: ${message}`);
  }
}

const elsewhere = ({ name, region }: ExistingBucket, found: string) =>
  stop(
    `The bucket ${name} (uploads.existingBucket) is in ${found}, but the stack would be in ${region}, and the events of a bucket arrive only in its own region. Set region to "${found}" in the settings.`,
  );

const events = ({ name, region }: ExistingBucket, { eventBridge }: Notifications) =>
  eventBridge
    ? undefined
    : stop(
        `The bucket ${name} (uploads.existingBucket) does not send its events to EventBridge, so nothing would start the workflow. This turns it on and keeps all existing notifications:\n\n${turnOnEventBridge(name, region)}\n`,
      );

const takenOver = ({ name }: ExistingBucket, { others }: Notifications) =>
  others.length === 0
    ? undefined
    : stop(
        `uploads.manageNotifications would remove the notifications that the bucket ${name} sends today: ${others.join(', ')}. Set it to false and turn EventBridge on in addition, as docs/buckets.md says, or remove them first.`,
      );

const unversioned = ({ name }: ExistingBucket) =>
  note(
    `The bucket ${name} keeps no versions. The workflow works without them, but when an image fails and is overwritten right away, it cannot be copied to quarantine.`,
  );

/**
 * The command that turns EventBridge on for a bucket. S3 can only replace all notifications of a bucket at once, so the
 * command reads them, adds EventBridge, and writes all of them back.
 */
export function turnOnEventBridge(bucket: string, region: string): string {
  const where = `--bucket ${bucket} --region ${region}`;
  const file = `${bucket}.notifications.json`;
  // Without any notification, the AWS CLI prints nothing at all.
  const add = [
    'const fs = require("fs"), file = process.argv[1];',
    'const found = JSON.parse(fs.readFileSync(file, "utf8").trim() || "{}");',
    'fs.writeFileSync(file, JSON.stringify({ ...found, EventBridgeConfiguration: {} }, null, 2));',
  ].join(' ');
  return [
    `aws s3api get-bucket-notification-configuration ${where} --output json > ${file}`,
    `node -e '${add}' ${file}`,
    `aws s3api put-bucket-notification-configuration ${where} --skip-destination-validation --notification-configuration file://${file}`,
  ].join(' &&\n');
}
