/**
 * An S3 object event as EventBridge delivers it (docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html): the input
 * of every execution. The key is plain text: never URL-decode it.
 */
export interface ObjectEvent {
  version: string;
  id: string;
  'detail-type': 'Object Created' | 'Object Deleted';
  source: 'aws.s3';
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: {
    version?: string;
    bucket: { name: string };
    object: {
      key: string;
      size?: number;
      etag?: string;
      'version-id'?: string;
      sequencer?: string;
    };
    reason?: string;
    'deletion-type'?: 'Permanently Deleted' | 'Delete Marker Created';
  };
}
