import { DataAwsS3Bucket } from '@cdktf/provider-aws/lib/data-aws-s3-bucket';
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification';
import { Construct } from 'constructs';

export interface ExistingBucketProps {
  readonly name: string;
  /** Region of the stack. The bucket has to be there too, because EventBridge receives its events there. */
  readonly region: string;
  /** Whether the stack takes over the notification configuration of the bucket. */
  readonly manageNotifications: boolean;
}

/**
 * A bucket that existed before the stack. The stack only reads it, unless `manageNotifications` is set: its policy, public
 * access, versioning, encryption, lifecycle and notifications belong to its owner.
 *
 * Terraform has no data source for notifications, so `npm run deploy` checks whether EventBridge is on.
 */
export class ExistingBucket extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, region, manageNotifications }: ExistingBucketProps) {
    super(scope, id);

    const bucket = new DataAwsS3Bucket(this, 'bucket', {
      bucket: name,
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.bucket_region == "${region}"}`,
            errorMessage:
              `Expected the bucket ${name} of uploads.existingBucket in ${region}, the region of the settings, but it is ` +
              'in ${self.bucket_region}. Deploy the stack to the region of the bucket: its events arrive nowhere else.',
          },
        ],
      },
    });
    this.name = bucket.bucket;
    this.arn = bucket.arn;

    // This resource owns the whole notification configuration: deploy removes everything else in it, and destroy all of it.
    if (manageNotifications)
      new S3BucketNotification(this, 'events', { bucket: bucket.bucket, eventbridge: true });
  }
}
