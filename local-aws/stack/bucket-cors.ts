import type { Block } from './block';
import type { CorsRule } from './model';
import { nestedBlocks, texts } from './nested';

/** @param block an `aws_s3_bucket_cors_configuration` */
export function bucketCors(block: Block): CorsRule[] {
  const known = [
    'id',
    'allowed_origins',
    'allowed_methods',
    'allowed_headers',
    'expose_headers',
    'max_age_seconds',
  ];
  return nestedBlocks(block.get('cors_rule'), known, 'cors_rule').map((rule) => {
    const maxAge = rule['max_age_seconds'];
    return {
      origins: texts(rule['allowed_origins']),
      methods: texts(rule['allowed_methods']),
      headers: texts(rule['allowed_headers']),
      expose: texts(rule['expose_headers']),
      ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
    };
  });
}
