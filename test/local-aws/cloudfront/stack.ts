/**
 * A small stack: a private bucket and a function, behind a distribution that asks the function if the bucket doesn't have
 * an object.
 */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { zipOf } from '../lambda/zip';

/** Where the function finds the AWS SDK, which is part of Lambda's runtime but not of this machine. */
export const MODULE_PATHS = [path.resolve(__dirname, '../../../node_modules')];

export type Json = Record<string, unknown>;

const allow = (Principal: Json, Action: string | string[], more: Json = {}) => ({
  Effect: 'Allow',
  Principal,
  Action,
  ...more,
});

/**
 * The path decides: `/made/…` is stored and returned, `/unknown/…` is a 404 for one minute, `/broken/…` fails, and
 * everything else is a 404 that may not be cached.
 */
const RENDER = `
const { PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');
const s3 = new S3Client({});
exports.handler = async (event) => {
  const key = decodeURIComponent(event.rawPath.slice(1));
  const problem = (status, cacheControl) => ({
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': cacheControl },
    body: JSON.stringify({ title: 'not here', status, query: event.rawQueryString }),
  });
  if (key.startsWith('broken/')) throw new Error('no');
  if (key.startsWith('event/')) return event;
  if (key.startsWith('unknown/')) return problem(404, 'max-age=60');
  if (!key.startsWith('made/')) return problem(404, 'no-store');
  const Body = Buffer.from('made of ' + key);
  const stored = { ContentType: 'image/png', CacheControl: 'public, max-age=600' };
  await s3.send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: key, Body, ...stored }));
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'image/png', 'Cache-Control': 'public, max-age=600' },
    body: Body.toString('base64'),
    isBase64Encoded: true,
  };
};`;

const DISTRIBUTION = '${aws_cloudfront_distribution.cdn.arn}';

const permission = (action: string, more: Json = {}): Json => ({
  action,
  function_name: '${aws_lambda_function.render.function_name}',
  principal: 'cloudfront.amazonaws.com',
  source_arn: DISTRIBUTION,
  ...more,
});

/** The parts that a test may change. */
export interface Parts {
  distribution: Json;
  /** Changes to the origin that is the bucket. */
  bucketOrigin: Json;
  behavior: Json;
  cachePolicy: Json;
  bucketPolicy: Json;
  permissions: Json;
  /** Additional resources. */
  more: Json;
}

export const USUAL: Parts = {
  distribution: {},
  bucketOrigin: { origin_access_control_id: '${aws_cloudfront_origin_access_control.bucket.id}' },
  behavior: {},
  cachePolicy: {},
  bucketPolicy: {
    Statement: [
      allow({ Service: 'cloudfront.amazonaws.com' }, 's3:GetObject', {
        Resource: '${aws_s3_bucket.photos.arn}/*',
        Condition: { StringEquals: { 'aws:SourceArn': DISTRIBUTION } },
      }),
    ],
  },
  permissions: {
    url: permission('lambda:InvokeFunctionUrl', { function_url_auth_type: 'AWS_IAM' }),
    function: permission('lambda:InvokeFunction'),
  },
  more: {},
};

const control = (type: string): Json => ({
  name: `shop-${type}`,
  origin_access_control_origin_type: type,
  signing_behavior: 'always',
  signing_protocol: 'sigv4',
});

