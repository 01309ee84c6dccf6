import { AwsError } from '../service';
import type { Bucket } from './buckets';
import { invalidArgument, noSuchKey, noSuchVersion } from './errors';
import type { Exchange } from './exchange';
import { ErrorWithHeaders } from './reply';
import type { ObjectVersion, Version } from './store/version';

/** Names one version of one object; without a version, the current one. */
export interface Reference {
  bucket: string;
  key: string;
  versionId?: string;
}

/** The object version the request's path and query name. */
export function referenceOf({ request }: Exchange): Reference {
  const versionId = request.query.get('versionId');
  if (versionId === '') throw invalidArgument('Version id cannot be the empty string', 'versionId', '');
  return { bucket: request.bucket, key: request.key, versionId };
}

/** IAM has a separate action for a named version, for example `s3:GetObjectVersion`. */
export function actionFor(action: string, { versionId }: Reference): string {
  return versionId === undefined ? action : action.replace('Object', 'ObjectVersion');
}

/**
 * Finds an object version that the caller may act on.
 *
 * @param action IAM action on the current version; a named version needs its `…Version…` counterpart
 * @throws AwsError `NoSuchKey`, `NoSuchVersion`; `MethodNotAllowed` if the named version is a delete marker; `AccessDenied`
 *   instead of the first two if the caller may not list the bucket
 */
export async function findVersion(
  exchange: Exchange,
  action: string,
  reference = referenceOf(exchange),
): Promise<ObjectVersion> {
  const bucket = exchange.bucketNamed(reference.bucket);
  await exchange.allowObject(actionFor(action, reference), reference);
  const { key, versionId } = reference;
  const find = () =>
    versionId === undefined ? bucket.objects.current(key) : bucket.objects.find(key, versionId);
  const version = find();
  if (version && !version.deleteMarker) return version;
  if (!version) {
    const error = versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
    throw await exchange.missing(error, reference.bucket);
  }
  const headers = { 'x-amz-delete-marker': 'true', ...versionHeaders(bucket, version) };
  if (versionId === undefined) {
    throw new ErrorWithHeaders(await exchange.missing(noSuchKey(key), reference.bucket), headers);
  }
  const error = new AwsError(
    'MethodNotAllowed',
    'The specified method is not allowed against this resource.',
    405,
    { Method: exchange.request.method, ResourceType: 'DeleteMarker' },
  );
  const modified = new Date(version.lastModified).toUTCString();
  throw new ErrorWithHeaders(error, { ...headers, allow: 'DELETE', 'last-modified': modified });
}

/** Only a bucket that has or had versions mentions them. */
export function versionHeaders({ objects }: Bucket, version: Version): Record<string, string> {
  return objects.versioning ? { 'x-amz-version-id': version.id } : {};
}
