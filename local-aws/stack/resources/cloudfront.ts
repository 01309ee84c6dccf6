import { createHash } from 'node:crypto';
import { uuidOf } from '../uuid';
import { type Attribute, PARTITION, type ResourceTypes } from './type';

/** Ids stay the same from run to run, as long as the resource keeps its address. */
function idOf(address: string, length: number): string {
  const digits = BigInt(`0x${createHash('sha256').update(address).digest('hex')}`).toString(36);
  return digits.slice(0, length);
}

const id: Attribute = (_, __, address) => `E${idOf(address, 13).toUpperCase()}`;
/** Ids of public keys begin with another letter than those of other resources. */
const keyId: Attribute = (_, __, address) => `K${idOf(address, 13).toUpperCase()}`;
const domain: Attribute = (_, __, address) => `d${idOf(address, 13)}.cloudfront.net`;
const arn =
  (kind: string): Attribute =>
  (get, place, address) =>
    `arn:${PARTITION}:cloudfront::${place.account}:${kind}/${id(get, place, address)}`;

/** The zone of every distribution: docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html */
const ZONE = 'Z2FDTNDATAQYW2';

export const CLOUDFRONT: ResourceTypes = {
  aws_cloudfront_distribution: {
    arguments: [
      'enabled',
      'comment',
      'aliases',
      'default_root_object',
      'http_version',
      'is_ipv6_enabled',
      'price_class',
      'web_acl_id',
      'retain_on_delete',
      'wait_for_deployment',
      'origin',
      'origin_group',
      'default_cache_behavior',
      'ordered_cache_behavior',
      'custom_error_response',
      'logging_config',
      'restrictions',
      'viewer_certificate',
    ],
    attributes: { id, arn: arn('distribution'), domain_name: domain, hosted_zone_id: () => ZONE },
  },
  aws_cloudfront_origin_access_control: {
    arguments: [
      'name',
      'description',
      'origin_access_control_origin_type',
      'signing_behavior',
      'signing_protocol',
    ],
    attributes: { id, arn: arn('origin-access-control') },
  },
  aws_cloudfront_cache_policy: {
    arguments: [
      'name',
      'comment',
      'min_ttl',
      'default_ttl',
      'max_ttl',
      'parameters_in_cache_key_and_forwarded_to_origin',
    ],
    attributes: { id, arn: arn('cache-policy') },
  },
  aws_cloudfront_response_headers_policy: {
    arguments: [
      'name',
      'comment',
      'cors_config',
      'custom_headers_config',
      'remove_headers_config',
      'security_headers_config',
    ],
    attributes: { id, arn: arn('response-headers-policy') },
  },
  aws_cloudfront_public_key: {
    arguments: ['name', 'comment', 'encoded_key'],
    attributes: { id: keyId },
  },
  aws_cloudfront_key_group: {
    arguments: ['name', 'comment', 'items'],
    attributes: { id: (_, __, address) => uuidOf(address) },
  },
};
