import type { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import type { Form, PresignedForm } from './create-upload';

/**
 * Signs a form with the function's own credentials; nothing is asked of S3. Every field is a condition of its own, so
 * that none can be left out or changed, and S3 refuses any other field.
 *
 * A form is valid no longer than the credentials that signed it. Those of a function last for hours and Lambda renews
 * them in time, so that a form of minutes ends by its own date.
 */
export async function presign(
  s3: S3Client,
  bucket: string,
  seconds: number,
  { key, fields, maxBytes }: Form,
): Promise<PresignedForm> {
  const form = await createPresignedPost(s3, {
    Bucket: bucket,
    Key: key,
    Fields: fields,
    Conditions: [['content-length-range', 1, maxBytes]],
    Expires: seconds,
  });
  const policy = JSON.parse(Buffer.from(form.fields['Policy'] as string, 'base64').toString());
  return { ...form, expiresAt: policy.expiration };
}
