import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsError, type Principal } from '../service';
import type { Target } from './target';

/** Query parameters that are part of the resource. Source: docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html */
const SUBRESOURCE =
  /^(accelerate|acl|analytics|cors|delete|inventory|lifecycle|location|logging|metrics|notification|object-lock|partNumber|policy|replication|requestPayment|response-.+|restore|select|select-type|storageClass|tagging|torrent|uploadId|uploads|versionId|versioning|versions|website)$/;

/**
 * Verifies a URL presigned with Signature Version 2, which `aws s3 presign` of the AWS CLI v1 still uses for every endpoint
 * that isn't AWS's own.
 *
 * @throws AwsError `SignatureDoesNotMatch`
 */
export function verifyPresignedV2(request: IncomingMessage, target: Target, principal: Principal): void {
  const query = new Map(target.query);
  const value = (name: string) => String(request.headers[name] ?? query.get(name) ?? '').trim();
  const names = [...Object.keys(request.headers), ...target.query.map(([name]) => name)];
  const amazonHeaders = [...new Set(names)].filter((name) => name.startsWith('x-amz-')).sort();
  const subresources = target.query
    .filter(([name]) => SUBRESOURCE.test(name))
    .map(([name, text]) => (text === '' ? name : `${name}=${text}`))
    .sort();
  const stringToSign = [
    request.method,
    value('content-md5'),
    value('content-type'),
    query.get('Expires'),
    ...amazonHeaders.map((name) => `${name}:${value(name)}`),
    target.rawPath + (subresources.length > 0 ? `?${subresources.join('&')}` : ''),
  ].join('\n');
  const expected = createHmac('sha1', principal.secretAccessKey).update(stringToSign).digest();
  const provided = query.get('Signature') ?? '';
  const bytes = Buffer.from(provided, 'base64');
  if (bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) {
    throw new AwsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
      403,
      { AWSAccessKeyId: principal.accessKeyId, StringToSign: stringToSign, SignatureProvided: provided },
    );
  }
}
