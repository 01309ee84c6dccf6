/** Permissions that several functions have. */
import type { Statement } from '../security/statement';
import type { Place, Uploads } from '../storage/place';
import type { UrlSigning } from './entry';

/**
 * An event names no version if an existing bucket keeps none, or if S3 has yet to notice that the bucket of the stack is
 * versioned. The ETag in the event then identifies the content, and reading it needs `s3:GetObject`.
 */
export const readUploads = (uploads: Uploads, sid = 'ReadTheUploadedVersion'): Statement[] => [
  {
    sid,
    actions: ['s3:GetObject', 's3:GetObjectVersion'],
    resources: [uploads.objectsArn],
  },
  ...useKeyOfUploads(uploads, 'kms:Decrypt'),
];

/** Use of the key that encrypts an existing bucket, which objects there need besides the S3 permission. */
export function useKeyOfUploads(
  { encryption }: Uploads,
  action: 'kms:Decrypt' | 'kms:GenerateDataKey',
): Statement[] {
  if (!encryption) return [];
  return [
    {
      sid: action === 'kms:Decrypt' ? 'DecryptUploads' : 'EncryptInUploadsBucket',
      actions: [action],
      resources: [encryption.keyArn],
      condition: [
        {
          test: 'StringEquals',
          variable: 'kms:ViaService',
          values: [`s3.${encryption.region}.amazonaws.com`],
        },
      ],
    },
  ];
}

/** A thumbnail is deleted only after its metadata shows that an older version made it. */
export const removeThumbnails = (thumbnails: Place): Statement => ({
  sid: 'DeleteOutdatedThumbnails',
  actions: ['s3:GetObject', 's3:DeleteObject'],
  resources: [thumbnails.objectsArn],
});

/** Without `s3:ListBucket`, S3 answers 403 for a key that doesn't exist, and a deleted upload would look forbidden. */
export const distinguishMissingFromForbidden = (...places: Place[]): Statement => ({
  sid: 'DistinguishMissingFromForbidden',
  actions: ['s3:ListBucket'],
  resources: [...new Set(places.map(({ arn }) => arn))],
});

/** One parameter, and its key for nothing but that parameter. */
export function readSigningKey(signing: UrlSigning | undefined): Statement[] {
  if (!signing) return [];
  const { parameter, encryption } = signing;
  const read = { sid: 'ReadTheSigningKey', actions: ['ssm:GetParameter'], resources: [parameter.arn] };
  if (!encryption) return [read];
  return [
    read,
    {
      sid: 'DecryptTheSigningKey',
      actions: ['kms:Decrypt'],
      resources: [encryption.keyArn],
      condition: [
        {
          test: 'StringEquals',
          variable: 'kms:ViaService',
          values: [`ssm.${encryption.region}.amazonaws.com`],
        },
        {
          test: 'StringEquals',
          variable: 'kms:EncryptionContext:PARAMETER_ARN',
          values: [parameter.arn],
        },
      ],
    },
  ];
}
