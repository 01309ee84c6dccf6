/** Permissions that several functions have. */
import type { Statement } from '../security/statement';
import type { Place, Uploads } from '../storage/place';

/**
 * The uploads bucket of the stack is versioned, so each event names a version, and reading a version by its id doesn't
 * need `s3:GetObject`. An existing bucket may keep no versions; there the ETag in the event identifies the content.
 */
export const readUploads = (uploads: Uploads, sid = 'ReadTheUploadedVersion'): Statement[] => [
  {
    sid,
    actions: uploads.existing ? ['s3:GetObject', 's3:GetObjectVersion'] : ['s3:GetObjectVersion'],
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
