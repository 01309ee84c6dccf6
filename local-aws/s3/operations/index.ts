import { notImplemented } from '../errors';
import type { Exchange } from '../exchange';
import type { Reply } from '../reply';
import type { S3Request } from '../request';
import {
  createBucket,
  getBucketLocation,
  getBucketNotification,
  getBucketVersioning,
  headBucket,
  listBuckets,
  putBucketVersioning,
  refuseBucketChange,
} from './buckets';
import { completeMultipartUpload } from './complete-multipart';
import { copyObject } from './copy';
import { deleteObject, deleteObjects } from './delete';
import { listObjects, listObjectsV2 } from './list-objects';
import { listMultipartUploads, listParts } from './list-uploads';
import { listObjectVersions } from './list-versions';
import { abortMultipartUpload, createMultipartUpload, uploadPart, uploadPartCopy } from './multipart';
import { getObject, headObject } from './read';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './tagging';
import { putObject } from './write';

export { postObject } from './post-object';

/** Performs one operation. It calls the gate itself, once for each action. */
export type Operation = (exchange: Exchange) => Promise<Reply>;

/**
 * How an operation is recognized: by method, resource, and the query parameters and headers (the latter with a
 * colon) that make it another operation.
 */
const OPERATIONS: [
  method: string,
  on: 'service' | 'bucket' | 'object',
  marks: string[],
  operation: Operation,
][] = [
  ['GET', 'service', [], listBuckets],
  ['GET', 'bucket', [], listObjects],
  ['GET', 'bucket', ['list-type'], listObjectsV2],
  ['GET', 'bucket', ['versions'], listObjectVersions],
  ['GET', 'bucket', ['uploads'], listMultipartUploads],
  ['GET', 'bucket', ['location'], getBucketLocation],
  ['GET', 'bucket', ['versioning'], getBucketVersioning],
  ['GET', 'bucket', ['notification'], getBucketNotification],
  ['HEAD', 'bucket', [], headBucket],
  ['PUT', 'bucket', [], createBucket],
  ['PUT', 'bucket', ['versioning'], putBucketVersioning],
  ['DELETE', 'bucket', [], refuseBucketChange],
  ['POST', 'bucket', ['delete'], deleteObjects],
  ['GET', 'object', [], getObject],
  ['GET', 'object', ['tagging'], getObjectTagging],
  ['GET', 'object', ['uploadId'], listParts],
  ['HEAD', 'object', [], headObject],
  ['PUT', 'object', [], putObject],
  ['PUT', 'object', [':x-amz-copy-source'], copyObject],
  ['PUT', 'object', ['uploadId'], uploadPart],
  ['PUT', 'object', ['uploadId', ':x-amz-copy-source'], uploadPartCopy],
  ['PUT', 'object', ['tagging'], putObjectTagging],
  ['DELETE', 'object', [], deleteObject],
  ['DELETE', 'object', ['uploadId'], abortMultipartUpload],
  ['DELETE', 'object', ['tagging'], deleteObjectTagging],
  ['POST', 'object', ['uploads'], createMultipartUpload],
  ['POST', 'object', ['uploadId'], completeMultipartUpload],
];

/** Query parameters that turn a request into another operation. Source: the S3 API reference, request syntax of each operation. */
const SUBRESOURCES = new Set(
  `abac accelerate acl analytics annotation attributes cors delete encryption intelligent-tiering inventory legal-hold
  lifecycle list-type location logging metadataConfiguration metadataInventoryTable metadataJournalTable metadataTable
  metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock renameObject replication
  requestPayment restore retention select session tagging torrent uploadId uploads versioning versions website`.split(
    /\s+/,
  ),
);

/** @throws AwsError `NotImplemented` naming the operation */
export function operationOf(request: S3Request): Operation {
  const on = request.bucket === '' ? 'service' : request.key === '' ? 'bucket' : 'object';
  const marks = [...request.query.keys()].filter((name) => SUBRESOURCES.has(name));
  if (request.headers.has('x-amz-copy-source')) marks.push(':x-amz-copy-source');
  const found = OPERATIONS.find(
    ([method, target, expected]) =>
      method === request.method &&
      target === on &&
      expected.length === marks.length &&
      expected.every((mark) => marks.includes(mark)),
  );
  if (found) return found[3];
  const named = request.query.get('x-id');
  const what = `${request.method} on ${on === 'service' ? 'the service' : `a ${on}`}${marks.length > 0 ? ` with ${marks.join(', ')}` : ''}`;
  throw notImplemented(named ? `${named} (${what})` : what);
}
