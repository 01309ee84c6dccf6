import { randomUUID } from 'node:crypto';

/** An S3 object event as EventBridge delivers it. Source: docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export interface ObjectEvent {
  version: '0';
  id: string;
  'detail-type': 'Object Created' | 'Object Deleted';
  source: 'aws.s3';
  account: string;
  /** ISO 8601, to the second. */
  time: string;
  region: string;
  resources: string[];
  detail: {
    version: '0';
    bucket: { name: string };
    object: {
      /** Plain text, not URL-encoded. */
      key: string;
      size?: number;
      /** Without quotes. */
      etag?: string;
      'version-id'?: string;
      sequencer: string;
    };
    'request-id': string;
    requester: string;
    'source-ip-address': string;
    reason: 'PutObject' | 'POST Object' | 'CompleteMultipartUpload' | 'CopyObject' | 'DeleteObject';
    'deletion-type'?: 'Permanently Deleted' | 'Delete Marker Created';
  };
}

/** Where an event comes from: the bucket, and the request that caused it. */
export interface Origin {
  account: string;
  region: string;
  bucket: string;
  requestId: string;
  sourceIpAddress: string;
}

/** What happened to which object. */
export type Change = Pick<ObjectEvent['detail'], 'object' | 'reason' | 'deletion-type'>;

export function objectEvent(origin: Origin, change: Change, now = new Date()): ObjectEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': change.reason === 'DeleteObject' ? 'Object Deleted' : 'Object Created',
    source: 'aws.s3',
    account: origin.account,
    time: now.toISOString().replace(/\.\d+/, ''),
    region: origin.region,
    resources: [`arn:aws:s3:::${origin.bucket}`],
    detail: {
      version: '0',
      bucket: { name: origin.bucket },
      object: change.object,
      'request-id': origin.requestId,
      requester: origin.account,
      'source-ip-address': origin.sourceIpAddress,
      reason: change.reason,
      ...(change['deletion-type'] && { 'deletion-type': change['deletion-type'] }),
    },
  };
}
