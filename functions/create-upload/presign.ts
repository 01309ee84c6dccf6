import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { PresignedForm, PresignedPut, Upload } from './create-upload';

/**
 * Signs uploads with the function's own credentials, without a call to S3.
 *
 * What is signed expires with the credentials that signed it, if not before. Those of a function last for hours and Lambda renews
 * them in time, so what is valid for minutes expires at its own time.
 */
export class Presigner {
  /** @param s3 client that computes no checksums unless they are required: what is signed has no body yet */
  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly seconds: number,
  ) {}

  /**
   * A PUT that S3 accepts once, and with exactly this size, type and name: `If-None-Match: *` makes it fail when there is an
   * object under the key, and S3 refuses a request in which a signed header differs or is missing. Clients send
   * `Content-Length` by themselves.
   */
  async put({ key, contentType, fileName, bytes }: Upload): Promise<PresignedPut> {
    const headers = {
      'Content-Type': contentType,
      'If-None-Match': '*',
      'x-amz-meta-file-name': fileName,
    };
    const command = new PutObjectCommand({
      Bucket: this.bucket,
      Key: key,
      ContentType: contentType,
      ContentLength: bytes,
      IfNoneMatch: '*',
      Metadata: { 'file-name': fileName },
    });
    const signingDate = new Date();
    const url = await getSignedUrl(this.s3, command, {
      expiresIn: this.seconds,
      signingDate,
      // Unless it is told, the SDK signs no type, and moves metadata into the URL.
      signableHeaders: new Set(['content-type']),
      unhoistableHeaders: new Set(['x-amz-meta-file-name']),
    });
    return { method: 'PUT', url, headers, expiresAt: this.end(signingDate) };
  }

  /** A form. Every field is a separate condition, so none can be left out or changed, and S3 refuses any other field. */
  async form({ key, contentType, fileName, bytes }: Upload): Promise<PresignedForm> {
    const form = await createPresignedPost(this.s3, {
      Bucket: this.bucket,
      Key: key,
      Fields: { 'Content-Type': contentType, 'x-amz-meta-file-name': fileName },
      Conditions: [['content-length-range', bytes, bytes]],
      Expires: this.seconds,
    });
    const policy = JSON.parse(Buffer.from(form.fields['Policy'] as string, 'base64').toString());
    return { method: 'POST', ...form, expiresAt: policy.expiration };
  }

  /** The signature knows its time in seconds. */
  private end(signed: Date): string {
    return new Date((Math.floor(signed.getTime() / 1_000) + this.seconds) * 1_000).toISOString();
  }
}
