import type { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import type { Form, PresignedForm } from './create-upload';

/**
 * Signs a form with the function's own credentials, without a call to S3. Every field is a separate condition, so none
 * can be left out or changed, and S3 refuses any other field.
 *
 * A form expires with the credentials that signed it, if not before. Those of a function last for hours and Lambda renews
 * them in time, so a form that is valid for minutes expires at its own time.
 */
export async function presign(
  s3: S3Client,
  bucket: string,
  seconds: number,
  { key, fields, bytes }: Form,
): Promise<PresignedForm> {
  const form = await createPresignedPost(s3, {
    Bucket: bucket,
    Key: key,
    Fields: fields,
    Conditions: [['content-length-range', bytes, bytes]],
    Expires: seconds,
  });
  const policy = JSON.parse(Buffer.from(form.fields['Policy'] as string, 'base64').toString());
  return { ...form, expiresAt: policy.expiration };
}