/** @returns the stack as synth would write it */
export function stackOf(filename: string, changes: Partial<Parts> = {}): Json {
  const parts = { ...USUAL, ...changes };
  return {
    provider: { aws: [{ region: 'eu-west-1' }] },
    resource: {
      aws_s3_bucket: { photos: { bucket: 'shop-photos' } },
      aws_s3_bucket_policy: {
        photos: { bucket: '${aws_s3_bucket.photos.bucket}', policy: JSON.stringify(parts.bucketPolicy) },
      },
      aws_iam_role: {
        render: {
          name: 'shop-render',
          assume_role_policy: JSON.stringify({
            Statement: allow({ Service: 'lambda.amazonaws.com' }, 'sts:AssumeRole'),
          }),
        },
      },
      aws_iam_role_policy: {
        render: {
          name: 'own',
          role: '${aws_iam_role.render.name}',
          policy: JSON.stringify({
            Statement: { Effect: 'Allow', Action: 's3:PutObject', Resource: '${aws_s3_bucket.photos.arn}/*' },
          }),
        },
      },
      aws_lambda_function: {
        render: {
          function_name: 'shop-render',
          role: '${aws_iam_role.render.arn}',
          runtime: 'nodejs22.x',
          handler: 'index.handler',
          filename,
          publish: true,
          timeout: 20,
          environment: { variables: { BUCKET: '${aws_s3_bucket.photos.bucket}' } },
        },
      },
      aws_lambda_function_url: {
        render: {
          function_name: '${aws_lambda_function.render.function_name}',
          authorization_type: 'AWS_IAM',
        },
      },
      aws_lambda_permission: parts.permissions,
      aws_cloudfront_origin_access_control: { bucket: control('s3'), function: control('lambda') },
      aws_cloudfront_cache_policy: {
        images: {
          name: 'shop-images',
          min_ttl: 0,
          default_ttl: 100,
          max_ttl: 31_536_000,
          parameters_in_cache_key_and_forwarded_to_origin: {
            cookies_config: { cookie_behavior: 'none' },
            headers_config: { header_behavior: 'none' },
            query_strings_config: { query_string_behavior: 'whitelist', query_strings: { items: ['v'] } },
          },
          ...parts.cachePolicy,
        },
      },
      aws_cloudfront_response_headers_policy: {
        images: {
          name: 'shop-images',
          security_headers_config: {
            content_type_options: { override: true },
            content_security_policy: { content_security_policy: "default-src 'none'", override: true },
          },
          cors_config: {
            access_control_allow_credentials: false,
            access_control_allow_headers: { items: ['*'] },
            access_control_allow_methods: { items: ['GET', 'HEAD'] },
            access_control_allow_origins: { items: ['https://shop.example'] },
            origin_override: true,
          },
        },
      },
      aws_cloudfront_distribution: {
        cdn: {
          enabled: true,
          price_class: 'PriceClass_100',
          aliases: ['images.shop.example'],
          origin: [
            {
              origin_id: 'bucket',
              domain_name: '${aws_s3_bucket.photos.bucket_regional_domain_name}',
              ...parts.bucketOrigin,
            },
            {
              origin_id: 'render',
              domain_name: '${aws_lambda_function_url.render.url_id}.lambda-url.eu-west-1.on.aws',
              origin_access_control_id: '${aws_cloudfront_origin_access_control.function.id}',
              custom_origin_config: {
                http_port: 80,
                https_port: 443,
                origin_protocol_policy: 'https-only',
                origin_ssl_protocols: ['TLSv1.2'],
              },
            },
          ],
          origin_group: [
            {
              origin_id: 'images',
              failover_criteria: { status_codes: [403, 404] },
              member: [{ origin_id: 'bucket' }, { origin_id: 'render' }],
            },
          ],
          default_cache_behavior: {
            target_origin_id: 'images',
            allowed_methods: ['GET', 'HEAD'],
            cached_methods: ['GET', 'HEAD'],
            cache_policy_id: '${aws_cloudfront_cache_policy.images.id}',
            response_headers_policy_id: '${aws_cloudfront_response_headers_policy.images.id}',
            viewer_protocol_policy: 'https-only',
            compress: false,
            ...parts.behavior,
          },
          custom_error_response: [403, 404, 502].map((code) => ({
            error_code: code,
            error_caching_min_ttl: 0,
          })),
          restrictions: { geo_restriction: { restriction_type: 'none' } },
          viewer_certificate: { cloudfront_default_certificate: true },
          ...parts.distribution,
        },
      },
      ...parts.more,
    },
    output: {
      delivery_url: { value: 'https://${aws_cloudfront_distribution.cdn.domain_name}' },
      render_url: { value: '${aws_lambda_function_url.render.function_url}' },
    },
  };
}

/** Writes the stack and its function's package into a folder. @returns path of the stack */
export function writeStack(folder: string, changes: Partial<Parts> = {}): string {
  const file = path.join(folder, 'cdk.tf.json');
  writeFileSync(file, JSON.stringify(stackOf(zipOf(folder, { 'index.js': RENDER }), changes)));
  return file;
}
