import { AwsError } from '../../service';
import { readDocument } from '../body';
import { malformedXml } from '../errors';
import type { Exchange } from '../exchange';
import type { Reply } from '../reply';
import { fromXml, toXml } from '../xml';

/** ListBuckets. */
export async function listBuckets(exchange: Exchange): Promise<Reply> {
  await exchange.allowService('s3:ListAllMyBuckets');
  const { buckets, account } = exchange.service;
  const sorted = [...buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    body: toXml('ListAllMyBucketsResult', {
      Buckets: {
        Bucket: sorted.map(({ name, created }) => ({ Name: name, CreationDate: created.toISOString() })),
      },
      Owner: { ID: account },
    }),
  };
}

/** HeadBucket. */
export async function headBucket(exchange: Exchange): Promise<Reply> {
  await exchange.allowBucket('s3:ListBucket');
  return { headers: { 'x-amz-bucket-region': exchange.service.region, 'content-length': 0 } };
}

/** GetBucketLocation. us-east-1 is written as nothing, for historical reasons. */
export async function getBucketLocation(exchange: Exchange): Promise<Reply> {
  await exchange.allowBucket('s3:GetBucketLocation');
  const { region } = exchange.service;
  return { body: toXml('LocationConstraint', { '#text': region === 'us-east-1' ? '' : region }) };
}

/** GetBucketVersioning. A bucket that never had versions has no status. */
export async function getBucketVersioning(exchange: Exchange): Promise<Reply> {
  const { versioning } = exchange.bucket.objects;
  await exchange.allowBucket('s3:GetBucketVersioning');
  return { body: toXml('VersioningConfiguration', { Status: versioning }) };
}

/** PutBucketVersioning. It lasts until the next start, which applies the stack again. */
export async function putBucketVersioning(exchange: Exchange): Promise<Reply> {
  const { objects } = exchange.bucket;
  await exchange.allowBucket('s3:PutBucketVersioning');
  const text = await readDocument(exchange.request, exchange.authenticated);
  const status = fromXml(text, 'VersioningConfiguration')['Status'];
  if (status !== 'Enabled' && status !== 'Suspended') throw malformedXml();
  objects.versioning = status;
  return { headers: { 'content-length': 0 } };
}

/** GetBucketNotificationConfiguration: whether the bucket sends its events to EventBridge. */
export async function getBucketNotification(exchange: Exchange): Promise<Reply> {
  const { eventBridge } = exchange.bucket;
  await exchange.allowBucket('s3:GetBucketNotification');
  const content = eventBridge ? { EventBridgeConfiguration: '' } : {};
  return { body: toXml('NotificationConfiguration', content) };
}

/**
 * CreateBucket for an existing bucket, which tools call to make sure that it exists. Only us-east-1 answers as if it had
 * created it. Source: docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html, "BucketAlreadyOwnedByYou"
 */
export async function createBucket(exchange: Exchange): Promise<Reply> {
  const { request, service } = exchange;
  if (!service.buckets.has(request.bucket)) return refuseBucketChange(exchange);
  await exchange.allowBucket('s3:CreateBucket');
  if (service.region === 'us-east-1') {
    return { headers: { location: `/${request.bucket}`, 'content-length': 0 } };
  }
  throw new AwsError(
    'BucketAlreadyOwnedByYou',
    'Your previous request to create the named bucket succeeded and you already own it.',
    409,
    { BucketName: request.bucket },
  );
}

/** CreateBucket for a new bucket, and DeleteBucket: refused, because only the stack defines buckets. */
export async function refuseBucketChange({ request }: Exchange): Promise<Reply> {
  throw new AwsError(
    'MethodNotAllowed',
    `The stack defines which buckets there are. Declare or remove "${request.bucket}" there and start again.`,
    405,
    { Method: request.method, ResourceType: 'BUCKET' },
  );
}
