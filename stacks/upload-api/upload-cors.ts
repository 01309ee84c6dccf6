/** The CORS rule that lets web pages upload to the uploads bucket. */
import type { S3BucketCorsConfigurationCorsRule } from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration';
import type { Settings } from '../settings/schema';

/** Seconds. Chrome caches the answer to a preflight for two hours at most. */
export const PREFLIGHT_SECONDS = 2 * 60 * 60;

/** @returns undefined if no web page may upload */
export function uploadCors({ uploadApi }: Settings): S3BucketCorsConfigurationCorsRule | undefined {
  const { enabled, corsOrigins, allowForms } = uploadApi;
  if (!enabled || corsOrigins.length === 0) return undefined;
  return {
    allowedOrigins: corsOrigins,
    allowedMethods: allowForms ? ['PUT', 'POST'] : ['PUT'],
    allowedHeaders: ['*'],
    exposeHeaders: ['ETag'],
    maxAgeSeconds: PREFLIGHT_SECONDS,
  };
}

/** @returns the rule as JSON with the names that the S3 API and console use: `AllowedOrigins`, … */
export function asS3Json(rule: S3BucketCorsConfigurationCorsRule): string {
  const entries = Object.entries(rule).map(([key, value]) => [key[0]!.toUpperCase() + key.slice(1), value]);
  return JSON.stringify(Object.fromEntries(entries));
}
