/** What pages may do to the uploads bucket: send a form. */
import type { S3BucketCorsConfigurationCorsRule } from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration';
import type { Settings } from '../settings/schema';

/** Seconds. Browsers remember for two hours at most what they may do. */
export const PREFLIGHT_SECONDS = 2 * 60 * 60;

/** @returns undefined where no page may */
export function formCors({ uploadApi }: Settings): S3BucketCorsConfigurationCorsRule | undefined {
  const { enabled, corsOrigins } = uploadApi;
  if (!enabled || corsOrigins.length === 0) return undefined;
  return {
    allowedOrigins: corsOrigins,
    allowedMethods: ['POST'],
    allowedHeaders: ['*'],
    exposeHeaders: ['ETag'],
    maxAgeSeconds: PREFLIGHT_SECONDS,
  };
}

/** A rule as S3 itself writes it: `AllowedOrigins`, … */
export function inTheWordsOfS3(rule: S3BucketCorsConfigurationCorsRule): string {
  const entries = Object.entries(rule).map(([key, value]) => [key[0]!.toUpperCase() + key.slice(1), value]);
  return JSON.stringify(Object.fromEntries(entries));
}
