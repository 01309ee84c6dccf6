import type { Behavior, CachePolicy, Distribution, ResponseHeadersPolicy } from '../../cloudfront/model';
import { text } from '../arguments';
import type { Block } from '../block';
import { type Json, nestedBlock, nestedBlocks, oneOf, texts } from '../nested';
import { type AccessControl, originGroups, origins, type Sources } from './origins';
import { cachePolicy, responseHeadersPolicy } from './policies';
import { trustedKeys } from './trusted-keys';

/** Resources of the stack that distributions refer to, by id. */
export interface Parts extends Sources {
  controls: AccessControl[];
  cachePolicies: Map<string, Block>;
  responseHeadersPolicies: Map<string, Block>;
  publicKeys: Map<string, Block>;
  keyGroups: Map<string, Block>;
}

/** @throws Error for a feature of distributions that the engine doesn't have */
export function distribution(block: Block, parts: Parts): Distribution {
  if (block.get('enabled') !== true) throw new Error('Expected true for enabled but received another value');
  const skipped = new Set(absent(block));
  const skip = (what: string) => skipped.add(what);
  const all = origins(block.get('origin'), parts, parts.controls);
  const groups = originGroups(block.get('origin_group'), all);
  const targets = [...all, ...groups].map(({ id }) => id);
  const behaviors = [
    ...nestedBlocks(
      block.get('ordered_cache_behavior'),
      ['path_pattern', ...BEHAVIOR],
      'ordered_cache_behavior',
    ),
    ...nestedBlocks(block.get('default_cache_behavior'), BEHAVIOR, 'default_cache_behavior'),
  ].map((raw) => behavior(raw, targets, parts, skip));
  const root = block.get('default_root_object');
  return {
    arn: text(block, 'arn'),
    domain: text(block, 'domain_name'),
    aliases: texts(block.get('aliases')),
    ...(typeof root === 'string' && root !== '' && { defaultRootObject: root }),
    origins: all,
    originGroups: groups,
    behaviors,
    errorTtls: errorTtls(block.get('custom_error_response')),
    skipped: [...skipped],
  };
}

const BEHAVIOR = [
  'target_origin_id',
  'allowed_methods',
  'cached_methods',
  'cache_policy_id',
  'response_headers_policy_id',
  'viewer_protocol_policy',
  'compress',
  'trusted_key_groups',
];

/** An endpoint for reading needs no more. CloudFront's other methods would need more of S3's rules. */
const METHODS = ['GET', 'HEAD', 'OPTIONS'] as const;

function behavior(raw: Json, targets: string[], parts: Parts, skip: (what: string) => void): Behavior {
  const find = (policies: Map<string, Block>, argument: string): Block | undefined => {
    const id = raw[argument];
    if (id === undefined) return undefined;
    const found = policies.get(String(id));
    if (!found) throw new Error(`Expected a policy of the stack for ${argument} but received ${id}`);
    return found;
  };
  const cache = find(parts.cachePolicies, 'cache_policy_id');
  if (!cache) throw new Error('Expected a cache_policy_id but received none');
  const headers = find(parts.responseHeadersPolicies, 'response_headers_policy_id');
  if (raw['compress'] === true) skip('compression');
  const groups = texts(raw['trusted_key_groups']);
  return {
    pathPattern: String(raw['path_pattern'] ?? '*'),
    target: oneOf(raw['target_origin_id'], targets, 'target_origin_id'),
    allowedMethods: texts(raw['allowed_methods']).map((method) => oneOf(method, METHODS, 'allowed_methods')),
    cache: within(cache, () => cachePolicy(cache, skip)),
    ...(headers && { responseHeaders: within(headers, () => responseHeadersPolicy(headers)) }),
    ...(groups.length > 0 && { trustedKeys: trustedKeys(groups, parts) }),
  };
}

/** An error in a policy names the address of the policy. */
function within<T extends CachePolicy | ResponseHeadersPolicy>({ address }: Block, build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw new Error(`${address}: ${(error as Error).message}`);
  }
}

function errorTtls(value: unknown): Record<number, number> {
  const known = ['error_code', 'error_caching_min_ttl'];
  return Object.fromEntries(
    nestedBlocks(value, known, 'custom_error_response').flatMap((each) =>
      each['error_caching_min_ttl'] === undefined
        ? []
        : [[Number(each['error_code']), Number(each['error_caching_min_ttl'])]],
    ),
  );
}

/** Features of the distribution that an endpoint on 127.0.0.1 doesn't have. */
function absent(block: Block): string[] {
  const certificate = nestedBlock(
    block.get('viewer_certificate'),
    [
      'acm_certificate_arn',
      'cloudfront_default_certificate',
      'minimum_protocol_version',
      'ssl_support_method',
    ],
    'viewer_certificate',
  );
  const restrictions = nestedBlock(block.get('restrictions'), ['geo_restriction'], 'restrictions');
  const geo = nestedBlock(
    restrictions?.['geo_restriction'],
    ['restriction_type', 'locations'],
    'geo_restriction',
  );
  const aliases = texts(block.get('aliases'));
  return [
    'HTTPS, HTTP/2 and HTTP/3 (it speaks plain HTTP/1.1)',
    ...(aliases.length > 0 ? [`the domain ${aliases.join(', ')}`] : []),
    ...(certificate?.['acm_certificate_arn'] ? ['the certificate'] : []),
    ...(block.get('web_acl_id') ? ['the web ACL (WAF)'] : []),
    ...(block.get('logging_config') ? ['access logs'] : []),
    ...((block.get('price_class') ?? 'PriceClass_All') === 'PriceClass_All' ? [] : ['the price class']),
    ...((geo?.['restriction_type'] ?? 'none') === 'none' ? [] : ['the geographic restriction']),
  ];
}
