import { AwsError } from '../service';
import type { Authenticated } from '../sigv4';
import type { Bucket, Service } from './buckets';
import { noSuchBucket } from './errors';
import { type Change, objectEvent } from './events';
import { putContext } from './put-context';
import type { S3Request } from './request';
import type { Announcement } from './store/bucket';

/** One request while it is being answered. */
export class Exchange {
  constructor(
    readonly request: S3Request,
    readonly authenticated: Authenticated,
    readonly service: Service,
    readonly requestId: string,
  ) {}

  /** The bucket of the request. @throws AwsError `NoSuchBucket` */
  get bucket(): Bucket {
    return this.bucketNamed(this.request.bucket);
  }

  /** @throws AwsError `NoSuchBucket` */
  bucketNamed(name: string): Bucket {
    const bucket = this.service.buckets.get(name);
    if (!bucket) throw noSuchBucket(name);
    return bucket;
  }

  /** Asks whether the caller may do something to an object: by default the one of the request. */
  async allowObject(
    action: string,
    { bucket, key }: { bucket: string; key: string } = this.request,
  ): Promise<void> {
    await this.#allow(action, this.bucketNamed(bucket), `/${key}`);
  }

  /** Asks whether the caller may write the object of the request, or a part of it, with the headers that it has. */
  async allowPut(): Promise<void> {
    const { key, headers } = this.request;
    await this.#allow('s3:PutObject', this.bucket, `/${key}`, putContext(headers));
  }

  /** Asks whether the caller may do something to a bucket: by default the one of the request. */
  async allowBucket(
    action: string,
    context?: Record<string, string>,
    bucket = this.request.bucket,
  ): Promise<void> {
    await this.#allow(action, this.bucketNamed(bucket), '', context);
  }

  /** Asks whether the caller may do something that concerns no particular bucket. */
  async allowService(action: string): Promise<void> {
    await this.service.gate({ principal: this.authenticated.principal, action, resource: '*' });
  }

  /**
   * The error for something that doesn't exist. Only callers who may list the bucket learn that it is missing.
   *
   * @returns the error to throw
   */
  async missing(error: AwsError, bucket = this.request.bucket): Promise<AwsError> {
    try {
      await this.allowBucket('s3:ListBucket', undefined, bucket);
      return error;
    } catch (denied) {
      if (denied instanceof AwsError) return denied;
      throw denied;
    }
  }

  /** Makes the event of a change durable, which is about to happen. */
  async announce(change: Change): Promise<Announcement | undefined> {
    if (!this.bucket.eventBridge) return undefined;
    const { account, region, announce } = this.service;
    const origin = {
      account,
      region,
      bucket: this.request.bucket,
      requestId: this.requestId,
      sourceIpAddress: this.request.stream.socket.remoteAddress ?? '',
    };
    return announce(objectEvent(origin, change));
  }

  async #allow(
    action: string,
    { name }: Bucket,
    path: string,
    context?: Record<string, string>,
  ): Promise<void> {
    const { principal } = this.authenticated;
    await this.service.gate({
      principal,
      action,
      resource: `arn:aws:s3:::${name}${path}`,
      ...(context && { context }),
    });
  }
}
